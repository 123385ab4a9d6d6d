/** Long enough for a pause between words, short enough that nothing typed is at risk. */
const SETTLE_MS = 400;
export const NOTE_MAX = 500;

/** Length as the shell counts it: characters, not UTF-16 units. */
export function noteLength(text: string): number {
  return [...text].length;
}

/** The note being written on one visit. It saves itself; the text stays here even if saving fails. */
export class NoteDraft {
  text = $state("");
  refused = $state(false);
  readonly visitId: string;
  #save: (text: string, failed: () => void) => void;
  /** What the ledger has or is about to have; null after a failure, when that is not known. */
  #sent: string | null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(visitId: string, text: string, save: (text: string, failed: () => void) => void) {
    this.visitId = visitId;
    this.text = text;
    this.#sent = text;
    this.#save = save;
  }

  /** Takes new text, or refuses it whole when it is too long: a cut paste would lose its end unseen. */
  take(text: string): boolean {
    this.refused = noteLength(text) > NOTE_MAX;
    if (this.refused) return false;
    this.text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), SETTLE_MS);
    return true;
  }

  /** Saves now what is not saved yet, also what failed before. */
  flush(): void {
    clearTimeout(this.#timer);
    const text = this.text;
    if (text === this.#sent) return;
    this.#sent = text;
    this.#save(text, () => {
      // Unless newer words are on their way already.
      if (this.#sent === text) this.#sent = null;
    });
  }
}
