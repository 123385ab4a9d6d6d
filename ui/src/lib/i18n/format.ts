// Times, amounts and numbers as a locale writes them. No words live here.

import type { Locale } from "../ipc";
import { dateFormat, numberFormat } from "./formatters";

/** A stay: `mm:ss`, from an hour on `h:mm:ss`. Never negative: clocks may step back. */
export function dwell(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = String(Math.floor((total % 3600) / 60)).padStart(2, "0");
  const seconds = String(total % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${minutes}:${seconds}` : `${minutes}:${seconds}`;
}

/** A stay in whole minutes: `12分钟`, `12 min`. Never negative. */
export function minutes(ms: number, locale: Locale): string {
  const shape = { style: "unit", unit: "minute", unitDisplay: "short" } as const;
  return numberFormat(locale, shape).format(Math.max(0, Math.floor(ms / 60_000)));
}

/** Time of day in the shop's own zone, 24 hours: `14:21`. */
export function clockTime(ms: number, timeZone: string, locale: Locale): string {
  const shape = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  return dateFormat(locale, timeZone, shape).format(ms);
}

/** A moment of the shop, with its day: `2026/11/23 14:21`. */
export function momentOf(ms: number, timeZone: string, locale: Locale): string {
  const shape = { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" } as const;
  return dateFormat(locale, timeZone, shape).format(ms);
}

/** The day of a moment of the shop, as it stands on a sheet of paper: `2026年11月23日`. */
export function dateOf(ms: number, timeZone: string, locale: Locale): string {
  return dateFormat(locale, timeZone, { dateStyle: "long" }).format(ms);
}

/** A business day such as `2026-11-23`, written out. */
export function dayTitle(day: string, locale: Locale): string {
  return dayIn(day, locale, { month: "long", day: "numeric", weekday: "long" });
}

/** The same where there is little room: `11月23日周一`, `Mon, Nov 23`. */
export function dayShort(day: string, locale: Locale): string {
  return dayIn(day, locale, { month: "short", day: "numeric", weekday: "short" });
}

// It is a name of a day, so no zone may shift it.
function dayIn(day: string, locale: Locale, shape: Intl.DateTimeFormatOptions): string {
  const at = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(at)) return day;
  return dateFormat(locale, "UTC", shape).format(at);
}

export function count(n: number, locale: Locale): string {
  return numberFormat(locale).format(n);
}

/** A share as a percentage with at most one decimal; a dash where there is nothing to share. */
export function share(part: number, whole: number, locale: Locale): string {
  if (whole === 0) return "–";
  return numberFormat(locale, { style: "percent", maximumFractionDigits: 1 }).format(part / whole);
}

/** A whole number of percent. */
export function percent(pct: number, locale: Locale): string {
  return numberFormat(locale, { style: "percent" }).format(pct / 100);
}

/** An amount in minor units, without needless decimals: `¥2,380`, `¥1,280.50`. */
export function money(minor: number, currency: string, locale: Locale): string {
  const digits = minorDigits(currency);
  const whole = minor % 10 ** digits === 0;
  return numberFormat(locale, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    ...(whole ? { maximumFractionDigits: 0 } : {}),
  }).format(minor / 10 ** digits);
}

/** How many decimals the currency has: 2 for CNY, 0 for JPY. */
export function minorDigits(currency: string): number {
  const options = numberFormat("en", { style: "currency", currency }).resolvedOptions();
  return options.maximumFractionDigits ?? 2;
}
