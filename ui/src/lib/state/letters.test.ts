import { describe, expect, it } from "vitest";
import type { Group, Pack, TrialPack } from "../ipc";
import { PACKS } from "../ipc/fake/data";
import { PAD_KEYS, allot, lettersOf, liveKeys, nextOpen } from "./letters";
import { groupOf } from "./summary";

const packs = Object.keys(PACKS) as TrialPack[];

function fixedOf(pack: Pack): Record<string, string> {
  return Object.fromEntries(
    lettersOf(pack).fixed.map(({ group, code, letter }) => [`${group.key}/${code}`, letter]),
  );
}

describe.each(packs)("the letters of the %s form", (id) => {
  const pack = PACKS[id];
  const letters = lettersOf(pack);

  it("give every zone, every item and every gesture on the form its own", () => {
    const given = letters.fixed.map(({ letter }) => letter);
    const front = ["zones", "attention", "gesture"].reduce((n, key) => n + groupOf(pack, key)!.front, 0);
    expect(given).toHaveLength(front);
    expect(new Set(given).size).toBe(given.length);
  });

  it("never touch the home row nor B, L and R", () => {
    const taken = letters.fixed.map(({ letter }) => letter).filter((letter) => "ASDFGBLR".includes(letter));
    expect(taken).toEqual([]);
  });

  it("mean one thing each, wherever the cursor stands", () => {
    for (const group of letters.cursor) {
      const live = liveKeys(pack, letters, group, null);
      const shown = pack.groups.flatMap((other) =>
        other.choices.flatMap((choice) => live.keyOf("choice", choice.code, other.key) ?? []),
      );
      expect(new Set(shown).size).toBe(shown.length);
      expect(shown.some((letter) => PAD_KEYS.includes(letter))).toBe(false);
      expect(PAD_KEYS.map((key) => live.targets.get(key)?.kind)).toEqual(["outcome", "outcome", "outcome"]);
    }
  });

  it("give every reason and every other outcome its own while their drawer is open", () => {
    const outcome = pack.outcomes.find((choice) => choice.asks.includes("reasons"))!;
    const reasons = liveKeys(pack, letters, null, { kind: "reasons", outcome });
    const ofReasons = pack.reasons.map(({ code }) => reasons.keyOf("reason", code));
    expect(new Set(ofReasons).size).toBe(pack.reasons.length);
    expect(ofReasons).not.toContain(undefined);
    const others = pack.outcomes.filter((choice) => !choice.pad);
    const outcomes = liveKeys(pack, letters, null, { kind: "outcomes" });
    expect(new Set(others.map(({ code }) => outcomes.keyOf("outcome", code))).size).toBe(others.length);
  });

  it("give the rest of a group its own behind “more”", () => {
    for (const group of pack.groups.filter((other) => other.kind !== "scale")) {
      const live = liveKeys(pack, letters, null, { kind: "group", key: group.key });
      const rest = group.choices.slice(group.front).map(({ code }) => live.keyOf("choice", code, group.key));
      expect(rest).not.toContain(undefined);
      expect(new Set(rest).size).toBe(rest.length);
    }
  });

  it("do not depend on the language", () => {
    const swap = ({ zh, en }: { zh: string; en: string }) => ({ zh: en, en: zh });
    const other: Pack = {
      ...pack,
      groups: pack.groups.map((group) => ({
        ...group,
        label: swap(group.label),
        choices: group.choices.map((choice) => ({ ...choice, label: swap(choice.label) })),
      })),
    };
    expect(fixedOf(other)).toEqual(fixedOf(pack));
  });
});

it("take a letter of the code where one is free", () => {
  expect(fixedOf(PACKS.apparel)).toMatchObject({
    "zones/door": "O",
    "zones/newin": "N",
    "zones/fit": "I",
    "attention/knit": "K",
  });
  expect(allot(["price", "pay", "size"])).toEqual(["P", "A", "S"]);
  expect(allot(["aa", "ab", "b"], ["A", "B", "C"])).toEqual(["A", "B", "C"]);
});

it("leave the last zones of a very long path without, and everything after it on the home row", () => {
  const zones: Group = {
    ...groupOf(PACKS.apparel, "zones")!,
    front: 24,
    choices: Array.from({ length: 24 }, (_, n) => ({
      code: `z${n}`,
      label: { zh: `${n}`, en: `${n}` },
      also: [],
    })),
  };
  const groups = PACKS.apparel.groups.map((group) => (group.key === "zones" ? zones : group));
  const letters = lettersOf({ ...PACKS.apparel, groups });
  expect(letters.fixed.map(({ code }) => code)).toEqual(zones.choices.slice(0, 18).map(({ code }) => code));
  expect(letters.cursor.map(({ key }) => key)).toEqual([
    "age",
    "company",
    "style",
    "accessories",
    "attention",
    "gesture",
  ]);
});

it("put the scale on 6 to 0 and the groups of one choice on the home row", () => {
  const letters = lettersOf(PACKS.apparel);
  const live = liveKeys(PACKS.apparel, letters, letters.cursor[0]!, null);
  expect(["0", "1", "2", "3", "4"].map((code) => live.keyOf("choice", code, "interest"))).toEqual([
    "6",
    "7",
    "8",
    "9",
    "0",
  ]);
  expect(letters.cursor.map(({ key }) => key)).toEqual(["age", "company", "style", "accessories"]);
  expect(live.targets.get("S")).toMatchObject({ kind: "choice", code: "a35" });
});

it("mean nothing on the form while a note is written", () => {
  const live = liveKeys(PACKS.apparel, lettersOf(PACKS.apparel), null, { kind: "items" });
  expect(live.keyOf("choice", "door", "zones")).toBeUndefined();
});

it("send the cursor on to the next group with nothing chosen", () => {
  const { cursor } = lettersOf(PACKS.apparel);
  expect(nextOpen(cursor, { age: "a20" }, "age")).toBe("company");
  expect(nextOpen(cursor, { age: "a20", company: "alone", accessories: ["hat"] }, "age")).toBe("style");
  expect(nextOpen(cursor, { style: "sport", accessories: ["hat"] }, "style")).toBe("age");
  const full = { age: "a20", company: "alone", style: "sport", accessories: ["hat"] };
  expect(nextOpen(cursor, full, "style")).toBe("style");
});
