import { expect, it } from "vitest";
import { beyond } from "./in-sight";

it("scrolls not at all for what is seen whole", () => {
  expect(beyond(100, 66, 50, 400)).toBe(0);
});

it("scrolls up or down just so far as it needs", () => {
  expect(beyond(20, 66, 50, 400)).toBe(-30);
  expect(beyond(420, 66, 50, 400)).toBe(36);
});
