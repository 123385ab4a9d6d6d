/**
 * Runs jobs one after another, in the order they were handed in. A failed job does not stop the next.
 * One queue for all writes: the ledger has one writer anyway, and undo must see taps in their order.
 */
export class Queue {
  #tail: Promise<unknown> = Promise.resolve();

  run<T>(job: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(job);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}
