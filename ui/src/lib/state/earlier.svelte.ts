import type { Backend, DayRow, VisitView } from "../ipc";
import type { Saving } from "./saving.svelte";

/** How long the form must be left alone before anyone is looked for. */
export const IDLE_MS = 400;
/** What a visitor looks like; only a change of these is worth asking again. */
const CUES = ["age", "style", "colour", "company", "accessories", "garments", "shoes"];

/** Who of today's earlier visitors may be the one on the card: looked for behind the scenes, never waited for. */
export class Earlier {
  #found = $state.raw<Record<string, DayRow[]>>({});
  #rows = $state.raw<Record<string, DayRow | VisitView>>({});
  #dismissed = $state.raw<string[]>([]);
  #asked = new Map<string, string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #backend: Backend;
  #saving: Saving;

  constructor(backend: Backend, saving: Saving) {
    this.#backend = backend;
    this.#saving = saving;
  }

  /** Earlier visits that look alike, unless it was said that none of them is the one. */
  proposals(visit: VisitView): DayRow[] {
    return this.#dismissed.includes(visit.id) ? [] : (this.#found[visit.id] ?? []);
  }

  /** The earlier visit of the same visitor, as far as it has been read. */
  linked(visit: VisitView): DayRow | VisitView | null {
    return visit.earlier === null ? null : (this.#rows[visit.earlier] ?? null);
  }

  /** Call it for the open visit after every change of it: it asks once the hands rest. */
  look(visit: VisitView): void {
    clearTimeout(this.#timer);
    if (visit.earlier !== null) return void this.#read(visit.earlier);
    const cues = cuesOf(visit);
    if (cues === "" || cues === this.#asked.get(visit.id) || this.#dismissed.includes(visit.id)) return;
    this.#timer = setTimeout(() => this.#whenSaved(visit, cues), IDLE_MS);
  }

  /** The list was opened: look now, whatever was asked or dismissed before. */
  open(visit: VisitView): void {
    clearTimeout(this.#timer);
    this.#dismissed = this.#dismissed.filter((id) => id !== visit.id);
    if (visit.earlier === null) void this.#ask(visit.id, cuesOf(visit));
  }

  dismiss(visit: VisitView): void {
    this.#dismissed = [...this.#dismissed, visit.id];
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  // The shell compares what it has; what is still on its way to it would be missing.
  #whenSaved(visit: VisitView, cues: string): void {
    if (this.#saving.unsaved === 0) return void this.#ask(visit.id, cues);
    this.#timer = setTimeout(() => this.#whenSaved(visit, cues), IDLE_MS);
  }

  async #ask(visitId: string, cues: string): Promise<void> {
    this.#asked.set(visitId, cues);
    // A list that cannot be had is no list; the clerk has done nothing wrong and nothing is lost.
    const rows = await this.#backend.likelySame(visitId).catch(() => []);
    // Meanwhile more was tapped and asked: the later answer counts.
    if (this.#asked.get(visitId) !== cues) return;
    this.#found = { ...this.#found, [visitId]: rows };
    this.#keep(rows);
  }

  async #read(earlierId: string): Promise<void> {
    if (earlierId in this.#rows) return;
    const earlier = await this.#backend.visit(earlierId).catch(() => null);
    if (earlier) this.#keep([earlier]);
  }

  #keep(rows: (DayRow | VisitView)[]): void {
    this.#rows = { ...this.#rows, ...Object.fromEntries(rows.map((row) => [row.id, row])) };
  }
}

/** The cues of a visit as one text, empty while nothing is known. */
export function cuesOf(visit: VisitView): string {
  const known = CUES.flatMap((key) => (visit.fields[key] === undefined ? [] : [[key, visit.fields[key]]]));
  return known.length === 0 ? "" : JSON.stringify(known);
}
