// Sizes of the two small charts. Pure numbers; the components only draw them.

import type { CodeCount, HourFigure } from "../../lib/ipc";

type HourBar = HourFigure & { x: number; width: number; partiesHeight: number; boughtHeight: number };

/** Bars for every hour from the first to the last one with visits, quiet hours between them included. */
export function hourBars(hours: HourFigure[], width: number, height: number): HourBar[] {
  const busy = hours.filter((hour) => hour.parties > 0);
  if (busy.length === 0) return [];
  const first = Math.min(...busy.map((hour) => hour.hour));
  // A shop's first hour alone would be one fat bar; some room keeps the shape of a day.
  const last = Math.max(first + 7, ...busy.map((hour) => hour.hour));
  const top = Math.max(...busy.map((hour) => hour.parties));
  const slot = width / (last - first + 1);
  const byHour = new Map(hours.map((figure) => [figure.hour, figure]));
  return Array.from({ length: last - first + 1 }, (_, place) => {
    const hour = first + place;
    const { parties, bought } = byHour.get(hour) ?? { parties: 0, bought: 0 };
    return {
      hour,
      parties,
      bought,
      x: place * slot + slot * 0.16,
      width: slot * 0.68,
      partiesHeight: (parties / top) * height,
      boughtHeight: (bought / top) * height,
    };
  }).filter((bar) => bar.hour < 24);
}

type ReasonBar = CodeCount & { share: number };

/** The most frequent reasons, longest bar first; `share` is of the longest. */
export function reasonBars(reasons: CodeCount[], most = 6): ReasonBar[] {
  const sorted = reasons.filter((reason) => reason.count > 0).toSorted((a, b) => b.count - a.count);
  const top = sorted[0]?.count ?? 1;
  return sorted.slice(0, most).map((reason) => ({ ...reason, share: reason.count / top }));
}
