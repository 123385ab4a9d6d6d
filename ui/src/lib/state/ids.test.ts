import { expect, it } from "vitest";
import { newId } from "./ids";

it("is a UUIDv7 of its time", () => {
  expect(newId(0x0192_3456_789a, new Uint8Array(10).fill(0xff))).toBe("01923456-789a-7fff-bfff-ffffffffffff");
  expect(newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
