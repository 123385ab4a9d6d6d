import { describe, expect, it } from "vitest";
import { TEXT_STEPS, textAfter, textKey } from "./prefs";

describe("the size of the text", () => {
  it("goes up and down by steps and stays within them", () => {
    expect(textAfter(100, "larger")).toBe(115);
    expect(textAfter(175, "larger")).toBe(200);
    expect(textAfter(200, "larger")).toBe(200);
    expect(textAfter(100, "smaller")).toBe(100);
    expect(textAfter(200, "smaller")).toBe(175);
    expect(textAfter(150, "normal")).toBe(100);
  });

  it("finds its way from a size between two steps", () => {
    expect(textAfter(140, "larger")).toBe(150);
    expect(textAfter(140, "smaller")).toBe(130);
  });

  it("comes back by as many steps as it went", () => {
    const up = TEXT_STEPS.reduce((size: number) => textAfter(size, "larger"), 100);
    expect(TEXT_STEPS.reduce((size: number) => textAfter(size, "smaller"), up)).toBe(100);
  });
});

describe("the keys for it", () => {
  const press = (key: string, held: Partial<KeyboardEvent> = { ctrlKey: true }) =>
    textKey({ key, ctrlKey: false, metaKey: false, altKey: false, ...held });

  it("are those of a browser, with either modifier", () => {
    expect([press("+"), press("="), press("-"), press("0")]).toEqual([
      "larger",
      "larger",
      "smaller",
      "normal",
    ]);
    expect(press("+", { metaKey: true })).toBe("larger");
  });

  it("are never a bare key or one with Alt", () => {
    expect(press("0", {})).toBeNull();
    expect(press("+", { ctrlKey: true, altKey: true })).toBeNull();
    expect(press("1")).toBeNull();
  });
});
