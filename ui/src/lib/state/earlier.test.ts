import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { failure } from "../ipc";
import { FakeBackend } from "../ipc/fake";
import { BoardState } from "./board.svelte";
import { IDLE_MS, cuesOf } from "./earlier.svelte";

let shell: FakeBackend;
let board: BoardState;

beforeEach(async () => {
  vi.useFakeTimers();
  shell = new FakeBackend({ phase: "open" });
  board = new BoardState(shell, vi.fn(), "c-li");
  await pass(board.load());
  board.activate("v-open-0");
});
afterEach(() => void vi.useRealTimers());

async function pass<T>(answer: Promise<T>, ms = 20): Promise<T> {
  await vi.advanceTimersByTimeAsync(ms);
  return answer;
}

function active() {
  if (!board.active) throw new Error("no visit is open");
  return board.active;
}

async function looked(): Promise<void> {
  board.earlier.look(active());
  await vi.advanceTimersByTimeAsync(IDLE_MS + 20);
}

it("looks only once the hands rest, and not again for the same looks", async () => {
  const asked = vi.spyOn(shell, "likelySame");
  board.earlier.look(active());
  await vi.advanceTimersByTimeAsync(IDLE_MS - 1);
  board.earlier.look(active());
  await vi.advanceTimersByTimeAsync(IDLE_MS - 1);
  expect(asked).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(20);
  expect(asked).toHaveBeenCalledOnce();
  expect(board.earlier.proposals(active()).length).toBeGreaterThan(0);
  await looked();
  expect(asked).toHaveBeenCalledOnce();
});

it("waits for the writes on their way, and holds up none", async () => {
  const asked = vi.spyOn(shell, "likelySame").mockReturnValue(new Promise(() => {}));
  await looked();
  expect(asked).toHaveBeenCalledOnce();
  await pass(board.arrive(1));
  expect(board.saving.unsaved).toBe(0);
});

it("takes an answer that does not come for no proposal", async () => {
  vi.spyOn(shell, "likelySame").mockRejectedValue(failure("internal"));
  await looked();
  expect(board.earlier.proposals(active())).toEqual([]);
  expect(board.error).toBeNull();
});

it("proposes nothing more once it was said that none is the one, until the list is opened", async () => {
  await looked();
  board.earlier.dismiss(active());
  expect(board.earlier.proposals(active())).toEqual([]);
  board.earlier.open(active());
  await vi.advanceTimersByTimeAsync(20);
  expect(board.earlier.proposals(active()).length).toBeGreaterThan(0);
});

it("links the same visitor, knows when that was, and takes it back", async () => {
  await looked();
  const [row] = board.earlier.proposals(active());
  await pass(board.moves.link(active(), row!.id));
  expect(active().earlier).toBe(row!.id);
  expect(board.earlier.linked(active())?.entered_ms).toBe(row!.entered_ms);
  expect(board.said).toEqual({ kind: "moved", move: { kind: "linked" } });
  await pass(board.moves.link(active(), null));
  expect(active().earlier).toBeNull();
  await pass(board.undo());
  expect(active().earlier).toBe(row!.id);
});

it("reads the earlier visit of a link that was made before", async () => {
  await pass(shell.linkEarlier("v-open-0", "v-3"));
  await pass(board.reload());
  expect(board.earlier.linked(active())).toBeNull();
  await looked();
  expect(board.earlier.linked(active())?.id).toBe("v-3");
});

it("sees no cue in what is not a look", () => {
  const visit = { ...active(), fields: { interest: "3", gesture: ["try"] } };
  expect(cuesOf(visit)).toBe("");
  expect(cuesOf({ ...visit, fields: { ...visit.fields, age: "a20" } })).toBe('[["age","a20"]]');
});
