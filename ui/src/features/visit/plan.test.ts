import { expect, it } from "vitest";
import { PACKS } from "../../lib/ipc/fake/data";
import { corner, foot, middle, outline } from "./plan";

const square = {
  points: [
    [10, 10],
    [30, 10],
    [30, 30],
    [10, 30],
  ] as [number, number][],
};

it("writes the name into the middle of a zone, its stops into one corner and its key into another", () => {
  expect(middle(square)).toEqual([20, 20]);
  expect(corner(square)).toEqual([10, 10]);
  expect(foot(square)).toEqual([30, 30]);
  expect(outline(square)).toBe("10,10 30,10 30,30 10,30");
});

it("finds the middle whichever way the corners go round", () => {
  expect(middle({ points: square.points.toReversed() })).toEqual([20, 20]);
});

it("keeps the stops out of a cut corner's way", () => {
  const cut: [number, number][] = [
    [0, 8],
    [8, 0],
    [30, 0],
    [0, 30],
  ];
  expect(corner({ points: cut })).toEqual([0, 0]);
});

it("survives a zone without an area", () => {
  expect(middle({ points: [[4, 5]] })).toEqual([4, 5]);
});

it("shows every zone of the path exactly once in the pack that has a plan", () => {
  const { plan, groups } = PACKS.jewellery;
  const path = groups.find((group) => group.kind === "path");
  const drawn = plan?.shapes.map((shape) => shape.zone).toSorted();
  expect(drawn).toEqual(path?.choices.map((choice) => choice.code).toSorted());
});
