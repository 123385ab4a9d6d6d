// Days on which a visitor is to hear from the store: names of days, YYYY-MM-DD, as the store counts them.

import { dateFormat } from "../i18n";

const DAY_MS = 86_400_000;
const SATURDAY = 6;

type QuickDay = "tomorrow" | "2" | "saturday" | "week";

/** The calendar day at the store, put together from its parts: how engines write a whole date differs. */
export function dayAt(ms: number, timeZone: string): string {
  const shape = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
  const parts = dateFormat("en-GB", timeZone, shape).formatToParts(ms);
  return (["year", "month", "day"] as const)
    .map((type) => parts.find((part) => part.type === type)?.value)
    .join("-");
}

/** A day name has no zone, so counting in UTC never stumbles over summer time. */
export function plusDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

export function quickDays(today: string): { id: QuickDay; day: string }[] {
  const weekday = new Date(`${today}T00:00:00Z`).getUTCDay();
  return [
    { id: "tomorrow", day: plusDays(today, 1) },
    { id: "2", day: plusDays(today, 2) },
    // Never today: who comes back today needs no date.
    { id: "saturday", day: plusDays(today, (SATURDAY - weekday + 7) % 7 || 7) },
    { id: "week", day: plusDays(today, 7) },
  ];
}

/** What a date field holds, if it is a day that is still to come. */
export function dayToCome(text: string, today: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text <= today) return null;
  return Number.isNaN(Date.parse(`${text}T00:00:00Z`)) ? null : text;
}
