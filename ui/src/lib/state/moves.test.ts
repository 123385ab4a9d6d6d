import { beforeEach, describe, expect, it, vi } from "vitest";
import { failure } from "../ipc";
import { FakeBackend } from "../ipc/fake";
import { BoardState } from "./board.svelte";
import { splitSizes } from "./moves.svelte";

let shell: FakeBackend;
let board: BoardState;

beforeEach(async () => {
  shell = new FakeBackend({ phase: "open", empty: true });
  board = new BoardState(shell, vi.fn(), "c-li");
  await board.load();
  await board.arrive(3);
});

function active() {
  if (!board.active) throw new Error("no visit is open");
  return board.active;
}

const said = () => (board.said?.kind === "moved" ? board.said.move : null);

describe("handing over", () => {
  it("gives the card to a colleague with a line, and back in one undo", async () => {
    await board.moves.handOver(active(), "c-wang", "  要看 M\n码 ");
    expect(active()).toMatchObject({ serving: "c-wang", handed: { from: "c-li", note: "要看 M 码" } });
    expect(said()).toEqual({ kind: "handed", to: "c-wang" });
    expect(board.moves.isTheirs(active())).toBe(true);
    expect(board.undoable?.kind).toBe("hand_over");
    await board.undo();
    expect(active()).toMatchObject({ serving: "c-li", handed: null });
    expect(board.said).toEqual({ kind: "undone", what: "hand_over" });
  });

  it("needs no line", async () => {
    await board.moves.handOver(active(), "c-wang", "  ");
    expect(active().handed?.note).toBeNull();
  });

  it("is taken over from a colleague in one step", async () => {
    await board.moves.handOver(active(), "c-wang", "");
    await board.moves.takeOver(active());
    expect(active().serving).toBe("c-li");
    expect(said()).toEqual({ kind: "taken" });
  });

  it("that fails leaves everything as it was and says so", async () => {
    shell.failNext = failure("disk_full");
    await board.moves.handOver(active(), "c-wang", "");
    expect(active().serving).toBe("c-li");
    expect(board.error?.code).toBe("disk_full");
  });
});

describe("splitting", () => {
  it("gives those who leave a card of their own, since the same minute", async () => {
    const whole = active();
    await board.moves.split(whole, 1);
    expect(active()).toMatchObject({ id: whole.id, size: 2 });
    const part = board.visits.find(({ id }) => id !== whole.id);
    expect(part).toMatchObject({ size: 1, since_steady_ms: whole.since_steady_ms });
    await board.undo();
    expect(board.visits).toHaveLength(1);
    expect(active().size).toBe(3);
  });

  it("leaves at least one behind; of five or more, up to four go", () => {
    expect([1, 2, 3, 5].map(splitSizes)).toEqual([[], [1], [1, 2], [1, 2, 3, 4]]);
  });
});

describe("merging", () => {
  it("takes the other card into the open one, and apart again", async () => {
    const first = active();
    await board.arrive(1);
    const open = active();
    await board.moves.merge(open, first);
    expect(board.visits.map(({ id, size }) => [id, size])).toEqual([[open.id, 4]]);
    expect(said()).toEqual({ kind: "merged", size: 4 });
    await board.undo();
    expect(board.visits.map(({ size }) => size)).toEqual([1, 3]);
    expect(board.activeId).toBe(open.id);
  });
});

it("acts on a card in its turn, also before its arrival is written", async () => {
  const arrival = board.arrive(2);
  const split = board.moves.split(active(), 1);
  await Promise.all([arrival, split]);
  expect(board.visits.map(({ size }) => size).toSorted()).toEqual([1, 1, 3]);
  expect(board.error).toBeNull();
});
