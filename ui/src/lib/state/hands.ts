/** Hands in the middle of a visit come back sooner than this. */
export const REST_MS = 250;
/** As long as anything waits for them. */
export const MOST_MS = 2_000;

/** A job that waits for the hands to rest. */
export interface Later {
  /** Asks for it. It runs once, however often it is asked for meanwhile. */
  ask(): void;
  /** Leaves it, if it was asked for. */
  cancel(): void;
}

/**
 * The hands at the window. Whatever is drawn in the same frame as a tap makes that tap late, so what need not be
 * seen at once waits until they rest.
 */
export class Hands {
  #moved = Number.NEGATIVE_INFINITY;

  /** Watches them from now on; call the result to stop. */
  watch(page: EventTarget): () => void {
    const moved = () => this.moved();
    page.addEventListener("pointerdown", moved, true);
    page.addEventListener("keydown", moved, true);
    return () => {
      page.removeEventListener("pointerdown", moved, true);
      page.removeEventListener("keydown", moved, true);
    };
  }

  moved(): void {
    this.#moved = performance.now();
  }

  later(job: () => void): Later {
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const look = (latest: number) => {
      const left = Math.min(this.#moved + REST_MS, latest) - performance.now();
      waiting = left > 0 ? setTimeout(() => look(latest), left) : undefined;
      if (left <= 0) job();
    };
    return {
      ask: () => void (waiting ?? look(performance.now() + MOST_MS)),
      cancel: () => {
        clearTimeout(waiting);
        waiting = undefined;
      },
    };
  }
}
