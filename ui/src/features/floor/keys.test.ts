import { expect, it } from "vitest";
import { PACKS } from "../../lib/ipc/fake/data";
import { lettersOf, liveKeys } from "../../lib/state/letters";
import { keyAction } from "./keys";

const pack = PACKS.apparel;
const letters = lettersOf(pack);
const { targets } = liveKeys(pack, letters, letters.cursor[0] ?? null, null);
const press = (key: string, held: Partial<Parameters<typeof keyAction>[0]> = {}) =>
  keyAction(
    { key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, repeat: false, ...held },
    targets,
  );

it("opens a visit with a digit up to five; from six on it is interest", () => {
  expect(press("3")).toEqual({ kind: "arrive", size: 3 });
  expect(press("6")).toMatchObject({ target: { kind: "choice", code: "0" } });
});

it("maps the letters to the pads in their order", () => {
  const codes = ["b", "L", "r"].map((key) => press(key));
  expect(codes).toMatchObject(
    ["buy", "none", "lead"].map((code) => ({ target: { kind: "outcome", choice: { code } } })),
  );
});

it("maps the home row to the group of the cursor", () => {
  expect(press("a")).toMatchObject({ target: { group: { key: "age" }, code: "a20" } });
});

it("opens the line, the sheet and the contact", () => {
  expect(press("@", { shiftKey: true })).toEqual({ kind: "contact" });
  expect(press("/")).toEqual({ kind: "line" });
  expect(press("?", { shiftKey: true })).toEqual({ kind: "sheet" });
});

it("undoes with Ctrl or Command, and leaves every other shortcut alone", () => {
  expect(press("z", { ctrlKey: true })).toEqual({ kind: "undo" });
  expect(press("z", { metaKey: true })).toEqual({ kind: "undo" });
  expect(press("1", { ctrlKey: true })).toBeNull();
  expect(press("z", { metaKey: true, shiftKey: true })).toBeNull();
  expect(press("b", { altKey: true })).toBeNull();
});

it("takes a key held down as one press", () => {
  expect(press("1", { repeat: true })).toBeNull();
  expect(press("ArrowRight", { repeat: true })).toBeNull();
});
