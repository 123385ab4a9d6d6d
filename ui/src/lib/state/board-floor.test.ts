// Arrivals, the tray, turns and what comes from the shell unasked.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { failure } from "../ipc";
import { FakeBackend, type FakeOptions } from "../ipc/fake";
import { PACKS } from "../ipc/fake/data";
import { BoardState } from "./board.svelte";
import { Hands } from "./hands";
import { groupOf } from "./summary";
import { watch } from "./watch";

const pack = PACKS.apparel;
const age = groupOf(pack, "age")!;
const bought = pack.outcomes.find((choice) => choice.code === "buy")!;

let shell: FakeBackend;
let board: BoardState;

async function open(options: FakeOptions = { empty: true }): Promise<void> {
  shell = new FakeBackend({ phase: "open", ...options });
  board = new BoardState(shell, vi.fn(), "c-li");
  await board.load();
}

beforeEach(() => open());
afterEach(() => void vi.useRealTimers());

function active() {
  if (!board.active) throw new Error("no visit is open");
  return board.active;
}

describe("an arrival", () => {
  it("stands there before the shell has answered, and takes taps", async () => {
    const arrival = board.arrive(2);
    expect(active()).toMatchObject({ size: 2, serving: "c-li", fields: {} });
    const tap = board.tapChoice(active(), age, "a20");
    expect(active().fields["age"]).toBe("a20");
    await Promise.all([arrival, tap]);
    expect(board.visits).toHaveLength(1);
    expect((await shell.visit(active().id)).fields["age"]).toBe("a20");
  });

  it("can be closed before the shell has answered", async () => {
    const arrival = board.arrive(1);
    const visit = active();
    const closing = board.tapOutcome(visit, bought);
    expect(board.visits).toEqual([]);
    await Promise.all([arrival, closing]);
    expect((await shell.visit(visit.id)).state).toBe("closed");
  });

  it("that fails takes its card along, says why, and goes back to the card before", async () => {
    await board.arrive(1);
    const before = active().id;
    shell.failNext = failure("disk_full");
    const arrival = board.arrive(2);
    const lost = active();
    await Promise.all([arrival, board.tapChoice(lost, age, "a20"), board.tapOutcome(lost, bought)]);
    expect(board.visits.map(({ id }) => id)).toEqual([before]);
    expect(board.activeId).toBe(before);
    expect(board.error?.code, "not that the taps behind it found no visit").toBe("disk_full");
    expect(board.details).toBeNull();
  });

  it("is one card when only the answer was lost", async () => {
    const arrive = shell.arrive.bind(shell);
    vi.spyOn(shell, "arrive").mockImplementationOnce(async (...said) => {
      await arrive(...said);
      throw failure("internal");
    });
    const arrival = board.arrive(1);
    const tap = board.tapChoice(active(), age, "a20");
    await Promise.all([arrival, tap]);
    expect(board.error).toBeNull();
    expect(board.visits).toHaveLength(1);
    expect(active().fields["age"]).toBe("a20");
  });

  it("is tried again under its name when nobody could say whether it was written", async () => {
    const arrive = shell.arrive.bind(shell);
    const arrived = vi.spyOn(shell, "arrive").mockImplementationOnce(async (...said) => {
      await arrive(...said);
      throw failure("internal");
    });
    vi.spyOn(shell, "board").mockRejectedValueOnce(failure("internal"));
    await board.arrive(3);
    expect(board.visits).toEqual([]);
    await board.arrive(3);
    expect(board.visits).toHaveLength(1);
    expect(board.today.parties).toBe(1);
    const [first, second] = arrived.mock.calls;
    expect(second?.[0]).toBe(first?.[0]);
    await board.arrive(3);
    expect(board.visits, "the next party is another one").toHaveLength(2);
  });
});

