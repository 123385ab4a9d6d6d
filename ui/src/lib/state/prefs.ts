// What a device can be set to. Pure; the session keeps it and the shell remembers it.

import type { Prefs } from "../ipc";

export const DEFAULT_PREFS: Prefs = {
  locale: null,
  theme: "system",
  hand: "right",
  text_pct: 100,
  sound: false,
  lock_s: 120,
};

/** When a device may lock by itself, in minutes. */
export const LOCK_MINUTES = [1, 2, 5, 10] as const;

/** The sizes of text that can be chosen, in percent. */
export const TEXT_STEPS = [100, 115, 130, 150, 175, 200] as const;

export type TextStep = "larger" | "smaller" | "normal";

/** The next size up or down; stays at the last one. */
export function textAfter(current: number, step: TextStep): number {
  if (step === "normal") return TEXT_STEPS[0];
  if (step === "larger") return TEXT_STEPS.find((size) => size > current) ?? current;
  return TEXT_STEPS.findLast((size) => size < current) ?? current;
}

type Press = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">;

/** What Ctrl or Cmd with +, - or 0 asks for, as in any browser. */
export function textKey(press: Press): TextStep | null {
  if (press.altKey || !(press.ctrlKey || press.metaKey)) return null;
  // On many keyboards + is the shifted =, and nobody presses shift for it.
  if (press.key === "+" || press.key === "=") return "larger";
  if (press.key === "-" || press.key === "_") return "smaller";
  return press.key === "0" ? "normal" : null;
}
