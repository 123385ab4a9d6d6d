import { expect, it } from "vitest";
import { bareCode, caretAfter, fullUrl, groupedCode } from "./pairing-code";

it("groups a code as it is typed", () => {
  expect(groupedCode("abcd")).toBe("ABCD");
  expect(groupedCode("abcdef")).toBe("ABCDE-F");
});

it("takes a pasted code with any separators, full-width letters and a tail", () => {
  const grouped = "ABCDE-FGHJK-MNPQR-STVWX-YZ234";
  expect(groupedCode(" abcde fghjk\nmnpqr_stvwx yz234 ")).toBe(grouped);
  expect(groupedCode("ＡＢＣＤＥ－FGHJKMNPQRSTVWXYZ234999")).toBe(grouped);
  expect(bareCode(grouped)).toHaveLength(25);
});

it("keeps the caret where the person corrects", () => {
  expect(caretAfter("ABXCDE-F", 3)).toBe(3);
  expect(caretAfter("ABCDEF", 6)).toBe(7);
  expect(caretAfter("ABCDE", 5)).toBe(5);
});

it("completes a bare host and leaves a full address alone", () => {
  expect(fullUrl(" hq.example.com/ ")).toBe("https://hq.example.com");
  expect(fullUrl("http://127.0.0.1:8711")).toBe("http://127.0.0.1:8711");
  expect(fullUrl("  ")).toBe("");
});
