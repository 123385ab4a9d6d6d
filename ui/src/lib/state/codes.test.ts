import { expect, it } from "vitest";
import { bareCode, caretAfter, groupedCode } from "./codes";

it("groups a code as it is typed", () => {
  expect(groupedCode("abcd", 25)).toBe("ABCD");
  expect(groupedCode("abcdef", 25)).toBe("ABCDE-F");
});

it("takes a pasted code with any separators, full-width letters and a tail", () => {
  const grouped = "ABCDE-FGHJK-MNPQR-STVWX-YZ234";
  expect(groupedCode(" abcde fghjk\nmnpqr_stvwx yz234 ", 25)).toBe(grouped);
  expect(groupedCode("ＡＢＣＤＥ－FGHJKMNPQRSTVWXYZ234999", 25)).toBe(grouped);
  expect(bareCode(grouped, 25)).toHaveLength(25);
  expect(groupedCode(grouped, 10)).toBe("ABCDE-FGHJK");
});

it("keeps the caret where the person corrects", () => {
  expect(caretAfter("ABXCDE-F", 3, 25)).toBe(3);
  expect(caretAfter("ABCDEF", 6, 25)).toBe(7);
  expect(caretAfter("ABCDE", 5, 25)).toBe(5);
});