describe("counted, to be described later", () => {
  it("waits in the tray, is in the store, and leaves the open visit open", async () => {
    await board.arrive(2);
    const before = active().id;
    const counting = board.arrive(1, true);
    expect(board.tray).toHaveLength(1);
    await counting;
    expect(board.activeId).toBe(before);
    expect(board.running.map(({ id }) => id)).toEqual([before]);
    expect(board.visits).toHaveLength(2);
    expect(board.today.parties).toBe(2);
    expect(board.said).toEqual({ kind: "counted" });
  });

  it("leaves the tray with the first thing that is told of it", async () => {
    await board.arrive(1, true);
    const [waiting] = board.tray;
    board.panels.toggleSheet("tray");
    board.activate(waiting!.id);
    expect(board.panels.sheet).toBeNull();
    expect(board.running, "the open card is always in the list").toHaveLength(1);
    const tap = board.tapChoice(active(), age, "a20");
    expect(board.tray).toEqual([]);
    await tap;
    expect(board.tray).toEqual([]);
    expect(board.running).toHaveLength(1);
  });

  it("is not opened by itself when the open visit ends", async () => {
    await board.arrive(1);
    await board.arrive(1, true);
    await board.tapOutcome(active(), bought);
    expect(board.active).toBeNull();
    expect(board.tray).toHaveLength(1);
  });
});

describe("the shell", () => {
  it("closes a visit by rule and the board follows, with the open card kept", async () => {
    await open({ running: 3 });
    const [first, second] = board.visits;
    board.activate(second!.id);
    const stop = watch(board, shell, new Hands());
    shell.closeByRule(first!.id);
    await vi.waitFor(() => expect(board.visits).toHaveLength(2));
    expect(board.activeId).toBe(second!.id);
    stop();
  });

  it("closes by rule the visit that is open: nothing stays open that was about it", async () => {
    await open({ running: 3 });
    const [first, second] = board.visits;
    const stop = watch(board, shell, new Hands());
    board.panels.toggle({ kind: "moves" });
    shell.closeByRule(first!.id);
    await vi.waitFor(() => expect(board.activeId).toBe(second!.id));
    expect(board.panels.drawer).toBeNull();
    stop();
  });

  it("is asked again when the page comes back", async () => {
    const asked = vi.spyOn(shell, "board");
    const stop = watch(board, shell, new Hands());
    document.dispatchEvent(new Event("visibilitychange"));
    expect(asked).not.toHaveBeenCalled();
    await board.settled();
    expect(asked).toHaveBeenCalledOnce();
    stop();
    document.dispatchEvent(new Event("visibilitychange"));
    await board.settled();
    expect(asked).toHaveBeenCalledOnce();
  });

  it("does not have what it said wiped away by looking again", async () => {
    shell.failNext = failure("disk_full");
    await board.arrive(1);
    await board.reload();
    expect(board.error?.code).toBe("disk_full");
  });
});

describe("taking turns", () => {
  it("gives arrivals to who is next, and lets one pass", async () => {
    await open({ empty: true, rotation: true });
    expect(board.lineup).toEqual(["c-li", "c-wang", "c-zhou"]);
    await board.arrive(1);
    expect(active().serving).toBe("c-li");
    expect(board.lineup).toEqual(["c-wang", "c-zhou", "c-li"]);
    await board.turns.skip("c-wang");
    expect(board.lineup).toEqual(["c-zhou", "c-li", "c-wang"]);
    await board.turns.away("c-zhou");
    await board.turns.in("c-zhao");
    expect(board.lineup).toEqual(["c-li", "c-wang", "c-zhao"]);
  });

  it("is not there where the pack does not ask for it", () => {
    expect(board.lineup).toBeNull();
  });
});

it("counts what is handed in and not answered", async () => {
  const arrival = board.arrive(1);
  const tap = board.tapChoice(active(), age, "a20");
  expect(board.saving.unsaved).toBe(2);
  await Promise.all([arrival, tap]);
  expect(board.saving.unsaved).toBe(0);
});
