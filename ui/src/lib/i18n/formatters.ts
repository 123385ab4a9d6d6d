// One formatter of each kind: making one costs a millisecond, which a tap that writes a few of them feels.

const dates = new Map<string, Intl.DateTimeFormat>();
const numbers = new Map<string, Intl.NumberFormat>();

/** A formatter of days and times in `timeZone`, or in the machine's own zone if it lacks the data of that one. */
export function dateFormat(
  locale: string,
  timeZone: string,
  shape: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  return once(dates, [locale, timeZone, shape], () => {
    return new Intl.DateTimeFormat(locale, { ...shape, timeZone: knownZone(timeZone) });
  });
}

/** A formatter of numbers. */
export function numberFormat(locale: string, shape: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  return once(numbers, [locale, shape], () => new Intl.NumberFormat(locale, shape));
}

// A wrong offset is better than no screen.
function knownZone(timeZone: string): string | undefined {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return timeZone;
  } catch {
    return undefined;
  }
}

function once<T>(kept: Map<string, T>, named: unknown[], make: () => T): T {
  const name = JSON.stringify(named);
  const found = kept.get(name);
  if (found !== undefined) return found;
  const made = make();
  kept.set(name, made);
  return made;
}
