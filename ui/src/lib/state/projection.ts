// What the clerk sees: the confirmed visits with the taps on their way laid over them.

import type { VisitView } from "../ipc";
import { applied, type Intent } from "./fields";

/** A tap that the shell has not confirmed yet. */
export type Pending = { id: number; visitId: string; intent: Intent };

export function project(confirmed: VisitView[], pending: Pending[], closing: string[]): VisitView[] {
  return confirmed.filter((visit) => !closing.includes(visit.id)).map((visit) => withPending(visit, pending));
}

function withPending(visit: VisitView, pending: Pending[]): VisitView {
  const mine = pending.filter((op) => op.visitId === visit.id);
  if (mine.length === 0) return visit;
  const fields = mine.reduce((soFar, op) => applied(soFar, op.intent(soFar)), visit.fields);
  // Whoever is described waits no longer.
  return { ...visit, fields, later: visit.later && Object.keys(fields).length === 0 };
}

/** The confirmed visits and the arrivals on their way: an arrival already confirmed is not there twice. */
export function together(confirmed: VisitView[], arriving: VisitView[]): VisitView[] {
  const known = new Set(confirmed.map(({ id }) => id));
  const fresh = arriving.filter(({ id }) => !known.has(id));
  return fresh.length === 0 ? confirmed : inOrder([...fresh, ...confirmed]);
}

/** The same visits as the shell has confirmed them; one on its way stays as it is. */
export function asSaved(visits: VisitView[], confirmed: VisitView[]): VisitView[] {
  const saved = new Map(confirmed.map((visit) => [visit.id, visit]));
  return visits.map((visit) => saved.get(visit.id) ?? visit);
}

/** Newest arrival first, so that a new card is always in sight. */
export function inOrder(visits: VisitView[]): VisitView[] {
  return visits.toSorted((a, b) => b.entered_ms - a.entered_ms || (a.id < b.id ? 1 : -1));
}

export function upsert(visits: VisitView[], visit: VisitView): VisitView[] {
  const others = visits.filter((other) => other.id !== visit.id);
  return visit.state === "open" ? inOrder([...others, visit]) : others;
}

/** Who comes next when a visit leaves: the card that moves into its place, else the one above. */
export function successor(visits: VisitView[], leaving: string): string | null {
  const at = visits.findIndex((visit) => visit.id === leaving);
  if (at < 0) return visits[0]?.id ?? null;
  return (visits[at + 1] ?? visits[at - 1])?.id ?? null;
}
