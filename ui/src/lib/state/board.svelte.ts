import type {
  AppError,
  Backend,
  Change,
  Group,
  Outcome,
  OutcomeChoice,
  Today,
  Undo,
  UndoKind,
  VisitView,
} from "../ipc";
import { asAppError, failure } from "../ipc";
import { newId } from "./ids";
import { Clock } from "./clock.svelte";
import { ITEMS_FIELD, NOTE_FIELD, add, codeOf, remove, set, tap, type Intent } from "./fields";
import { NoteDraft } from "./note.svelte";
import { inOrder, project, successor, upsert, type Pending } from "./projection";
import { Queue } from "./queue";
import { Sale } from "./sale.svelte";

/** How long anyone waits for the writes on their way. */
export const PATIENCE_MS = 2_000;

/** Stands as the error while a write goes without an answer. */
const HANGS: AppError = failure("internal");

/** What is open above the pads of the visit form; at most one at a time. */
export type Drawer =
  | { kind: "reasons"; outcome: OutcomeChoice }
  | { kind: "outcomes" }
  | { kind: "group"; key: string }
  | { kind: "items" }
  | { kind: "note"; draft: NoteDraft };

/** The last thing that happened, kept without words so that it follows a language switch. */
export type Said =
  | { kind: "arrived"; size: number }
  | { kind: "closed"; visit: VisitView; outcome: string }
  | { kind: "scanned"; code: string }
  | { kind: "scan_unplaced" }
  | { kind: "undone"; what: UndoKind };

/**
 * The running visits and everything a clerk does to them. A tap shows at once and is written behind it;
 * if the write fails, just that tap disappears again and `error` says so.
 */
export class BoardState {
  readonly clock = new Clock();
  readonly visits: VisitView[] = $derived.by(() => project(this.#confirmed, this.#pending, this.#closing));
  readonly active: VisitView | null = $derived.by(
    () => this.visits.find((visit) => visit.id === this.activeId) ?? null,
  );
  activeId = $state<string | null>(null);
  today = $state.raw<Today>({ parties: 0, bought: 0 });
  undoable = $state.raw<Undo | null>(null);
  drawer = $state.raw<Drawer | null>(null);
  sale = $state.raw<Sale | null>(null);
  said = $state.raw<Said | null>(null);
  error = $state.raw<AppError | null>(null);
  loaded = $state(false);

  #confirmed = $state.raw<VisitView[]>([]);
  #pending = $state.raw<Pending[]>([]);
  #closing = $state.raw<string[]>([]);
  #queue = new Queue((hangs) => {
    if (hangs) this.error = HANGS;
    else if (this.error === HANGS) this.error = null;
  });
  #nextOp = 0;
  #backend: Backend;
  #onLocked: () => void;

  constructor(backend: Backend, onLocked: () => void) {
    this.#backend = backend;
    this.#onLocked = onLocked;
  }

