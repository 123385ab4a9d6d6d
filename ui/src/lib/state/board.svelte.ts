import type {
  AppError,
  Backend,
  Board,
  Change,
  Correction,
  Group,
  Outcome,
  OutcomeChoice,
  Question,
  Today,
  Undo,
  UndoKind,
  VisitView,
} from "../ipc";
import { failure } from "../ipc";
import { Arrivals } from "./arrivals.svelte";
import { Clock } from "./clock.svelte";
import { Contacts } from "./contacts.svelte";
import { ClosingDetails } from "./details.svelte";
import { Earlier } from "./earlier.svelte";
import { ITEMS_FIELD, NOTE_FIELD, add, codeOf, remove, set, tap, type Intent } from "./fields";
import { Moves, type Move } from "./moves.svelte";
import { NoteDraft } from "./note.svelte";
import { Panels } from "./panels.svelte";
import { answer } from "./questions";
import { asSaved, inOrder, project, successor, together, upsert, type Pending } from "./projection";
import type { Said } from "./shown";
import { Turns } from "./turns";
import { Writes, type Write } from "./writes.svelte";

/**
 * The running visits and everything a clerk does to them. A tap shows at once and is written behind it;
 * if the write fails, just that tap disappears again and `error` says so.
 */
export class BoardState {
  readonly clock = new Clock();
  readonly moves: Moves;
  readonly earlier: Earlier;
  readonly contacts: Contacts;
  readonly turns: Turns;
  readonly panels = new Panels();
  readonly visits: VisitView[] = $derived.by(() =>
    project(together(this.#confirmed, this.#arrivals.waiting), this.#pending, this.#closing),
  );
  /** The cards that stand in the list: the open one also while it waits to be described. */
  readonly running: VisitView[] = $derived(
    this.visits.filter((visit) => !visit.later || visit.id === this.activeId),
  );
  /**
   * The same as they are saved. A card says a tap when it is written, the form at once: to draw both in
   * one frame takes as long as to draw half the page, and the answer would wait for it.
   */
  readonly cards: VisitView[] = $derived.by(() => asSaved(this.running, this.#confirmed));
  /** Counted, to be described later. */
  readonly tray: VisitView[] = $derived(this.visits.filter((visit) => visit.later));
  readonly active: VisitView | null = $derived.by(
    () => this.visits.find((visit) => visit.id === this.activeId) ?? null,
  );
  activeId = $state<string | null>(null);
  today = $state.raw<Today>({ parties: 0, bought: 0 });
  undoable = $state.raw<Undo | null>(null);
  /** Clerk ids, next one first; null where arrivals do not go round. */
  lineup = $state.raw<string[] | null>(null);
  details = $state.raw<ClosingDetails | null>(null);
  said = $state.raw<Said | null>(null);
  loaded = $state(false);

  /** The visit that was written last, for whoever lists visits that have ended. */
  latest = $state.raw<VisitView | null>(null);

  #confirmed = $state.raw<VisitView[]>([]);
  #pending = $state.raw<Pending[]>([]);
  #closing = $state.raw<string[]>([]);
  #arrivals = new Arrivals();
  #writes = new Writes({
    locked: () => this.#onLocked(),
    behind: () => void this.reload(),
    isLost: (visitId) => this.#arrivals.isLost(visitId),
  });
  readonly saving = this.#writes.saving;
  #nextOp = 0;
  #backend: Backend;
  #onLocked: () => void;
  #me: string | null;

  /** `me` is the clerk who is signed in. */
  constructor(backend: Backend, onLocked: () => void, me: string | null = null) {
    this.#backend = backend;
    this.#onLocked = onLocked;
    this.#me = me;
    this.moves = new Moves(backend, (visitId, move, job) => this.#act(visitId, move, job), me);
    this.earlier = new Earlier(backend, this.saving);
    this.contacts = new Contacts(backend);
    this.turns = new Turns(backend, (job) =>
      this.#writes.guarded(() => this.#writes.run(async () => this.#adopt(await job()))),
    );
  }

  get error(): AppError | null {
    return this.#writes.error;
  }

  set error(error: AppError | null) {
    this.#writes.error = error;
  }

  load(): Promise<void> {
    return this.#writes.guarded(() => this.#read());
  }

  /** Reads the board again without anybody's asking: what is said and what is open stay. */
  reload(): Promise<void> {
    return this.#read().catch((thrown: unknown) => this.#writes.fail(thrown));
  }

  /** Shows a card at once; a party to be described later leaves the open visit where it is. */
  arrive(size: number, later = false): Promise<void> {
    const before = this.activeId;
    const serving = this.lineup?.[0] ?? this.#me ?? "";
    const visit = this.#arrivals.begin({ size, later, serving }, this.clock);
    if (!later) this.activate(visit.id);
    return this.#writes.guarded(
      async () => {
        await this.#write(
          () => this.#arrivals.write(visit, this.#backend),
          () => this.#arrivals.written(visit.id),
        );
        this.said = later ? { kind: "counted" } : { kind: "arrived", size };
      },
      { failed: () => !later && this.#show(this.activeId === visit.id ? before : this.activeId) },
    );
  }

  activate(visitId: string): void {
    this.panels.leave();
    this.activeId = visitId;
  }

  tapChoice(visit: VisitView, group: Group, code: string): Promise<void> {
    return this.#change(visit.id, tap(group, visit.fields, code, this.clock.exact()));
  }

  /** What a visitor said to one of the pack's questions. */
  answer(visit: VisitView, questions: Question[], group: Group, code: string): Promise<void> {
    return this.#change(visit.id, answer(questions, group, visit.fields, code, this.clock.exact()));
  }

  addItem(visit: VisitView, code: string): Promise<void> {
    return this.#change(visit.id, add(ITEMS_FIELD, code));
  }

  removeItem(visit: VisitView, code: string): Promise<void> {
    return this.#change(visit.id, remove(ITEMS_FIELD, code));
  }

  /** An article held under the scanner belongs to the visit that is open; without one it is nobody's. */
  async scan(code: string): Promise<void> {
    // What is said stands where the strip of the last visit stands.
    if (this.details?.untouched) this.details = null;
    const visit = this.active;
    let kept = visit !== null;
    if (visit) await this.#change(visit.id, add(ITEMS_FIELD, code), () => (kept = false));
    if (kept) this.said = { kind: "scanned", code };
    else if (!visit) this.said = { kind: "scan_unplaced" };
  }

  tapOutcome(visit: VisitView, choice: OutcomeChoice): Promise<void> | void {
    if (!choice.asks.includes("reasons")) return this.close(visit, choice, []);
    const open = this.panels.drawer?.kind === "reasons" && this.panels.drawer.outcome.code === choice.code;
    this.panels.toggle(open ? null : { kind: "reasons", outcome: choice });
  }

  /** Closes the visit and moves on to the next one at once; takes both back if the write fails. */
  close(visit: VisitView, choice: OutcomeChoice, reasons: string[]): Promise<void> {
    this.panels.leave();
    const outcome: Outcome = {
      code: choice.code,
      reasons,
      amount_minor: null,
      pieces: null,
      receipt: null,
      follow_up: null,
    };
    const details = new ClosingDetails(visit.id, choice, outcome, this.write);
    this.activeId = successor(this.running, visit.id);
    this.#closing = [...this.#closing, visit.id];
    this.details = details;
    const settle = () => (this.#closing = this.#closing.filter((id) => id !== visit.id));
    return this.#writes.guarded(
      async () => {
        const change = await this.#write(() =>
          this.#backend.closeVisit(visit.id, outcome).catch((thrown: unknown) => {
            // An amount already waiting behind must not close what is shown as open again.
            details.discard();
            throw thrown;
          }),
        );
        details.closed = change.visit;
        this.said = { kind: "closed", visit, outcome: choice.code };
      },
      {
        visitId: visit.id,
        failed: () => {
          settle();
          this.#show(visit.id);
          if (this.details === details) this.details = null;
        },
        done: settle,
      },
    );
  }

  /** Now, by the clock that the visit came in by while it is open. Ticks. */
  nowFor(visitId: string): number {
    const visit = this.visits.find((other) => other.id === visitId);
    return visit ? this.clock.nowFor(visit) : this.clock.now;
  }

  /** Moves the time of coming in; quick taps add up, and none leads into the future. */
  shiftEntered(visit: VisitView, byMs: number): Promise<void> {
    return this.#writes.guarded(() =>
      this.#write(() => {
        const now = this.#confirmed.find((other) => other.id === visit.id) ?? visit;
        const entered = Math.min(now.entered_ms + byMs, this.clock.exactFor(now));
        return this.#backend.setEntered(visit.id, entered);
      }),
    );
  }

  /** Puts a visit right that has ended; rejects when that failed, for whoever shows it says so. */
  async correct(visitId: string, correction: Correction): Promise<void> {
    await this.#write(() => this.#backend.correctVisit(visitId, correction));
    // What still stood in the strip is older than the correction.
    if (this.details?.visitId !== visitId) return;
    this.details.discard();
    this.details = null;
  }

  async undo(): Promise<void> {
    this.panels.leave();
    if (this.undoable === null && this.saving.unsaved === 0) return;
    let what: UndoKind = "tap";
    return this.#writes.guarded(async () => {
      const change = await this.#write(async () => {
        // Only now are the taps before it confirmed, so only now is it known what goes.
        what = this.undoable?.kind ?? "tap";
        const undone = await this.#backend.undo();
        // Before the next write starts: what stands in the strip must not close the visit again.
        if (this.details?.visitId === undone.visit.id) this.#detailsAfter(undone.visit);
        return undone;
      });
      // Taking back an amount leaves the visit closed; that is a tap less, not a visitor more.
      if (change.visit.state === "closed" && what === "outcome") what = "tap";
      this.#show(change.visit.state === "open" && !change.visit.later ? change.visit.id : this.activeId);
      this.said = { kind: "undone", what };
    });
  }

  openNote(visit: VisitView): void {
    const save = (text: string, failed: () => void) =>
      void this.#change(visit.id, set(NOTE_FIELD, text === "" ? null : text), failed);
    const draft = new NoteDraft(visit.id, codeOf(visit.fields[NOTE_FIELD]) ?? "", save);
    this.panels.toggle({ kind: "note", draft });
  }

  /** Resolves when every write handed in so far is answered, or soon anyway. */
  settled(): Promise<void> {
    return this.#writes.settled();
  }

  /** The clerk is gone; what still waits behind a write that hangs goes with them. */
  leave(): void {
    this.earlier.stop();
    this.#writes.stop();
  }

  /** The strip after an undo: gone when the visit is open again, else with what is left of it. */
  #detailsAfter(visit: VisitView): void {
    const before = this.details;
    before?.discard();
    this.details = null;
    if (!before || visit.state !== "closed" || !visit.outcome) return;
    this.details = new ClosingDetails(visit.id, before.choice, visit.outcome, this.write);
    this.details.closed = visit;
  }

  #change(visitId: string, intent: Intent, failed = () => {}): Promise<void> {
    const op: Pending = { id: this.#nextOp++, visitId, intent };
    this.#pending = [...this.#pending, op];
    const settle = () => (this.#pending = this.#pending.filter((other) => other.id !== op.id));
    return this.#writes.guarded(
      () =>
        this.#write(async () => {
          const visit = this.#confirmed.find((other) => other.id === visitId);
          if (!visit) throw failure("visit_not_open");
          return this.#backend.note(visitId, intent(visit.fields));
        }, settle),
      { visitId, failed, done: settle },
    );
  }

  /** For what goes on beside the visits in the store; says what failed, and rejects then. */
  readonly write: Write = async (job) => {
    try {
      return await this.#writes.run(async () => {
        const change = await job(this.#backend);
        return change && this.#took(change);
      });
    } catch (thrown) {
      this.#writes.fail(thrown);
      throw thrown;
    }
  };

  /** Queues a write and takes its answer before the next one starts, so that replies never go back in time. */
  #write(job: () => Promise<Change>, settle?: () => void): Promise<Change> {
    return this.#writes.run(async () => {
      const change = await job();
      settle?.();
      return this.#took(change);
    });
  }

  #took(change: Change): Change {
    this.#confirmed = [change.visit, ...change.also].reduce(upsert, this.#confirmed);
    this.#heard(change);
    this.clock.follow(change.steady_ms);
    this.latest = change.visit;
    return change;
  }

  #read(): Promise<void> {
    return this.#writes.read(async () => this.#adopt(await this.#backend.board()));
  }

  #adopt(board: Board): void {
    this.clock.set(board);
    this.#confirmed = inOrder(board.open);
    this.#arrivals.seen(board.open);
    this.#heard(board);
    this.#show(this.activeId);
    this.loaded = true;
  }

  #heard({ today, undo, lineup }: Pick<Change, "today" | "undo" | "lineup">): void {
    this.today = today;
    this.undoable = undo;
    this.lineup = lineup;
  }

  #act(visitId: string, move: Move, job: () => Promise<Change>): Promise<void> {
    this.panels.close();
    return this.#writes.guarded(
      async () => {
        await this.#write(job);
        this.#show(this.activeId);
        this.said = { kind: "moved", move };
      },
      { visitId },
    );
  }

  /** Opens the card, or the first one when it is gone. */
  #show(visitId: string | null): void {
    if (this.#writes.stopped) return;
    const there = this.visits.some((visit) => visit.id === visitId);
    const next = there ? visitId : (this.running[0]?.id ?? null);
    // What is open above the pads is about the card that was there.
    if (next !== this.activeId) this.panels.close();
    this.activeId = next;
  }
}
