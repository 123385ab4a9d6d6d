import { minorDigits, parseAmount } from "../i18n";
import type { Outcome, OutcomeChoice } from "../ipc";

/** How long the strip waits for someone to start typing. */
export const SALE_STAYS_MS = 12_000;
const SETTLE_MS = 700;
const RECEIPT_MAX = 64;

type Saving = "quiet" | "saved" | "failed";

/** Amount and receipt of a sale already closed. Both are optional; each is saved by itself once it makes sense. */
export class Sale {
  amount = $state("");
  receipt = $state("");
  saving = $state<Saving>("quiet");
  badAmount = $state(false);
  readonly badReceipt: boolean = $derived([...this.receipt].length > RECEIPT_MAX);
  readonly visitId: string;
  readonly choice: OutcomeChoice;
  #saved: Outcome;
  #amend: (outcome: Outcome) => Promise<void>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    visitId: string,
    choice: OutcomeChoice,
    closed: Outcome,
    amend: (outcome: Outcome) => Promise<void>,
  ) {
    this.visitId = visitId;
    this.choice = choice;
    this.#saved = closed;
    this.#amend = amend;
  }

  get untouched(): boolean {
    return this.amount === "" && this.receipt === "";
  }

  typed(currency: string): void {
    this.saving = "quiet";
    this.badAmount = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(currency), SETTLE_MS);
  }

  /** Saves what is filled in and valid; says what is not. */
  async flush(currency: string): Promise<void> {
    clearTimeout(this.#timer);
    const amount = this.amount.trim() === "" ? null : parseAmount(this.amount, minorDigits(currency));
    this.badAmount = amount === null && this.amount.trim() !== "";
    if (this.badAmount || this.badReceipt) return;
    const receipt = this.receipt.trim() === "" ? null : this.receipt.trim();
    const before = this.#saved;
    if (amount === before.amount_minor && receipt === before.receipt) return;
    this.#saved = { ...before, amount_minor: amount, receipt };
    try {
      await this.#amend(this.#saved);
      this.saving = "saved";
    } catch {
      // The board shows the reason; here only that a new try is still due.
      this.#saved = before;
      this.saving = "failed";
    }
  }
}
