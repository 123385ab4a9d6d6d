import { expect, it } from "vitest";
import { fullUrl } from "./address";

it("completes a bare host and leaves a full address alone", () => {
  expect(fullUrl(" hq.example.com/ ")).toBe("https://hq.example.com");
  expect(fullUrl("http://127.0.0.1:8711")).toBe("http://127.0.0.1:8711");
  expect(fullUrl("  ")).toBe("");
});
