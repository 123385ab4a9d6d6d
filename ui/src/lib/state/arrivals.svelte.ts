import type { Backend, Change, VisitView } from "../ipc";
import type { Clock } from "./clock.svelte";
import { newId } from "./ids";

type Party = Pick<VisitView, "size" | "later" | "serving">;

/** Parties that have just come in: their cards stand there before the shell has written them. */
export class Arrivals {
  /** Not answered yet. */
  waiting = $state.raw<VisitView[]>([]);
  #failed: VisitView | null = null;
  #lost = new Set<string>();

  /**
   * A card for a party. If the same arrival has just failed this is its second try, under the same name: should
   * the first have been written after all, it stays one visit.
   */
  begin(party: Party, clock: Clock): VisitView {
    const again = this.#failed?.size === party.size && this.#failed.later === party.later;
    const id = again && this.#failed ? this.#failed.id : newId();
    this.#failed = again ? null : this.#failed;
    this.#lost.delete(id);
    const visit = { ...blank(id, clock), ...party };
    this.waiting = [...this.waiting, visit];
    return visit;
  }

  /** Writes an arrival. If that fails, its commit may stand all the same: the board knows. */
  async write(visit: VisitView, backend: Backend): Promise<Change> {
    try {
      return await backend.arrive(visit.id, visit.size, visit.later);
    } catch (thrown) {
      const board = await backend.board().catch(() => null);
      const there = board?.open.find(({ id }) => id === visit.id);
      if (board && there) return { ...board, visit: there, also: [] };
      this.#fail(visit);
      throw thrown;
    }
  }

  /** The shell has it. */
  written(id: string): void {
    this.waiting = this.waiting.filter((visit) => visit.id !== id);
  }

  /** What is on the board needs no second try. */
  seen(visits: VisitView[]): void {
    if (visits.some(({ id }) => id === this.#failed?.id)) this.#failed = null;
  }

  /** True for a card that went with its arrival; that was said, and what was tapped on it is no error more. */
  isLost(id: string | undefined): boolean {
    return id !== undefined && this.#lost.has(id);
  }

  /** Within the write that failed, because the next ones may be for this card. */
  #fail(visit: VisitView): void {
    this.written(visit.id);
    this.#failed = visit;
    this.#lost.add(visit.id);
  }
}

function blank(id: string, clock: Clock): Omit<VisitView, keyof Party> {
  return {
    id,
    state: "open",
    // The shell decides on the business day; nothing on the floor shows it.
    day: "",
    entered_ms: clock.exact(),
    left_ms: null,
    since_steady_ms: clock.exactSteady(),
    dwell_source: null,
    handed: null,
    earlier: null,
    corrected: false,
    has_contact: false,
    fields: {},
    items: [],
    outcome: null,
  };
}
