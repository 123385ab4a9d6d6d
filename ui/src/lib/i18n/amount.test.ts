import { expect, it } from "vitest";
import { MAX_MINOR, parseAmount } from "./amount";

it("reads amounts as they are typed at a till", () => {
  expect(parseAmount("1,280.50", 2)).toBe(128_050);
  expect(parseAmount("1280.5", 2)).toBe(128_050);
  expect(parseAmount("¥ 99", 2)).toBe(9900);
  expect(parseAmount("299元", 2)).toBe(29_900);
  expect(parseAmount("0", 2)).toBe(0);
  expect(parseAmount("1500", 0)).toBe(1500);
});

it("reads full-width digits and the Chinese full stop", () => {
  expect(parseAmount("１２８０。５", 2)).toBe(128_050);
});

it.each(["", "abc", "12.345", "1,28", "-5", "1.2.3", "12,34,567", "1e5", "."])(
  "refuses %j instead of guessing",
  (text) => {
    expect(parseAmount(text, 2)).toBeNull();
  },
);

it("refuses decimals in a currency without them", () => {
  expect(parseAmount("15.5", 0)).toBeNull();
});

it("refuses what can only be a slip", () => {
  expect(parseAmount(String(MAX_MINOR), 2)).toBeNull();
});
