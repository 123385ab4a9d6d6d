import { expect, it } from "vitest";
import { openVisit } from "../ipc/fake/data";
import type { VisitView } from "../ipc";
import { set } from "./fields";
import { inOrder, project, successor, upsert } from "./projection";

const visit = (id: string, entered = 0): VisitView => openVisit(id, entered, 1, "c");

it("lays pending taps over their own visit only, and hides closing ones", () => {
  const shown = project(
    [visit("a"), visit("b"), visit("c")],
    [{ id: 1, visitId: "a", intent: set("age", "a20") }],
    ["c"],
  );
  expect(shown.map(({ id, fields }) => [id, fields])).toEqual([
    ["a", { age: "a20" }],
    ["b", {}],
  ]);
});

it("puts the newest arrival first", () => {
  expect(inOrder([visit("a", 1), visit("b", 3), visit("c", 2)]).map(({ id }) => id)).toEqual(["b", "c", "a"]);
});

it("drops a visit that is no longer open", () => {
  expect(upsert([visit("a")], { ...visit("a"), state: "voided" })).toEqual([]);
});

it("moves on to the card that takes the place, else the one above", () => {
  const visits = [visit("a"), visit("b"), visit("c")];
  expect(successor(visits, "b")).toBe("c");
  expect(successor(visits, "c")).toBe("b");
  expect(successor([visit("a")], "a")).toBeNull();
});
