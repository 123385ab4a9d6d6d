/**
 * What a screen reader is told: one line that waits its turn and one that does not. Two regions on the page
 * speak them (Voices.svelte); a region that comes and goes with its text is often not heard.
 */
export class Voice {
  calm = $state("");
  urgent = $state("");
  #last = "";

  /** Says what has happened. */
  say(line: string): void {
    // The same words twice are two events; without a difference the second would not be heard.
    this.#last = line !== "" && line === this.#last ? `${line}\u00a0` : line;
    this.calm = this.#last;
  }

  /** Interrupts with an error; the result takes it back. */
  alert(line: string): () => void {
    this.urgent = line;
    return () => {
      if (this.urgent === line) this.urgent = "";
    };
  }
}
