// Tells a barcode scanner from a hand. A scanner types like a keyboard, only faster, and ends with Enter
// or Tab. Pure: times are passed in, timers can be replaced.

/** Longest pause between the characters that make a scan; a single key waits that long. */
const GAP_MS = 35;
/** Shortest scan; two or three keys may well come from a quick hand. */
const BURST_MIN = 4;
/**
 * Longest pause once that many have come. No hand is that fast, so the rest is a scan as well when the
 * machine or the radio stutters: half a number on a visit is worse than none.
 */
const STUTTER_MS = 100;
const CODE_MAX = 48;

export type Timers = { start: (run: () => void, ms: number) => number; stop: (timer: number) => void };

const windowTimers: Timers = {
  start: (run, ms) => window.setTimeout(run, ms),
  stop: (timer) => window.clearTimeout(timer),
};

/**
 * Collects keys that follow each other at a scanner's pace. A key that would be a command is held back
 * until it is clear that no scan has begun, and then replayed; nothing is lost and the order stays.
 */
export class Scanner<Held> {
  #chars = "";
  #held: Held[] = [];
  #lastMs = -Infinity;
  #timer: number | undefined;
  #replay: (held: Held) => void;
  #timers: Timers;

  constructor(replay: (held: Held) => void, timers: Timers = windowTimers) {
    this.#replay = replay;
    this.#timers = timers;
  }

  /** Whether the next character is the first of its burst. */
  idle(atMs: number): boolean {
    return this.#chars === "" || atMs - this.#lastMs > this.#patience();
  }

  /** A character. `held` is what it means if it is no scan; null where it already stands as text. */
  key(char: string, atMs: number, held: Held | null): void {
    if (this.idle(atMs)) this.release();
    this.#chars += char;
    this.#lastMs = atMs;
    if (held !== null) this.#held.push(held);
    this.#wait(this.#patience(), () => {
      // A busy moment may let the timer run before a key that came in time: let that one in first.
      this.#wait(0, () => this.release());
    });
  }

  /** Enter or Tab: the article number if this ends a scan, else null, and the keys held go their way. */
  end(atMs: number): string | null {
    const code = this.idle(atMs) ? null : articleNumber(this.#chars);
    if (code === null) this.release();
    else this.#clear();
    return code;
  }

  /** It was a hand after all. */
  release(): void {
    const held = this.#held;
    this.#clear();
    for (const one of held) this.#replay(one);
  }

  /** Forgets everything, for when nobody is there any more to take it. */
  stop(): void {
    this.#clear();
  }

  #patience(): number {
    return this.#chars.length < BURST_MIN ? GAP_MS : STUTTER_MS;
  }

  #clear(): void {
    if (this.#timer !== undefined) this.#timers.stop(this.#timer);
    this.#timer = undefined;
    this.#chars = "";
    this.#held = [];
  }

  #wait(ms: number, run: () => void): void {
    if (this.#timer !== undefined) this.#timers.stop(this.#timer);
    this.#timer = this.#timers.start(run, ms);
  }
}

/** What the scanner meant; null where it was somebody's words. No article number has a space. */
function articleNumber(chars: string): string | null {
  if (chars.length < BURST_MIN || chars.includes(" ")) return null;
  const code = chars.replace(/[^A-Za-z0-9._/+-]/g, "");
  return code === "" || code.length > CODE_MAX ? null : code;
}