  load(): Promise<void> {
    return this.#guarded(async () => {
      const board = await this.#queue.run(() => this.#backend.board());
      this.clock.set(board.now_ms);
      this.#confirmed = inOrder(board.open);
      this.today = board.today;
      this.undoable = board.undo;
      if (this.active === null) this.activeId = this.visits[0]?.id ?? null;
      this.loaded = true;
    });
  }

  arrive(size: number): Promise<void> {
    return this.#guarded(async () => {
      const change = await this.#write(() => this.#backend.arrive(newId(), size, false));
      this.activate(change.visit.id);
      this.said = { kind: "arrived", size };
    });
  }

  activate(visitId: string): void {
    this.closeDrawer();
    this.activeId = visitId;
  }

  tapChoice(visit: VisitView, group: Group, code: string): Promise<void> {
    return this.#change(visit.id, tap(group, visit.fields, code, this.clock.exact()));
  }

  addItem(visit: VisitView, code: string): Promise<void> {
    return this.#change(visit.id, add(ITEMS_FIELD, code));
  }

  removeItem(visit: VisitView, code: string): Promise<void> {
    return this.#change(visit.id, remove(ITEMS_FIELD, code));
  }

  /** An article held under the scanner belongs to the visit that is open; without one it is nobody's. */
  async scan(code: string): Promise<void> {
    // What is said stands where the strip of the last sale stands.
    if (this.sale?.untouched) this.sale = null;
    const visit = this.active;
    let kept = visit !== null;
    if (visit) await this.#change(visit.id, add(ITEMS_FIELD, code), () => (kept = false));
    if (kept) this.said = { kind: "scanned", code };
    else if (!visit) this.said = { kind: "scan_unplaced" };
  }

  tapOutcome(visit: VisitView, choice: OutcomeChoice): Promise<void> | void {
    if (!choice.asks.includes("reasons")) return this.close(visit, choice, []);
    const open = this.drawer?.kind === "reasons" && this.drawer.outcome.code === choice.code;
    this.toggleDrawer(open ? null : { kind: "reasons", outcome: choice });
  }

  /** Closes the visit and moves on to the next one at once; takes both back if the write fails. */
  close(visit: VisitView, choice: OutcomeChoice, reasons: string[]): Promise<void> {
    this.closeDrawer();
    const outcome: Outcome = {
      code: choice.code,
      reasons,
      amount_minor: null,
      pieces: null,
      receipt: null,
      follow_up: null,
    };
    const sale = choice.asks.some((ask) => ask !== "reasons") ? this.#saleOf(visit, choice, outcome) : null;
    this.activeId = successor(this.visits, visit.id);
    this.#closing = [...this.#closing, visit.id];
    this.sale = sale;
    return this.#guarded(
      async () => {
        await this.#write(() =>
          this.#backend.closeVisit(visit.id, outcome).catch((thrown: unknown) => {
            // An amount already waiting behind must not close what is shown as open again.
            sale?.discard();
            throw thrown;
          }),
        );
        this.said = { kind: "closed", visit, outcome: choice.code };
      },
      {
        failed: () => {
          this.activeId = visit.id;
          if (this.sale === sale) this.sale = null;
        },
        done: () => (this.#closing = this.#closing.filter((id) => id !== visit.id)),
      },
    );
  }

  async undo(): Promise<void> {
    this.closeDrawer();
    if (this.undoable === null && this.#pending.length === 0) return;
    let what: UndoKind = "tap";
    return this.#guarded(async () => {
      const change = await this.#write(async () => {
        // Only now are the taps before it confirmed, so only now is it known what goes.
        what = this.undoable?.kind ?? "tap";
        const undone = await this.#backend.undo();
        // Before the next write starts: what stands in the strip must not close the visit again.
        if (this.sale?.visitId === undone.visit.id) {
          this.sale.discard();
          this.sale = null;
        }
        return undone;
      });
      // Taking back an amount leaves the visit closed; that is a tap less, not a visitor more.
      if (change.visit.state === "closed") what = "tap";
      if (change.visit.state === "open") this.activeId = change.visit.id;
      else if (this.active === null) this.activeId = this.visits[0]?.id ?? null;
      this.said = { kind: "undone", what };
    });
  }

  openNote(visit: VisitView): void {
    const save = (text: string, failed: () => void) =>
      void this.#change(visit.id, set(NOTE_FIELD, text === "" ? null : text), failed);
    const draft = new NoteDraft(visit.id, codeOf(visit.fields[NOTE_FIELD]) ?? "", save);
    this.toggleDrawer({ kind: "note", draft });
  }

  toggleDrawer(drawer: Drawer | null): void {
    this.closeDrawer();
    this.drawer = drawer;
  }

  /** Also saves a note on its way: closing must come after the words. */
  closeDrawer(): void {
    if (this.drawer?.kind === "note") this.drawer.draft.flush();
    this.drawer = null;
  }

  /** Resolves when every write handed in so far is answered, or soon anyway: one that hangs keeps nobody. */
  settled(): Promise<void> {
    const patience = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE_MS));
    return Promise.race([this.#queue.run(async () => undefined), patience]);
  }

  /** The clerk is gone; what still waits behind a write that hangs goes with them. */
  leave(): void {
    this.#queue.stop();
  }

  #saleOf(visit: VisitView, choice: OutcomeChoice, outcome: Outcome): Sale {
    const sale: Sale = new Sale(visit.id, choice, outcome, async (amended) => {
      const change = this.#write(async () => {
        if (sale.discarded) throw failure("visit_not_open");
        return this.#backend.closeVisit(visit.id, amended);
      });
      await change.catch((thrown: unknown) => {
        if (!sale.discarded) this.#fail(thrown);
        throw thrown;
      });
    });
    return sale;
  }

  #change(visitId: string, intent: Intent, failed = () => {}): Promise<void> {
    const op: Pending = { id: this.#nextOp++, visitId, intent };
    this.#pending = [...this.#pending, op];
    const settle = () => (this.#pending = this.#pending.filter((other) => other.id !== op.id));
    return this.#guarded(
      () =>
        this.#write(async () => {
          const visit = this.#confirmed.find((other) => other.id === visitId);
          if (!visit) throw failure("visit_not_open");
          return this.#backend.note(visitId, intent(visit.fields));
        }, settle),
      { failed, done: settle },
    );
  }

  /** Queues a write and takes its answer before the next one starts, so that replies never go back in time. */
  #write(job: () => Promise<Change>, settle?: () => void): Promise<Change> {
    return this.#queue.run(async () => {
      const change = await job();
      settle?.();
      this.#confirmed = upsert(this.#confirmed, change.visit);
      this.today = change.today;
      this.undoable = change.undo;
      return change;
    });
  }

  async #guarded(
    job: () => Promise<unknown>,
    after: { failed?: () => void; done?: () => void } = {},
  ): Promise<void> {
    // A new action clears the old error; a mere success must not, or a tap queued behind would hide it.
    // While a write hangs, that stays said: the new action only waits behind it.
    if (this.error !== HANGS) this.error = null;
    try {
      await job();
    } catch (thrown) {
      after.failed?.();
      this.#fail(thrown);
    } finally {
      after.done?.();
    }
  }

  #fail(thrown: unknown): void {
    const error = asAppError(thrown);
    if (error.code === "locked") return this.#onLocked();
    // The board has moved on without this window; look again before the next tap.
    if (error.code === "visit_not_open") void this.load().then(() => (this.error = error));
    this.error = error;
  }
}
