import { failure } from "../ipc";

/** How long a job may go without an answer before someone is told. */
export const HANGS_MS = 10_000;

/**
 * Runs jobs one after another, in the order they were handed in. A failed job does not stop the next.
 * One queue for all writes: the ledger has one writer anyway, and undo must see taps in their order.
 */
export class Queue {
  #tail: Promise<unknown> = Promise.resolve();
  #stopped = false;
  #onHang: (hangs: boolean) => void;

  /** `onHang` hears true once for a job that does not answer, and false if it does after all. */
  constructor(onHang: (hangs: boolean) => void = () => undefined) {
    this.#onHang = onHang;
  }

  run<T>(job: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(() => this.#watched(job));
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** Refuses what has not begun: it must not be written in the name of whoever signs in next. */
  stop(): void {
    this.#stopped = true;
  }

  async #watched<T>(job: () => Promise<T>): Promise<T> {
    if (this.#stopped) throw failure("locked");
    let hangs = false;
    const timer = setTimeout(() => this.#onHang((hangs = true)), HANGS_MS);
    try {
      return await job();
    } finally {
      clearTimeout(timer);
      if (hangs) this.#onHang(false);
    }
  }
}
