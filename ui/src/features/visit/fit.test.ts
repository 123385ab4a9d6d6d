import { expect, it } from "vitest";
import { TIGHTEST, firstFit } from "./fit";

it("takes the roomiest step that fits", () => {
  expect(firstFit((step) => step >= 2)).toBe(2);
  expect(firstFit(() => true)).toBe(0);
});

it("ends at the tightest step when nothing fits", () => {
  expect(firstFit(() => false)).toBe(TIGHTEST);
});
