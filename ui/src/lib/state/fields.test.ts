import { describe, expect, it } from "vitest";
import type { Group, GroupKind, Patch } from "../ipc";
import { applied, countOn, isOn, stopsOf, tap, toggled } from "./fields";

function group(kind: GroupKind, key = "g"): Group {
  const label = { zh: "", en: "" };
  const choices = ["a", "b", "c"].map((code) => ({ code, label, also: [] }));
  return { key, kind, label, hint: null, front: 3, choices };
}

/** The fields after tapping the codes one after another, each tap seeing the one before. */
function tapped(of: Group, codes: string[], fields: Patch = {}): Patch {
  return codes.reduce((soFar, code, at) => applied(soFar, tap(of, soFar, code, at)(soFar)), fields);
}

describe("a single choice", () => {
  it("is replaced by another tap and cleared by the same one", () => {
    expect(tapped(group("single"), ["a", "b"])).toEqual({ g: "b" });
    expect(tapped(group("single"), ["a", "a"])).toEqual({});
  });
});

describe("many choices", () => {
  it("add and remove one by one", () => {
    expect(tapped(group("many"), ["a", "b", "a"])).toEqual({ g: ["b"] });
    expect(tapped(group("many"), ["a", "a"])).toEqual({});
  });

  it("keep a tap's meaning when an earlier tap was lost on the way", () => {
    const many = group("many");
    const shown: Patch = { g: ["a"] };
    const addB = tap(many, shown, "b", 0);
    // "a" was never confirmed: only "b" may come out, and "a" must not sneak in.
    expect(addB({})).toEqual({ g: ["b"] });
    const dropA = tap(many, shown, "a", 0);
    expect(dropA({})).toEqual({ g: [] });
  });
});

describe("a path", () => {
  const path = group("path");

  it("keeps the order and the time of each stop", () => {
    expect(tapped(path, ["door", "bags"])).toEqual({
      g: [
        { zone: "door", at_ms: 0 },
        { zone: "bags", at_ms: 1 },
      ],
    });
  });

  it("takes the last stop back when it is tapped again", () => {
    expect(tapped(path, ["door", "bags", "bags"])).toEqual({ g: [{ zone: "door", at_ms: 0 }] });
    expect(tapped(path, ["door", "door"])).toEqual({});
  });

  it("adds an earlier zone again with its later number", () => {
    const fields = tapped(path, ["door", "bags", "door"]);
    expect(stopsOf(path, fields, "door")).toBe("1·3");
    expect(stopsOf(path, fields, "bags")).toBe("2");
  });

  it("does not remove a stop that is not the last any more when the tap is sent", () => {
    const shown: Patch = { g: [{ zone: "door", at_ms: 0 }] };
    const dropDoor = tap(path, shown, "door", 9);
    const meanwhile: Patch = { g: [{ zone: "bags", at_ms: 1 }] };
    expect(dropDoor(meanwhile)).toEqual(meanwhile);
  });
});

it("tells what is chosen, whatever the kind", () => {
  expect(isOn(group("scale"), { g: "3" }, "3")).toBe(true);
  expect(isOn(group("path"), { g: [{ zone: "door", at_ms: 0 }] }, "door")).toBe(true);
  expect(isOn(group("many"), {}, "a")).toBe(false);
  expect(countOn(group("many"), { g: ["a", "c"] })).toBe(2);
  expect(countOn(group("many"), { g: ["a", "c"] }, group("many").choices.slice(1))).toBe(1);
  expect(stopsOf(group("many"), { g: ["a"] }, "a")).toBe("");
});

it("puts a code in, and takes it out again", () => {
  expect(toggled(["a"], "b")).toEqual(["a", "b"]);
  expect(toggled(["a", "b"], "a")).toEqual(["b"]);
});
