import { beforeEach, expect, it, vi } from "vitest";
import { failure } from "../ipc";
import { FakeBackend } from "../ipc/fake";
import { PACKS } from "../ipc/fake/data";
import { BoardState } from "./board.svelte";
import { Desk } from "./desk.svelte";
import { Hands } from "./hands";
import { groupOf } from "./summary";

const pack = PACKS.apparel;
let shell: FakeBackend;
let board: BoardState;
let desk: Desk;
let hands: Hands;

beforeEach(async () => {
  shell = new FakeBackend({ phase: "open", empty: true });
  board = new BoardState(shell, vi.fn());
  hands = new Hands();
  desk = new Desk(
    board,
    () => pack,
    () => false,
    hands,
  );
  await board.load();
});

const group = (key: string) => groupOf(pack, key)!;

function press(key: string, code: string): void {
  desk.press({ kind: "choice", group: group(key), code });
}

it("sends the cursor on after a choice, past what is chosen already", async () => {
  await board.arrive(1);
  expect(desk.cursor?.key).toBe("age");
  press("company", "alone");
  expect(desk.cursor?.key).toBe("style");
  press("style", "sport");
  expect(desk.cursor?.key).toBe("accessories");
});

it("lets the letters of the keys stand until a hand that taps has come to rest", async () => {
  await board.arrive(1);
  hands.moved();
  desk.tap(board.active!, group("age"), "a20");
  expect(desk.cursor?.key).toBe("age");
  desk.tap(board.active!, group("company"), "alone");
  expect(desk.cursor?.key).toBe("age");
  await vi.waitFor(() => expect(desk.cursor?.key).toBe("style"));
});

it("keeps the cursor where several may be chosen, and where a choice is taken back", async () => {
  await board.arrive(1);
  press("accessories", "hat");
  expect(desk.cursor?.key).toBe("accessories");
  press("age", "a20");
  press("age", "a20");
  expect(desk.cursor?.key).toBe("age");
});

it("moves the cursor round both ends", async () => {
  await board.arrive(1);
  desk.moveCursor(-1);
  expect(desk.cursor?.key).toBe("accessories");
  desk.moveCursor(1);
  expect(desk.cursor?.key).toBe("age");
});

it("starts each visit at its first open group", async () => {
  await board.arrive(1);
  press("age", "a20");
  await board.arrive(2);
  expect(desk.cursor?.key).toBe("age");
  desk.moveCard(1);
  expect(desk.cursor?.key).toBe("company");
});

it("does nothing to nobody", () => {
  desk.press({ kind: "choice", group: groupOf(pack, "age")!, code: "a20" });
  desk.moveCursor(1);
  desk.moveCard(1);
  desk.enter();
  expect(board.active).toBeNull();
});

it("does not let Enter guess a reason", async () => {
  await board.arrive(1);
  const none = pack.outcomes.find((choice) => choice.code === "none")!;
  desk.press({ kind: "outcome", choice: none });
  desk.enter();
  expect(board.panels.drawer?.kind).toBe("reasons");
});

it("says that a scanned item is noted only when it is", async () => {
  await board.arrive(1);
  shell.failNext = failure("disk_full");
  await board.scan("AP-1001");
  expect(board.said?.kind).toBe("arrived");
  expect(board.error?.code).toBe("disk_full");
  await board.scan("AP-1001");
  expect(board.said).toEqual({ kind: "scanned", code: "AP-1001" });
});
