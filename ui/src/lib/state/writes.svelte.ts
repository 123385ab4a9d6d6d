import { asAppError, failure, type AppError, type Backend, type Change } from "../ipc";
import { Queue } from "./queue";
import { Saving } from "./saving.svelte";

/** How long anyone waits for the writes on their way. */
export const PATIENCE_MS = 2_000;

/** Stands as the error while a write goes without an answer. */
const HANGS: AppError = failure("internal");

/** Writes after everything before it. Null is a job that found nothing left to do. */
export type Write = (job: (backend: Backend) => Promise<Change> | null) => Promise<Change | null>;

interface Hooks {
  /** The shell has locked itself. */
  locked: () => void;
  /** The shell knows more than this window. */
  behind: () => void;
  /** Whether what fails for this visit has been said already. */
  isLost: (visitId: string | undefined) => boolean;
}

interface After {
  /** The visit it is about. */
  visitId?: string;
  failed?: () => void;
  done?: () => void;
}

/** The one way of everything that is written: in its turn, counted while it has no answer, never failing unsaid. */
export class Writes {
  readonly saving = new Saving();
  error = $state.raw<AppError | null>(null);
  #queue = new Queue((hangs) => {
    if (hangs) this.error = HANGS;
    else if (this.error === HANGS) this.error = null;
  });
  #hooks: Hooks;
  /** True once the clerk is gone. */
  stopped = false;

  constructor(hooks: Hooks) {
    this.#hooks = hooks;
  }

  /** Hands in a write. */
  run<T>(job: () => Promise<T>): Promise<T> {
    return this.saving.track(this.#queue.run(job));
  }

  /** Reads in the same turn, so that an answer never goes back in time. */
  read<T>(job: () => Promise<T>): Promise<T> {
    return this.#queue.run(job);
  }

  async guarded(job: () => Promise<unknown>, after: After = {}): Promise<void> {
    // A new action clears the old error; a mere success must not, or a tap queued behind would hide it.
    // While a write hangs, that stays said: the new action only waits behind it.
    if (this.error !== HANGS) this.error = null;
    try {
      await job();
    } catch (thrown) {
      after.failed?.();
      if (!this.#hooks.isLost(after.visitId)) this.fail(thrown);
    } finally {
      after.done?.();
    }
  }

  fail(thrown: unknown): void {
    const error = asAppError(thrown);
    if (error.code === "locked") return this.#hooks.locked();
    this.error = error;
    // The board has moved on without this window; look again before the next tap.
    if (error.code === "visit_not_open") this.#hooks.behind();
  }

  /** Resolves when every write handed in so far is answered, or soon anyway: one that hangs keeps nobody. */
  settled(): Promise<void> {
    const patience = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE_MS));
    return Promise.race([this.#queue.run(async () => undefined), patience]);
  }

  /** Refuses what has not begun. */
  stop(): void {
    this.stopped = true;
    this.#queue.stop();
  }
}
