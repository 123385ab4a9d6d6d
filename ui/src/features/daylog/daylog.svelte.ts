import {
  asAppError,
  type AppError,
  type Backend,
  type DayRow,
  type DayView,
  type VisitView,
} from "../../lib/ipc";
import { rowOf, unchecked } from "../../lib/state/day-row";

/** The day is read again at most this often while things happen. */
export const REFRESH_MS = 1_000;

/** One business day as it stands in the ledger, and the pages of its visits read so far. */
export class DayLogState {
  view = $state.raw<DayView | null>(null);
  rows = $state.raw<DayRow[]>([]);
  /** Closed by rule and not looked at since; they are listed first, and only there. */
  unchecked = $state.raw<DayRow[]>([]);
  readonly others: DayRow[] = $derived.by(() => {
    const first = new Set(this.unchecked.map((row) => row.id));
    return this.rows.filter((row) => !first.has(row.id));
  });
  busy = $state(false);
  error = $state.raw<AppError | null>(null);
  #next = $state.raw<string | null>(null);
  readonly more: boolean = $derived(this.#next !== null);
  #backend: Backend;
  #onLocked: () => void;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(backend: Backend, onLocked: () => void) {
    this.#backend = backend;
    this.#onLocked = onLocked;
  }

  /** Opens a day; null is today. */
  async open(day: string | null): Promise<void> {
    const view = await this.#read(day, null);
    if (!view) return;
    const asked = this.#asked;
    const first = await this.#readUnchecked(view);
    if (asked !== this.#asked) return;
    this.view = view;
    this.rows = view.rows;
    this.unchecked = first;
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

  /** Reads the pages that are left. A page that fails ends it; what is there stays. */
  async readAll(): Promise<void> {
    let rows = -1;
    while (this.more && this.rows.length !== rows) {
      rows = this.rows.length;
      await this.readMore();
    }
  }

  /** Something happened: the open day is read again soon, once for all that happens until then. */
  stale(): void {
    if (this.#asked === 0) return;
    // Not put off by more of it, or a long sending would keep the day from moving.
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#refresh();
    }, REFRESH_MS);
  }

  /** A visit was written: its row follows at once, wherever it stands. */
  follow(visit: VisitView): void {
    const row = rowOf(visit);
    const put = (rows: DayRow[]) => rows.map((other) => (other.id === row.id ? row : other));
    this.rows = put(this.rows);
    this.unchecked = put(this.unchecked).filter(unchecked);
  }

  fail(thrown: unknown): void {
    const error = asAppError(thrown);
    if (error.code === "locked") this.#onLocked();
    else this.error = error;
  }

  /** Stops reading; call it when nobody looks any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#asked = 0;
  }

  /** Figures and first page anew, quietly: if it fails, the day just stands as it was until the next change. */
  async #refresh(): Promise<void> {
    const view = this.view;
    if (this.busy) return this.stale();
    if (!view) return;
    const asked = this.#asked;
    try {
      const fresh = await this.#backend.day(view.day, null, false);
      const first = await this.#readUnchecked(fresh);
      // Meanwhile another day or page was asked for; that comes first.
      if (asked !== this.#asked) return this.stale();
      this.#lay(fresh);
      this.unchecked = first;
    } catch (thrown) {
      if (asked === this.#asked && asAppError(thrown).code === "locked") this.#onLocked();
    }
  }

  /** The first of them will do: as soon as they are looked at, others follow. Failing leaves what stands. */
  async #readUnchecked(view: DayView): Promise<DayRow[]> {
    if (view.figures.unchecked === 0) return [];
    const page = await this.#backend.day(view.day, null, true).catch(() => null);
    return page ? page.rows : this.unchecked;
  }

  /** Lays a new first page over the old one; the pages after it stay. */
  #lay(fresh: DayView): void {
    const known = new Set(fresh.rows.map((row) => row.id));
    const last = fresh.rows.at(-1);
    const meets = fresh.next !== null && this.rows.some((row) => known.has(row.id));
    // What the page reaches over and does not have was taken back. A page that does not meet the old rows
    // leaves a gap before them, so they are read again when asked for.
    const rest = this.rows.filter(
      (row) => meets && last && row.entered_ms <= last.entered_ms && !known.has(row.id),
    );
    this.view = fresh;
    this.rows = [...fresh.rows, ...rest];
    if (rest.length === 0) this.#next = fresh.next;
  }

  /** Null when it failed, or when another day was asked for in the meantime. */
  async #read(day: string | null, after: string | null): Promise<DayView | null> {
    const asked = ++this.#asked;
    this.busy = true;
    this.error = null;
    try {
      const view = await this.#backend.day(day, after, false);
      return asked === this.#asked ? view : null;
    } catch (thrown) {
      this.fail(thrown);
      return null;
    } finally {
      if (asked === this.#asked) this.busy = false;
    }
  }
}
