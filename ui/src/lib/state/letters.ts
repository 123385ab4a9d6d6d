// Which key means which chip. Worked out from the pack's codes alone: the same in every language, and the
// same tomorrow. No letter ever means two things at the same time.

import type { Group, OutcomeChoice, Pack, Patch } from "../ipc";
import type { Drawer } from "./shown";
import { countOn } from "./fields";

/** The home row: the first chips of the group the cursor stands on. */
export const CURSOR_KEYS = ["A", "S", "D", "F", "G"];
/** Bought, left, returning: the big pads in their order. */
export const PAD_KEYS = ["B", "L", "R"];
export const SCALE_KEYS = ["6", "7", "8", "9", "0"];
const ALPHABET = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const FREE = ALPHABET.filter((letter) => ![...CURSOR_KEYS, ...PAD_KEYS].includes(letter));

/** What a key stands for. */
export type Target =
  | { kind: "choice"; group: Group; code: string }
  | { kind: "outcome"; choice: OutcomeChoice }
  | { kind: "reason"; outcome: OutcomeChoice; code: string };

export type Letters = {
  /** The groups that share the home row, in the order the cursor takes. */
  cursor: Group[];
  /** Letters that never change, by group and code. */
  fixed: { group: Group; code: string; letter: string }[];
};

/** The keys that mean something now, and the key of each chip. */
export type LiveKeys = {
  targets: ReadonlyMap<string, Target>;
  keyOf: (kind: Target["kind"], code: string, group?: string) => string | undefined;
};

const front = (group: Group) => codesOf(group).slice(0, group.front);

/**
 * The path comes first, then what follows it on the form, then what stands before it. A group of several
 * choices that does not find room as a whole shares the home row instead; of a path that long, only the
 * last zones go without.
 */
export function lettersOf(pack: Pack): Letters {
  const standing = pack.groups.filter((group) => group.front > 0);
  const at = standing.findIndex((group) => group.kind === "path");
  const many = [...standing.slice(Math.max(at, 0)), ...standing.slice(0, Math.max(at, 0))];
  const lettered = many.filter((group) => group.kind === "path").slice(0, 1);
  let room = FREE.length - lettered.reduce((sum, group) => sum + group.front, 0);
  for (const group of many.filter((other) => other.kind === "many")) {
    if (group.front > room) continue;
    room -= group.front;
    lettered.push(group);
  }
  const chips = lettered.flatMap((group) => front(group).map((code) => ({ group, code })));
  const letters = allot(
    chips.map((chip) => chip.code),
    FREE,
  );
  const fixed = chips.flatMap((chip, place) => {
    const letter = letters[place];
    return letter === undefined ? [] : [{ ...chip, letter }];
  });
  const single = standing.filter((group) => group.kind === "single");
  const rest = standing.filter((group) => group.kind === "many" && !lettered.includes(group));
  return { cursor: [...single, ...rest], fixed };
}

/**
 * A letter for each code: the first of its own that is still free, else the first free one of the alphabet.
 * Codes with a letter of their own are served before those without, so that few lose theirs.
 */
export function allot(codes: string[], alphabet: string[] = ALPHABET): (string | undefined)[] {
  const free = new Set(alphabet);
  const take = (letter: string | undefined) =>
    letter !== undefined && free.delete(letter) ? letter : undefined;
  const own = codes.map((code) => take([...code.toUpperCase()].find((letter) => free.has(letter))));
  return own.map((letter) => letter ?? take([...free][0]));
}

/** What the keys mean with this drawer open and the cursor standing there. */
export function liveKeys(
  pack: Pack,
  letters: Letters,
  cursor: Group | null,
  drawer: Drawer | null,
): LiveKeys {
  const scale = pack.groups.find((group) => group.kind === "scale");
  const pads = pack.outcomes.filter((choice) => choice.pad);
  const targets = new Map([
    ...paired(PAD_KEYS, pads.map(outcomeTarget)),
    ...(scale ? paired(SCALE_KEYS, codesOf(scale).map(choiceTarget(scale))) : []),
    // Last, because in a drawer B, L and R may be letters like any other.
    ...(drawer === null ? formKeys(letters, cursor) : drawerKeys(pack, drawer)),
  ]);
  const keys = new Map([...targets].map(([key, target]) => [idOf(target), key]));
  return { targets, keyOf: (kind, code, group = "") => keys.get([kind, group, code].join("/")) };
}

/** The cursor group that comes next and has nothing chosen yet; the same one when there is none. */
export function nextOpen(cursor: Group[], fields: Patch, from: string): string {
  const at = cursor.findIndex((group) => group.key === from);
  const following = [...cursor.slice(at + 1), ...cursor.slice(0, Math.max(at, 0))];
  return firstOpen(following, fields) ?? from;
}

export function firstOpen(cursor: Group[], fields: Patch): string | undefined {
  return cursor.find((group) => countOn(group, fields) === 0)?.key;
}

function codesOf(group: Group): string[] {
  return group.choices.map((choice) => choice.code);
}

function formKeys(letters: Letters, cursor: Group | null): [string, Target][] {
  return [
    ...letters.fixed.map(({ group, code, letter }): [string, Target] => [letter, choiceTarget(group)(code)]),
    ...(cursor ? paired(CURSOR_KEYS, front(cursor).map(choiceTarget(cursor))) : []),
  ];
}

function drawerKeys(pack: Pack, drawer: Drawer): [string, Target][] {
  const targets = drawerTargets(pack, drawer);
  return paired(allot(targets.map(codeOf)), targets);
}

function drawerTargets(pack: Pack, drawer: Drawer): Target[] {
  switch (drawer.kind) {
    case "reasons":
      return pack.reasons.map(({ code }) => ({ kind: "reason", outcome: drawer.outcome, code }));
    case "outcomes":
      return pack.outcomes.filter((choice) => !choice.pad).map(outcomeTarget);
    case "group": {
      const group = pack.groups.find((other) => other.key === drawer.key);
      return group ? codesOf(group).slice(group.front).map(choiceTarget(group)) : [];
    }
    default:
      return [];
  }
}

const outcomeTarget = (choice: OutcomeChoice): Target => ({ kind: "outcome", choice });
const choiceTarget =
  (group: Group) =>
  (code: string): Target => ({ kind: "choice", group, code });

function paired(keys: (string | undefined)[], targets: Target[]): [string, Target][] {
  return targets.flatMap((target, place): [string, Target][] => {
    const key = keys[place];
    return key === undefined ? [] : [[key, target]];
  });
}

function codeOf(target: Target): string {
  return target.kind === "outcome" ? target.choice.code : target.code;
}

function idOf(target: Target): string {
  return [target.kind, target.kind === "choice" ? target.group.key : "", codeOf(target)].join("/");
}
