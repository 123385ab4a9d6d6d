// Reading an amount the way people type it at a till.

/** Beyond this a slip of the finger is likelier than a sale; it also stays an exact integer everywhere. */
export const MAX_MINOR = 2_000_000_000;

/**
 * `"1,280.50"` with 2 decimals → `128050`. Accepts full-width digits and a currency sign.
 * Returns null for anything that is not clearly one amount, rather than guessing.
 */
export function parseAmount(text: string, decimals: number): number | null {
  const plain = text
    .normalize("NFKC")
    .replace(/[\s¥￥$€£元]/g, "")
    .replace(/。/g, ".");
  const match = /^(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d*))?$/.exec(plain);
  if (!match) return null;
  const fraction = match[2] ?? "";
  if (fraction.length > decimals) return null;
  const digits = (match[1] ?? "").replaceAll(",", "") + fraction.padEnd(decimals, "0");
  const minor = Number(digits);
  return minor <= MAX_MINOR ? minor : null;
}

/** The other way round, plain enough to be edited: `128050` with 2 decimals → `"1280.50"`. */
export function amountText(minor: number, decimals: number): string {
  return (minor / 10 ** decimals).toFixed(minor % 10 ** decimals === 0 ? 0 : decimals);
}
