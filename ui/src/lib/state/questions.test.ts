import { describe, expect, it } from "vitest";
import type { GroupKind, Patch, Question } from "../ipc";
import { PACKS } from "../ipc/fake/data";
import { applied } from "./fields";
import { answer, answeredCount, answersTo, asked } from "./questions";

function question(
  key: string,
  codes: string[],
  only_if: Question["only_if"] = null,
  kind: GroupKind = "single",
) {
  const label = { zh: key, en: key };
  const choices = codes.map((code) => ({ code, label: { zh: code, en: code }, also: [] }));
  return { group: { key, kind, label, hint: null, front: codes.length, choices }, only_if };
}

const date = question("date", ["soon", "none"]);
const range = question("range", ["low", "high"], { key: "date", any_of: ["soon"] });
const ring = question("ring", ["thin", "wide"], { key: "range", any_of: ["high"] });
const all = [date, range, ring];
const keys = (answers: Patch) => asked(all, answers).map(({ group }) => group.key);

describe("a question that hangs on another", () => {
  it("is asked only after an answer that it waits for", () => {
    expect(keys({})).toEqual(["date"]);
    expect(keys({ date: "none" })).toEqual(["date"]);
    expect(keys({ date: "soon" })).toEqual(["date", "range"]);
    expect(keys({ date: "soon", range: "high" })).toEqual(["date", "range", "ring"]);
  });

  it("is not asked where the one before it is not", () => {
    expect(keys({ date: "none", range: "high" })).toEqual(["date"]);
    expect(answersTo(all, { date: "none", range: "high", ring: "wide" })).toEqual({ date: "none" });
    expect(answeredCount(all, { date: "none", range: "high" })).toBe(1);
  });

  it("may wait for one of several answers that are given together", () => {
    const uses = question("uses", ["work", "games"], null, "many");
    const games = question("which", ["a"], { key: "uses", any_of: ["games"] });
    expect(asked([uses, games], { uses: ["work"] })).toHaveLength(1);
    expect(asked([uses, games], { uses: ["work", "games"] })).toHaveLength(2);
  });
});

describe("a tap on an answer", () => {
  const tapped = (fields: Patch, { group }: Question, code: string) =>
    answer(all, group, fields, code, 0)(fields);

  it("chooses it, and chooses nothing when it is tapped again", () => {
    expect(tapped({}, date, "soon")).toEqual({ date: "soon" });
    expect(tapped({ date: "soon" }, date, "soon")).toEqual({ date: null });
  });

  it("takes along what was answered to questions that are gone", () => {
    const fields = { date: "soon", range: "high", ring: "wide", age: "a35" };
    const patch = tapped(fields, date, "none");
    expect(applied(fields, patch)).toEqual({ date: "none", age: "a35" });
    expect(applied(fields, tapped(fields, range, "low"))).toEqual({ date: "soon", range: "low", age: "a35" });
  });
});

it("the jeweller asks for a range only of whom has a date", () => {
  const { questions } = PACKS.jewellery;
  const shown = (answers: Patch) => asked(questions, answers).map(({ group }) => group.key);
  expect(shown({})).toEqual(["date_set", "metal"]);
  expect(shown({ date_set: "month" })).toEqual(["date_set", "metal", "range"]);
});
