import type { Backend, Change, VisitView } from "../ipc";
import { newId } from "./ids";

/** Longest hand-over note, in characters: one line. */
export const HAND_NOTE_MAX = 120;

/** What happened to a card, kept without words. */
export type Move =
  | { kind: "handed"; to: string }
  | { kind: "taken" }
  | { kind: "split"; size: number }
  | { kind: "merged"; size: number }
  | { kind: "linked" }
  | { kind: "unlinked" };

/** Writes one change of a visit in its turn, and says then what it was. */
type Act = (visitId: string, move: Move, job: () => Promise<Change>) => Promise<void>;

/** What a clerk does to a card as a whole, beside describing and closing it. */
export class Moves {
  #backend: Backend;
  #act: Act;
  #me: string | null;

  constructor(backend: Backend, act: Act, me: string | null) {
    this.#backend = backend;
    this.#act = act;
    this.#me = me;
  }

  /** Whether a colleague serves. */
  isTheirs(visit: VisitView): boolean {
    return this.#me !== null && visit.serving !== this.#me;
  }

  handOver(visit: VisitView, to: string, note: string): Promise<void> {
    const line = note.replace(/\s+/g, " ").trim();
    return this.#act(visit.id, { kind: "handed", to }, () =>
      this.#backend.handOver(visit.id, to, line === "" ? null : line),
    );
  }

  async takeOver(visit: VisitView): Promise<void> {
    const me = this.#me;
    if (me === null) return;
    await this.#act(visit.id, { kind: "taken" }, () => this.#backend.handOver(visit.id, me, null));
  }

  /** `size` people get a card of their own. */
  split(visit: VisitView, size: number): Promise<void> {
    const part = newId();
    return this.#act(visit.id, { kind: "split", size }, () => this.#backend.splitVisit(visit.id, part, size));
  }

  /** The other card was the same party: it goes into the one that is open. */
  merge(visit: VisitView, other: VisitView): Promise<void> {
    const size = Math.min(5, visit.size + other.size);
    return this.#act(visit.id, { kind: "merged", size }, () => this.#backend.mergeVisits(other.id, visit.id));
  }

  link(visit: VisitView, earlierId: string | null): Promise<void> {
    const move: Move = { kind: earlierId === null ? "unlinked" : "linked" };
    return this.#act(visit.id, move, () => this.#backend.linkEarlier(visit.id, earlierId));
  }
}

/** How many may leave a party: all but one; of five or more, up to four. */
export function splitSizes(size: number): number[] {
  return Array.from({ length: Math.max(0, size - 1) }, (_, at) => at + 1);
}
