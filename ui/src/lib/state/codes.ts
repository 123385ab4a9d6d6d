// Codes as they are typed, pasted or dictated: groups of five characters.

const GROUP = 5;

/** Only the characters that count, in capitals; full-width input and any separators are fine. */
export function bareCode(text: string, length: number): string {
  return text
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, "")
    .slice(0, length);
}

/** `ABCDE-FGHIJ-…`, as far as it is typed. */
export function groupedCode(text: string, length: number): string {
  return (bareCode(text, length).match(new RegExp(`.{1,${GROUP}}`, "g")) ?? []).join("-");
}

/** Where the caret belongs after grouping, so that correcting in the middle does not throw it to the end. */
export function caretAfter(text: string, caret: number, length: number): number {
  const before = bareCode(text.slice(0, caret), length).length;
  return before + Math.max(0, Math.ceil(before / GROUP) - 1);
}
