import { describe, expect, it } from "vitest";
import { roomLeft } from "./keyboard-room";

describe("the room above an on-screen keyboard", () => {
  it("is what the system still shows", () => {
    expect(roomLeft(820, { height: 412.4, scale: 1 })).toBe(412);
  });

  it("is the whole page while nothing covers it", () => {
    expect(roomLeft(820, { height: 820, scale: 1 })).toBeNull();
    expect(roomLeft(820, { height: 764, scale: 1 })).toBeNull();
  });

  it("is not taken away by two fingers that make the page larger", () => {
    expect(roomLeft(820, { height: 410, scale: 2 })).toBeNull();
  });
});
