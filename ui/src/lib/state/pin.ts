/** Digits of a PIN. */
export const PIN_LENGTH = 6;

/** The digit that a key is, or null: digits of a row and of the pad alike. */
export function digitOf(event: KeyboardEvent): string | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  return /^\d$/.test(event.key) ? event.key : null;
}
