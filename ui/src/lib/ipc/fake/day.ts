// The day's figures of the stand-in, counted from its visits.

import type { CodeCount, DayView, Figures, VisitView } from "../bindings";
import { codeOf } from "../../state/fields";
import { rowOf, unchecked } from "../../state/day-row";
import { dayOf, hourOf } from "./data";

const PAGE = 50;

export interface Asked {
  day: string | null;
  after: string | null;
  onlyUnchecked: boolean;
}

export function dayView(visits: VisitView[], { day, after, onlyUnchecked }: Asked, now: number): DayView {
  const today = dayOf(now);
  const shown = day ?? today;
  const mine = visits
    .filter((visit) => visit.day === shown && (visit.state === "open" || visit.state === "closed"))
    .toSorted((a, b) => b.entered_ms - a.entered_ms);
  const listed = onlyUnchecked ? mine.filter(unchecked) : mine;
  const from = after === null ? 0 : listed.findIndex((visit) => visit.id === after) + 1;
  const rows = listed.slice(from, from + PAGE);
  const days = [...new Set([...visits.map((visit) => visit.day), today])].toSorted();
  const at = days.indexOf(shown);
  return {
    day: shown,
    is_today: shown === today,
    previous: days[at - 1] ?? null,
    following: days[at + 1] ?? null,
    figures: figures(mine),
    rows: rows.map(rowOf),
    next: from + PAGE < listed.length ? (rows.at(-1)?.id ?? null) : null,
  };
}

function figures(visits: VisitView[]): Figures {
  const closed = visits.filter((visit) => visit.left_ms !== null);
  const stays = closed.map((visit) => ((visit.left_ms ?? 0) - visit.entered_ms) / 1000);
  const sold = visits.filter(bought);
  const keen = closed.filter(
    (visit) => !bought(visit) && ["3", "4"].includes(codeOf(visit.fields["interest"]) ?? ""),
  );
  return {
    parties: visits.length,
    people: visits.reduce((sum, visit) => sum + visit.size, 0),
    open: visits.length - closed.length,
    bought: sold.length,
    amount_minor: sold.reduce((sum, visit) => sum + (visit.outcome?.amount_minor ?? 0), 0),
    dwell_mean_s: stays.length === 0 ? null : Math.round(stays.reduce((a, b) => a + b, 0) / stays.length),
    keen_lost: keen.length,
    unchecked: visits.filter(unchecked).length,
    hours: Array.from({ length: 24 }, (_, hour) => {
      const then = visits.filter((visit) => hourOf(visit.entered_ms) === hour);
      return { hour, parties: then.length, bought: then.filter(bought).length };
    }),
    reasons: reasonCounts(visits),
  };
}

export function bought(visit: VisitView): boolean {
  return visit.outcome !== null && ["buy", "multi"].includes(visit.outcome.code);
}

function reasonCounts(visits: VisitView[]): CodeCount[] {
  const counts = new Map<string, number>();
  for (const code of visits.flatMap((visit) => visit.outcome?.reasons ?? [])) {
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return [...counts].map(([code, count]) => ({ code, count }));
}
