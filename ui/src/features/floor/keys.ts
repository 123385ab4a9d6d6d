// The few keys of the floor. Pure, so that what a key does is tested without a window.

import type { OutcomeChoice } from "../../lib/ipc";

export type KeyAction =
  | { kind: "arrive"; size: number }
  | { kind: "outcome"; choice: OutcomeChoice }
  | { kind: "undo" }
  | { kind: "dismiss" };

type Press = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "repeat">;

/** Bought, left, returning: the big pads in their order. */
export const PAD_KEYS = ["B", "L", "R"];

export function keyAction(press: Press, pads: OutcomeChoice[]): KeyAction | null {
  // A key held down is one visitor, not twenty.
  if (press.repeat || press.altKey) return null;
  if (press.ctrlKey || press.metaKey) {
    return press.key.toLowerCase() === "z" && !press.shiftKey ? { kind: "undo" } : null;
  }
  if (press.key === "Escape") return { kind: "dismiss" };
  if (/^[1-5]$/.test(press.key)) return { kind: "arrive", size: Number(press.key) };
  const choice = pads[PAD_KEYS.indexOf(press.key.toUpperCase())];
  return choice ? { kind: "outcome", choice } : null;
}
