import { expect, it } from "vitest";
import { PACKS } from "../../lib/ipc/fake-data";
import { keyAction } from "./keys";

const pads = PACKS.apparel.outcomes.filter((choice) => choice.pad);
const press = (key: string, held: Partial<Parameters<typeof keyAction>[0]> = {}) =>
  keyAction(
    { key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, repeat: false, ...held },
    pads,
  );

it("opens a visit with a digit", () => {
  expect(press("3")).toEqual({ kind: "arrive", size: 3 });
  expect(press("6")).toBeNull();
});

it("maps the letters to the pads in their order", () => {
  const codes = ["b", "L", "r"]
    .map((key) => press(key))
    .map((action) => action?.kind === "outcome" && action.choice.code);
  expect(codes).toEqual(["buy", "none", "lead"]);
});

it("undoes with Ctrl or Command, and leaves every other shortcut alone", () => {
  expect(press("z", { ctrlKey: true })).toEqual({ kind: "undo" });
  expect(press("z", { metaKey: true })).toEqual({ kind: "undo" });
  expect(press("1", { ctrlKey: true })).toBeNull();
  expect(press("z", { metaKey: true, shiftKey: true })).toBeNull();
});

it("takes a key held down as one press", () => {
  expect(press("1", { repeat: true })).toBeNull();
});
