import { asAppError, type AppError } from "../ipc";

/** Work that may fail, one at a time: whether some goes on, and what went wrong with the last. */
export class Attempt {
  busy = $state(false);
  error = $state.raw<AppError | null>(null);

  /** Whether it went well; while other work goes on it is not begun. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.error = null;
    try {
      await work();
      return true;
    } catch (thrown) {
      this.error = asAppError(thrown);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
