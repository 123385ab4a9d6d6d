import { describe, expect, it } from "vitest";
import { characterOf } from "./keys";

const press = (init: KeyboardEventInit) => characterOf(new KeyboardEvent("keydown", init));

describe("the character of a key", () => {
  it("is the key's own name, whatever the layout", () => {
    expect(press({ key: "a", code: "KeyQ" })).toBe("a");
    expect(press({ key: "?", code: "Minus", shiftKey: true })).toBe("?");
  });

  it("is none for keys that write nothing", () => {
    expect(press({ key: "Escape", code: "Escape" })).toBeNull();
    expect(press({ key: "F5", code: "F5" })).toBeNull();
  });

  it("comes from the place where an input method took the name", () => {
    expect(press({ key: "Process", code: "KeyB" })).toBe("b");
    expect(press({ key: "Unidentified", code: "KeyB", shiftKey: true })).toBe("B");
    expect(press({ key: "Process", code: "Numpad7" })).toBe("7");
    expect(press({ key: "Process", code: "Slash" })).toBe("/");
    expect(press({ key: "Process", code: "Slash", shiftKey: true })).toBe("?");
    expect(press({ key: "Process", code: "ShiftLeft" })).toBeNull();
  });

  it("is none while a word is composed", () => {
    expect(press({ key: "a", code: "KeyA", isComposing: true })).toBeNull();
  });
});
