// When a key press is a command and when it belongs to someone's writing.

type Press = Pick<KeyboardEvent, "isComposing" | "keyCode" | "target">;

/** True while an input method is at work: its Enter ends a composition and must never submit. */
export function composing(event: Pick<KeyboardEvent, "isComposing" | "keyCode">): boolean {
  // 229 is what older WebKit reports for the key that ends a composition.
  return event.isComposing || event.keyCode === 229;
}

/** True where keys are text. */
export function inTextField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

/** An open dialog has the keys for itself. */
export function inDialog(): boolean {
  return document.querySelector("dialog[open]") !== null;
}

export function isCommand(event: Press): boolean {
  return !composing(event) && !inTextField(event.target) && !inDialog();
}

/** True where Enter already presses what is focused. */
export function ownsEnter(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("button, a[href], summary");
}

/**
 * The character a key stands for, or null for the other keys. With a Chinese input method switched on,
 * keys pressed outside text arrive without a name; nothing composes there, so their place tells.
 */
export function characterOf(
  event: Pick<KeyboardEvent, "key" | "code" | "shiftKey" | "isComposing">,
): string | null {
  if (event.isComposing) return null;
  if (event.key !== "Process" && event.key !== "Unidentified")
    return [...event.key].length === 1 ? event.key : null;
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  if (letter !== undefined) return event.shiftKey ? letter : letter.toLowerCase();
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  if (digit !== undefined && !event.shiftKey) return digit;
  const [plain, shifted] = MARKS[event.code] ?? [];
  return (event.shiftKey ? shifted : plain) ?? null;
}

/** The marks that are commands or stand in article numbers, where most keyboards have them. */
const MARKS: Record<string, [string, string?]> = {
  Slash: ["/", "?"],
  Digit2: ["2", "@"],
  Minus: ["-", "_"],
  Equal: ["=", "+"],
  Period: ["."],
  NumpadSubtract: ["-"],
  NumpadAdd: ["+"],
  NumpadDivide: ["/"],
  NumpadDecimal: ["."],
};
