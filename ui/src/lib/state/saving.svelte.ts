/** Below this nobody notices that a write takes time. */
export const LATE_MS = 300;
/** A mark that has appeared stays this long, or it would flicker. */
export const MARK_STAYS_MS = 500;

/** How the writes stand that were handed in: how many have no answer yet, and whether one takes long. */
export class Saving {
  unsaved = $state(0);
  #late = $state(0);
  readonly slow: boolean = $derived(this.#late > 0);

  /** Follows a write to its answer, whatever the answer is. */
  async track<T>(write: Promise<T>): Promise<T> {
    this.unsaved += 1;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#late += 1;
    }, LATE_MS);
    try {
      return await write;
    } finally {
      this.unsaved -= 1;
      clearTimeout(timer);
      if (late) setTimeout(() => (this.#late -= 1), MARK_STAYS_MS);
    }
  }
}
