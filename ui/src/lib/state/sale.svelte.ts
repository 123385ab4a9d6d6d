import { minorDigits, parseAmount } from "../i18n";
import type { Outcome, OutcomeChoice } from "../ipc";

/** How long the strip waits for someone to start typing. */
export const SALE_STAYS_MS = 12_000;
const SETTLE_MS = 700;
/** Longest receipt number, in characters, as the shell counts them. */
export const RECEIPT_MAX = 40;

type Saving = "quiet" | "saved" | "failed";

/** The number without what scanners and pastes bring along unseen. */
function receiptNumber(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ").trim();
}

/** Amount and receipt of a sale already closed. Both are optional; each is saved by itself once it makes sense. */
export class Sale {
  amount = $state("");
  receipt = $state("");
  saving = $state<Saving>("quiet");
  badAmount = $state(false);
  readonly badReceipt: boolean = $derived([...receiptNumber(this.receipt)].length > RECEIPT_MAX);
  /** True once the sale was taken back: from then on nothing of it may be saved. */
  discarded = false;
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

  discard(): void {
    clearTimeout(this.#timer);
    this.discarded = true;
  }

  /** Saves what is filled in and valid; says what is not. */
  async flush(currency: string): Promise<void> {
    clearTimeout(this.#timer);
    if (this.discarded) return;
    const amount = this.amount.trim() === "" ? null : parseAmount(this.amount, minorDigits(currency));
    this.badAmount = amount === null && this.amount.trim() !== "";
    const before = this.#saved;
    const amount_minor = this.badAmount ? before.amount_minor : amount;
    const receipt = this.badReceipt ? before.receipt : receiptNumber(this.receipt) || null;
    if (amount_minor === before.amount_minor && receipt === before.receipt) return;
    this.#saved = { ...before, amount_minor, receipt };
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
