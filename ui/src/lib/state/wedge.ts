// Hands the window's keys to the scanner and puts a text field back as it was before a scan.

import { characterOf, inTextField } from "./keys";
import { Scanner, type Timers } from "./scanner";

type TextField = HTMLInputElement | HTMLTextAreaElement;
type Snapshot = { field: TextField; value: string; start: number | null; end: number | null };

export type Stroke = Pick<KeyboardEvent, "ctrlKey" | "metaKey" | "altKey" | "repeat"> & { key: string };

export type Heard = {
  /** A key that was no part of a scan, outside text. */
  command: (stroke: Stroke) => void;
  scan: (code: string) => void;
};

const MODIFIERS = ["Shift", "CapsLock", "NumLock", "Control", "Alt", "Meta", "AltGraph"];

export class Wedge {
  #scanner: Scanner<Stroke>;
  #before: Snapshot | null = null;
  #heard: Heard;

  constructor(heard: Heard, timers?: Timers) {
    this.#heard = heard;
    this.#scanner = new Scanner((stroke) => heard.command(stroke), timers);
  }

  /** For `keydown` in the capture phase: a scan must not reach what is focused. */
  readonly onkeydown = (event: KeyboardEvent): void => {
    // Scanners press Shift for capitals; that breaks nothing.
    if (MODIFIERS.includes(event.key)) return;
    if (event.key === "Enter" || event.key === "Tab") return this.#end(event);
    const char = event.ctrlKey || event.metaKey || event.altKey ? null : characterOf(event);
    // No scanner holds a key down.
    if (char === null || event.repeat) return this.#scanner.release();
    if (inTextField(event.target)) this.#typed(event, char);
    // Space belongs to what is focused.
    else if (char === " ") this.#scanner.release();
    else this.#command(event, char);
  };

  stop(): void {
    this.#scanner.stop();
  }

  #end(event: KeyboardEvent): void {
    const code = event.isComposing ? null : this.#scanner.end(event.timeStamp);
    if (code === null) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.#before) restore(this.#before);
    this.#before = null;
    this.#heard.scan(code);
  }

  #typed(event: KeyboardEvent, char: string): void {
    if (this.#scanner.idle(event.timeStamp)) this.#before = snapshot(event.target);
    this.#scanner.key(char, event.timeStamp, null);
  }

  #command(event: KeyboardEvent, char: string): void {
    const { ctrlKey, metaKey, altKey, repeat } = event;
    if (this.#scanner.idle(event.timeStamp)) this.#before = null;
    event.preventDefault();
    this.#scanner.key(char, event.timeStamp, { key: char, ctrlKey, metaKey, altKey, repeat });
  }
}

function snapshot(target: EventTarget | null): Snapshot | null {
  if (!(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)) return null;
  const { value, selectionStart, selectionEnd } = target;
  return { field: target, value, start: selectionStart, end: selectionEnd };
}

function restore({ field, value, start, end }: Snapshot): void {
  field.value = value;
  if (start !== null) field.setSelectionRange(start, end);
  // Whoever keeps the field's text must hear that it is the old one again.
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
