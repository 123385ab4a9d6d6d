// What a tap means for a visit's fields. Pure; the shell stores what comes out.
//
// A tap is kept as an intent rather than as its result: taps wait in a queue, and an intent can be
// applied to whatever is confirmed by then, so a failed tap takes back only itself.

import type { FieldValue, Group, Patch, Step } from "../ipc";

export type Intent = (fields: Patch) => Patch;

export const NOTE_FIELD = "note";
/** The articles scanned or picked, by number. */
export const ITEMS_FIELD = "items";

export function codeOf(value: FieldValue | undefined): string | null {
  return typeof value === "string" ? value : null;
}

export function codesOf(value: FieldValue | undefined): string[] {
  if (!Array.isArray(value)) return [];
  return value.filter((item): item is string => typeof item === "string");
}

export function stepsOf(value: FieldValue | undefined): Step[] {
  if (!Array.isArray(value)) return [];
  return value.filter((item): item is Step => typeof item === "object");
}

/** The stops of a path at which a zone was visited, counted from 1: `1·3`; empty in every other group. */
export function stopsOf({ kind, key }: Group, fields: Patch, zone: string): string {
  const steps = kind === "path" ? stepsOf(fields[key]) : [];
  return steps.flatMap((step, index) => (step.zone === zone ? [index + 1] : [])).join("·");
}

/** The codes with this one, or without it if it was among them. */
export function toggled(codes: string[], code: string): string[] {
  return codes.includes(code) ? codes.filter((other) => other !== code) : [...codes, code];
}

/** Whether the code is chosen in the group, whatever its kind. */
export function isOn(group: Group, fields: Patch, code: string): boolean {
  const value = fields[group.key];
  switch (group.kind) {
    case "many":
      return codesOf(value).includes(code);
    case "path":
      return stepsOf(value).some((step) => step.zone === code);
    default:
      return codeOf(value) === code;
  }
}

/** How many of the choices are chosen. */
export function countOn(group: Group, fields: Patch, choices = group.choices): number {
  return choices.filter(({ code }) => isOn(group, fields, code)).length;
}

/**
 * What tapping a choice does, decided on what the clerk sees now (`shown`).
 * Single and scale: choose, or clear what was chosen. Many: add or remove.
 * Path: a tap on the last stop removes it, any other tap adds a stop; a zone may come twice.
 */
export function tap(group: Group, shown: Patch, code: string, atMs: number): Intent {
  const key = group.key;
  switch (group.kind) {
    case "many":
      return isOn(group, shown, code) ? remove(key, code) : add(key, code);
    case "path":
      return stepsOf(shown[key]).at(-1)?.zone === code ? dropLast(key, code) : append(key, code, atMs);
    default:
      return set(key, isOn(group, shown, code) ? null : code);
  }
}

export function set(key: string, value: FieldValue): Intent {
  return () => ({ [key]: value });
}

export function add(key: string, code: string): Intent {
  return (fields) => ({ [key]: [...codesOf(fields[key]).filter((other) => other !== code), code] });
}

export function remove(key: string, code: string): Intent {
  return (fields) => ({ [key]: codesOf(fields[key]).filter((other) => other !== code) });
}

function append(key: string, zone: string, atMs: number): Intent {
  return (fields) => ({ [key]: [...stepsOf(fields[key]), { zone, at_ms: atMs }] });
}

function dropLast(key: string, zone: string): Intent {
  return (fields) => {
    const steps = stepsOf(fields[key]);
    return { [key]: steps.at(-1)?.zone === zone ? steps.slice(0, -1) : steps };
  };
}

/** The fields after a patch: null and empty lists clear, as the shell does it. */
export function applied(fields: Patch, patch: Patch): Patch {
  const next: Patch = { ...fields };
  for (const [key, value] of Object.entries(patch)) {
    if (value == null || (Array.isArray(value) && value.length === 0)) delete next[key];
    else next[key] = value;
  }
  return next;
}
