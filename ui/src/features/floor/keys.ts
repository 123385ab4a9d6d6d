// What a key of the floor does. Pure, so that it is tested without a window.

import type { Target } from "../../lib/state/letters";

export type KeyAction =
  | { kind: "arrive"; size: number }
  | { kind: "target"; target: Target }
  | { kind: "cursor"; by: 1 | -1 }
  | { kind: "card"; by: 1 | -1 }
  | { kind: "enter" }
  | { kind: "line" }
  | { kind: "sheet" }
  | { kind: "contact" }
  | { kind: "undo" }
  | { kind: "dismiss" };

export type Press = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "repeat"> & {
  shiftKey?: boolean;
};

const NAMED: Record<string, KeyAction> = {
  Escape: { kind: "dismiss" },
  Enter: { kind: "enter" },
  ArrowUp: { kind: "cursor", by: -1 },
  ArrowDown: { kind: "cursor", by: 1 },
  ArrowLeft: { kind: "card", by: -1 },
  ArrowRight: { kind: "card", by: 1 },
  "/": { kind: "line" },
  "?": { kind: "sheet" },
  "@": { kind: "contact" },
};

export function keyAction(press: Press, targets: ReadonlyMap<string, Target>): KeyAction | null {
  // A key held down is one visitor, not twenty.
  if (press.repeat || press.altKey) return null;
  if (press.ctrlKey || press.metaKey) {
    return press.key.toLowerCase() === "z" && !press.shiftKey ? { kind: "undo" } : null;
  }
  if (/^[1-5]$/.test(press.key)) return { kind: "arrive", size: Number(press.key) };
  const target = targets.get(press.key.toUpperCase());
  return target ? { kind: "target", target } : (NAMED[press.key] ?? null);
}
