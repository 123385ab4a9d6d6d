// The visits of the stand-in, and the steps that can be taken back.

import { failure, type Patch } from "../backend";
import type { Board, Correction, Outcome, Undo, VisitView } from "../bindings";
import { UNSEEN, dayOf, openVisit } from "./data";
import { bought } from "./day";
import { merged, withPatch } from "./visit";

/** What a step changed: the visits as they were, null for those that came with it. */
type Step = { kind: Undo["kind"]; visitId: string; before: Map<string, VisitView | null> };

/** Every write gives the visits that it changed, the first one being what it is about. */
export class Book {
  visits: VisitView[];
  #steps: Step[] = [];
  /** The steady clock agrees with the wall clock at the start, and with nothing later. */
  readonly #began = Date.now() - performance.now();

  constructor(visits: VisitView[]) {
    this.visits = visits;
  }

  get steadyMs(): number {
    return this.#began + performance.now();
  }

  board(): Omit<Board, "lineup"> {
    const today = this.visits.filter(
      (visit) => visit.day === dayOf(Date.now()) && (visit.state === "open" || visit.state === "closed"),
    );
    const last = this.#steps.at(-1);
    return {
      now_ms: Date.now(),
      steady_ms: this.steadyMs,
      open: this.visits.filter((visit) => visit.state === "open"),
      today: { parties: today.length, bought: today.filter(bought).length },
      undo: last ? { kind: last.kind, visit_id: last.visitId } : null,
    };
  }

  known(id: string): VisitView | undefined {
    return this.visits.find((other) => other.id === id);
  }

  find(id: string): VisitView {
    const visit = this.known(id);
    if (!visit) throw failure("visit_not_open");
    return visit;
  }

  arrive(visitId: string, size: number, later: boolean, serving: string): VisitView[] {
    const visit = openVisit(visitId, Date.now(), size, serving);
    return this.#step("arrival", [{ ...visit, since_steady_ms: this.steadyMs, later }]);
  }

  note(visitId: string, patch: Patch): VisitView[] {
    return this.#step("tap", [withPatch(this.#running(visitId), patch)]);
  }

  close(visitId: string, outcome: Outcome): VisitView[] {
    const visit = this.find(visitId);
    if (visit.state !== "open" && visit.state !== "closed") throw failure("visit_not_open");
    const dwell_source = visit.dwell_source ?? "observed";
    const left_ms = visit.left_ms ?? Date.now();
    return this.#step("outcome", [{ ...visit, state: "closed", left_ms, dwell_source, outcome }]);
  }

  handOver(visitId: string, clerkId: string, note: string | null): VisitView[] {
    const visit = this.#running(visitId);
    if (visit.serving === clerkId) throw failure("bad_input");
    const handed = { from: visit.serving, note, at_ms: Date.now() };
    return this.#step("hand_over", [{ ...visit, serving: clerkId, handed }]);
  }

  split(visitId: string, newVisitId: string, size: number): VisitView[] {
    const visit = this.#running(visitId);
    if (size >= visit.size && visit.size < 5) throw failure("bad_input");
    const left = visit.size === 5 ? 5 : visit.size - size;
    const { entered_ms, since_steady_ms, serving } = visit;
    const part = { ...openVisit(newVisitId, entered_ms, size, serving), since_steady_ms };
    return this.#step("split", [{ ...visit, size: left }, part]);
  }

  merge(visitId: string, intoId: string): VisitView[] {
    const [gone, kept] = [this.#running(visitId), this.#running(intoId)];
    return this.#step("merge", [merged(kept, gone), { ...gone, state: "merged" }]);
  }

  setEntered(visitId: string, enteredMs: number): VisitView[] {
    const visit = this.#running(visitId);
    if (enteredMs > Date.now()) throw failure("bad_input");
    const since_steady_ms = visit.since_steady_ms + enteredMs - visit.entered_ms;
    return this.#step("time", [{ ...visit, entered_ms: enteredMs, since_steady_ms }]);
  }

  setLeft(visitId: string, leftMs: number): VisitView[] {
    const visit = this.find(visitId);
    if (visit.state !== "closed" || leftMs < visit.entered_ms) throw failure("bad_input");
    return this.#step("time", [{ ...visit, left_ms: leftMs, dwell_source: "adjusted" }]);
  }

  linkEarlier(visitId: string, earlierId: string | null): VisitView[] {
    return this.#step("earlier", [{ ...this.#running(visitId), earlier: earlierId }]);
  }

  correct(visitId: string, { patch, outcome, entered_ms, left_ms }: Correction): VisitView[] {
    const visit = this.find(visitId);
    if (visit.state !== "closed") throw failure("visit_not_open");
    return this.#step("correction", [
      {
        ...withPatch(visit, patch),
        entered_ms: entered_ms ?? visit.entered_ms,
        left_ms: left_ms ?? visit.left_ms,
        dwell_source: left_ms === null ? visit.dwell_source : "adjusted",
        outcome: outcome ?? visit.outcome,
        corrected: true,
      },
    ]);
  }

  undo(): VisitView[] {
    const step = this.#steps.pop();
    if (!step) throw failure("nothing_to_undo");
    return this.#keep(
      [...step.before].map(([id, was]) => was ?? { ...this.find(id), state: "voided" as const }),
    );
  }

  /** A visitor left a contact, or it is gone again: no step of anybody's. */
  tellContact(visitId: string, has_contact: boolean, answers: Patch = {}): void {
    this.#keep([{ ...withPatch(this.find(visitId), answers), has_contact }]);
  }

  /** A rule closes a visit that nobody touched: no step of anybody's. */
  closeByRule(visitId: string): void {
    const visit = this.find(visitId);
    const left_ms = Date.now();
    this.#keep([{ ...visit, state: "closed", left_ms, dwell_source: "estimated", outcome: UNSEEN }]);
  }

  #running(id: string): VisitView {
    const visit = this.find(id);
    if (visit.state !== "open") throw failure("visit_not_open");
    return visit;
  }

  #step(kind: Undo["kind"], visits: VisitView[]): VisitView[] {
    const before = new Map(visits.map(({ id }) => [id, this.known(id) ?? null]));
    this.#steps.push({ kind, visitId: visits[0]?.id ?? "", before });
    return this.#keep(visits);
  }

  #keep(visits: VisitView[]): VisitView[] {
    const ids = visits.map(({ id }) => id);
    this.visits = [...visits, ...this.visits.filter((other) => !ids.includes(other.id))];
    return visits;
  }
}
