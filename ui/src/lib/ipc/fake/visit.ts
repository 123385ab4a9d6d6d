// What the stand-in does to a single visit, as the shell would.

import type { Patch } from "../backend";
import type { VisitView } from "../bindings";
import { itemsOf } from "./items";

export function withPatch(visit: VisitView, patch: Patch): VisitView {
  const entries = Object.entries({ ...visit.fields, ...patch });
  const kept = entries.filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0));
  const { size, ...fields } = Object.fromEntries(kept);
  return {
    ...visit,
    size: typeof size === "string" ? Number(size) : visit.size,
    later: visit.later && Object.keys(fields).length === 0,
    fields,
    items: itemsOf(fields),
  };
}

export function merged(kept: VisitView, gone: VisitView): VisitView {
  return { ...kept, size: Math.min(5, kept.size + gone.size), fields: { ...gone.fields, ...kept.fields } };
}

/** Ended visits of the day with the same looks, the latest first. */
export function alike(visit: VisitView, visits: VisitView[]): VisitView[] {
  const cues = ["age", "style"];
  const same = (other: VisitView) =>
    cues.every((cue) => other.fields[cue] && other.fields[cue] === visit.fields[cue]);
  return visits.filter((other) => other.state === "closed" && other.day === visit.day && same(other));
}
