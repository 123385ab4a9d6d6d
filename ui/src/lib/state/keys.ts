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

export function isCommand(event: Press): boolean {
  return !composing(event) && !inTextField(event.target);
}
