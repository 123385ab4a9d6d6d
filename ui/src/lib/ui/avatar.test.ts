import { expect, it } from "vitest";
import { initials } from "./avatar";

it("takes the last Chinese character, or Latin initials", () => {
  expect(initials("小李")).toBe("李");
  expect(initials("Mei Lin Chen")).toBe("ML");
  expect(initials("ana")).toBe("A");
});
