// The pairing code as it is typed, pasted or dictated: five groups of five.

export const CODE_LENGTH = 25;
const GROUP = 5;

/** Only the characters that count, in capitals; full-width input and any separators are fine. */
export function bareCode(text: string): string {
  return text
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, "")
    .slice(0, CODE_LENGTH);
}

/** `ABCDE-FGHIJ-…`, as far as it is typed. */
export function groupedCode(text: string): string {
  return (bareCode(text).match(new RegExp(`.{1,${GROUP}}`, "g")) ?? []).join("-");
}

/** Where the caret belongs after grouping, so that correcting in the middle does not throw it to the end. */
export function caretAfter(text: string, caret: number): number {
  const before = bareCode(text.slice(0, caret)).length;
  return before + Math.max(0, Math.ceil(before / GROUP) - 1);
}

/** The address with a scheme; people write the bare host. */
export function fullUrl(text: string): string {
  const trimmed = text.normalize("NFKC").trim().replace(/\/+$/, "");
  return trimmed === "" || trimmed.includes("://") ? trimmed : `https://${trimmed}`;
}
