import { asAppError, type AppError, type Backend, type DayRow, type DayView } from "../../lib/ipc";

/** One business day as it stands in the ledger, and the pages of its visits read so far. */
export class DayLogState {
  view = $state.raw<DayView | null>(null);
  rows = $state.raw<DayRow[]>([]);
  busy = $state(false);
  error = $state.raw<AppError | null>(null);
  #next = $state.raw<string | null>(null);
  readonly more: boolean = $derived(this.#next !== null);
  #backend: Backend;
  #onLocked: () => void;
  #asked = 0;

  constructor(backend: Backend, onLocked: () => void) {
    this.#backend = backend;
    this.#onLocked = onLocked;
  }

  /** Opens a day; null is today. */
  async open(day: string | null): Promise<void> {
    const view = await this.#read(day, null);
    if (!view) return;
    this.view = view;
    this.rows = view.rows;
    this.#next = view.next;
  }

  async readMore(): Promise<void> {
    if (this.busy || !this.view || this.#next === null) return;
    const page = await this.#read(this.view.day, this.#next);
    if (!page) return;
    const known = new Set(this.rows.map((row) => row.id));
    this.rows = [...this.rows, ...page.rows.filter((row) => !known.has(row.id))];
    this.#next = page.next;
  }

  /** Null when it failed, or when another day was asked for in the meantime. */
  async #read(day: string | null, after: string | null): Promise<DayView | null> {
    const asked = ++this.#asked;
    this.busy = true;
    this.error = null;
    try {
      const view = await this.#backend.day(day, after);
      return asked === this.#asked ? view : null;
    } catch (thrown) {
      const error = asAppError(thrown);
      if (error.code === "locked") this.#onLocked();
      else this.error = error;
      return null;
    } finally {
      if (asked === this.#asked) this.busy = false;
    }
  }
}
