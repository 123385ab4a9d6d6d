import { amountText, minorDigits, parseAmount } from "../i18n";
import type { Change, Outcome, OutcomeChoice, VisitView } from "../ipc";
import { toggled } from "./fields";
import type { Write } from "./writes.svelte";

/** How long the strip waits for someone to do something there. */
export const DETAILS_STAY_MS = 12_000;
const SETTLE_MS = 700;
/** Longest receipt number, in characters, as the shell counts them. */
export const RECEIPT_MAX = 40;

type Saving = "quiet" | "saved" | "failed";

/** What is chosen by taps; the rest is typed. */
type Picked = Pick<Outcome, "pieces" | "reasons" | "follow_up">;

/** The number without what scanners and pastes bring along unseen. */
function receiptNumber(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ").trim();
}

function same(one: Outcome, other: Outcome): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function pickedOf({ pieces, reasons, follow_up }: Outcome): Picked {
  return { pieces, reasons, follow_up };
}

/** What an outcome asks for, of a visit already closed. All of it is optional and saves itself. */
export class ClosingDetails {
  amount = $state("");
  receipt = $state("");
  picked = $state.raw<Picked>({ pieces: null, reasons: [], follow_up: null });
  saving = $state<Saving>("quiet");
  badAmount = $state(false);
  readonly badReceipt: boolean = $derived([...receiptNumber(this.receipt)].length > RECEIPT_MAX);
  /** The visit as the shell has it since it was closed; null until it answers. */
  closed = $state.raw<VisitView | null>(null);
  /** True once the outcome was taken back: from then on nothing of it may be saved. */
  discarded = false;
  readonly visitId: string;
  readonly choice: OutcomeChoice;
  #tapped = false;
  #stored: Outcome;
  /** What the shell has or is about to have. */
  #sent: Outcome;
  #write: Write;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(visitId: string, choice: OutcomeChoice, outcome: Outcome, write: Write) {
    this.visitId = visitId;
    this.choice = choice;
    this.picked = pickedOf(outcome);
    this.receipt = outcome.receipt ?? "";
    this.#stored = outcome;
    this.#sent = outcome;
    this.#write = write;
  }

  get untouched(): boolean {
    return this.amount === "" && this.receipt === "" && !this.#tapped;
  }

  /** Writes out what is stored already, as after an undo. */
  show(currency: string): void {
    const minor = this.#stored.amount_minor;
    if (this.amount === "" && minor !== null) this.amount = amountText(minor, minorDigits(currency));
  }

  typed(currency: string): void {
    this.saving = "quiet";
    this.badAmount = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(currency), SETTLE_MS);
  }

  pick(part: Partial<Picked>, currency: string): Promise<void> {
    this.#tapped = true;
    this.picked = { ...this.picked, ...part };
    return this.flush(currency);
  }

  toggleReason(code: string, currency: string): Promise<void> {
    return this.pick({ reasons: toggled(this.picked.reasons, code) }, currency);
  }

  /** Moves the time of leaving; quick taps add up. */
  async shiftLeft(byMs: number, latestMs: (closed: VisitView) => number): Promise<void> {
    this.#tapped = true;
    await this.#attempt((backend) => {
      if (!this.closed?.left_ms || this.discarded) return null;
      const left = Math.min(this.closed.left_ms + byMs, latestMs(this.closed));
      return backend.setLeft(this.visitId, Math.max(left, this.closed.entered_ms));
    });
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
    const next: Outcome = {
      ...this.#sent,
      ...this.picked,
      amount_minor: this.badAmount ? this.#sent.amount_minor : amount,
      receipt: this.badReceipt ? this.#sent.receipt : receiptNumber(this.receipt) || null,
    };
    if (same(next, this.#sent)) return;
    this.#sent = next;
    const done = await this.#attempt((backend) =>
      this.discarded ? null : backend.closeVisit(this.visitId, next),
    );
    if (done) this.#stored = next;
    // What was tapped goes back to what is stored; typed words stay, a new try is still due.
    else if (this.#sent === next) {
      this.#sent = this.#stored;
      this.picked = pickedOf(this.#stored);
    }
  }

  /** Whether it was written; the board says why not. */
  async #attempt(job: Parameters<Write>[0]): Promise<boolean> {
    // Taken within the job: the next one already counts from there.
    const took = (change: Change) => {
      this.closed = change.visit;
      return change;
    };
    const change = await this.#write((backend) => job(backend)?.then(took) ?? null).catch(() => null);
    if (!this.discarded) this.saving = change ? "saved" : "failed";
    return change !== null;
  }
}
