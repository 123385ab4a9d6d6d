import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { failure } from "../ipc";
import { FakeBackend } from "../ipc/fake";
import { PACKS } from "../ipc/fake/data";
import { BoardState } from "./board.svelte";
import { HANGS_MS } from "./queue";
import { RECEIPT_MAX } from "./details.svelte";
import { groupOf } from "./summary";
import { PATIENCE_MS } from "./writes.svelte";

const pack = PACKS.apparel;
const age = groupOf(pack, "age")!;
const attention = groupOf(pack, "attention")!;
const outcome = (code: string) => pack.outcomes.find((choice) => choice.code === code)!;

let shell: FakeBackend;
let board: BoardState;
const locked = vi.fn();

beforeEach(async () => {
  locked.mockClear();
  shell = new FakeBackend({ phase: "open", empty: true });
  board = new BoardState(shell, locked);
  await board.load();
});

afterEach(() => void vi.useRealTimers());

/** The open visit, which the test expects to be there. */
function active() {
  if (!board.active) throw new Error("no visit is open");
  return board.active;
}

describe("tapping", () => {
  it("shows a tap before the shell has answered", async () => {
    await board.arrive(1);
    const answer = board.tapChoice(active(), age, "a20");
    expect(active().fields["age"]).toBe("a20");
    await answer;
    expect(active().fields["age"]).toBe("a20");
  });

  it("takes back only the tap that failed and says so", async () => {
    await board.arrive(1);
    shell.failNext = failure("disk_full");
    const lost = board.tapChoice(active(), attention, "bag");
    const kept = board.tapChoice(active(), attention, "coat");
    expect(active().fields["attention"]).toEqual(["bag", "coat"]);
    await Promise.all([lost, kept]);
    expect(active().fields["attention"]).toEqual(["coat"]);
    expect(board.error?.code).toBe("disk_full");
  });

  it("never lets an early answer overwrite a later tap", async () => {
    await board.arrive(1);
    const taps = ["bag", "coat", "bag", "dress"].map((code) => board.tapChoice(active(), attention, code));
    expect(active().fields["attention"]).toEqual(["coat", "dress"]);
    await Promise.all(taps);
    expect(active().fields["attention"]).toEqual(["coat", "dress"]);
  });
});

describe("closing", () => {
  it("asks for a reason where the outcome has reasons, then moves on at once", async () => {
    await board.arrive(1);
    await board.arrive(2);
    const [second, first] = board.visits;
    void board.tapOutcome(second!, outcome("none"));
    expect(board.panels.drawer).toMatchObject({ kind: "reasons" });
    const closing = board.close(second!, outcome("none"), ["price"]);
    expect(board.activeId).toBe(first!.id);
    expect(board.visits).toHaveLength(1);
    await closing;
    expect((await shell.visit(second!.id)).outcome).toMatchObject({ code: "none", reasons: ["price"] });
  });

  it("brings the visit back when the write fails", async () => {
    await board.arrive(1);
    const visit = active();
    shell.failNext = failure("disk_full");
    await board.tapOutcome(visit, outcome("buy"));
    expect(board.activeId).toBe(visit.id);
    expect(board.details).toBeNull();
    expect(board.error?.code).toBe("disk_full");
  });

  it("closes a sale in one tap and adds amount and receipt afterwards", async () => {
    await board.arrive(1);
    const visit = active();
    await board.tapOutcome(visit, outcome("buy"));
    expect(board.today.bought).toBe(1);
    const sale = board.details!;
    sale.amount = "1,280.50";
    sale.receipt = " A-1 ";
    await sale.flush("CNY");
    expect((await shell.visit(visit.id)).outcome).toMatchObject({ amount_minor: 128_050, receipt: "A-1" });
    expect(sale.saving).toBe("saved");
  });

  it("keeps an amount it cannot read on screen and out of the ledger", async () => {
    await board.arrive(1);
    const visit = active();
    await board.tapOutcome(visit, outcome("buy"));
    board.details!.amount = "12.345";
    await board.details!.flush("CNY");
    expect(board.details!.badAmount).toBe(true);
    expect((await shell.visit(visit.id)).outcome?.amount_minor).toBeNull();
  });

  it("keeps a receipt number that is too long on screen, and saves the amount beside it", async () => {
    await board.arrive(1);
    const visit = active();
    await board.tapOutcome(visit, outcome("buy"));
    const sale = board.details!;
    sale.amount = "90";
    sale.receipt = "9".repeat(RECEIPT_MAX + 1);
    await sale.flush("CNY");
    expect(sale.badReceipt).toBe(true);
    expect((await shell.visit(visit.id)).outcome).toMatchObject({ amount_minor: 9_000, receipt: null });
    sale.receipt = "好".repeat(RECEIPT_MAX);
    await sale.flush("CNY");
    expect(sale.badReceipt).toBe(false);
    expect((await shell.visit(visit.id)).outcome?.receipt).toHaveLength(RECEIPT_MAX);
  });

  it("leaves out what a scanner sends unseen", async () => {
    await board.arrive(1);
    const visit = active();
    await board.tapOutcome(visit, outcome("buy"));
    board.details!.receipt = "\u001dA-1\t77\u0085\u0000";
    await board.details!.flush("CNY");
    expect((await shell.visit(visit.id)).outcome?.receipt).toBe("A-1 77");
  });

  it("saves no amount for a sale that could not be closed", async () => {
    await board.arrive(1);
    const visit = active();
    shell.failNext = failure("disk_full");
    const closing = board.tapOutcome(visit, outcome("buy"));
    const sale = board.details!;
    sale.amount = "90";
    await Promise.all([closing, sale.flush("CNY")]);
    await sale.flush("CNY");
    expect((await shell.visit(visit.id)).state).toBe("open");
    expect(board.error?.code).toBe("disk_full");
  });
});

describe("undo", () => {
  it("reopens a closed visit and shows it", async () => {
    await board.arrive(1);
    const visit = active();
    await board.tapOutcome(visit, outcome("buy"));
    await board.undo();
    expect(board.activeId).toBe(visit.id);
    expect(board.details).toBeNull();
    expect(board.said).toEqual({ kind: "undone", what: "outcome" });
  });

  it("does not close the visit again for what still stood in the strip", async () => {
    await board.arrive(1);
    const visit = active();
    await board.tapOutcome(visit, outcome("buy"));
    const sale = board.details!;
    sale.amount = "90";
    // One while the undo is on its way, one when the strip is taken away.
    await Promise.all([board.undo(), sale.flush("CNY")]);
    await sale.flush("CNY");
    expect((await shell.visit(visit.id)).state).toBe("open");
    expect(board.activeId).toBe(visit.id);
    expect(board.error).toBeNull();
  });

  it("takes an arrival back", async () => {
    await board.arrive(1);
    await board.undo();
    expect(board.visits).toEqual([]);
    expect(board.said).toEqual({ kind: "undone", what: "arrival" });
  });

  it("waits for the taps before it", async () => {
    await board.arrive(1);
    void board.tapChoice(active(), age, "a20");
    await board.undo();
    expect(active().fields).toEqual({});
    expect(board.said).toEqual({ kind: "undone", what: "tap" });
  });

  it("does nothing when there is nothing to undo", async () => {
    await board.undo();
    expect(board.error).toBeNull();
  });
});

describe("the note", () => {
  it("is saved before its visit is closed", async () => {
    await board.arrive(1);
    const visit = active();
    board.openNote(visit);
    if (board.panels.drawer?.kind === "note") board.panels.drawer.draft.take("周末再来");
    await board.tapOutcome(visit, outcome("buy"));
    expect((await shell.visit(visit.id)).fields["note"]).toBe("周末再来");
  });

  it("is saved when the drawer closes, if it could not be saved before", async () => {
    await board.arrive(1);
    const visit = active();
    board.openNote(visit);
    if (board.panels.drawer?.kind !== "note") throw new Error("no note is open");
    board.panels.drawer.draft.take("周末再来");
    shell.failNext = failure("disk_full");
    board.panels.drawer.draft.flush();
    await vi.waitFor(() => expect(board.error?.code).toBe("disk_full"));
    board.panels.close();
    await board.settled();
    expect((await shell.visit(visit.id)).fields["note"]).toBe("周末再来");
    expect(board.error).toBeNull();
  });
});

describe("a write that hangs", () => {
  it("is told, stays told while more is tapped, and goes away with its answer", async () => {
    await board.arrive(1);
    vi.useFakeTimers();
    let answer = () => {};
    const note = shell.note.bind(shell);
    vi.spyOn(shell, "note").mockImplementationOnce(async (id, patch) => {
      await new Promise<void>((resolve) => (answer = resolve));
      return note(id, patch);
    });
    const slow = board.tapChoice(active(), age, "a20");
    await vi.advanceTimersByTimeAsync(HANGS_MS);
    expect(board.error?.code).toBe("internal");
    const behind = board.tapChoice(active(), attention, "bag");
    expect(board.error?.code).toBe("internal");
    answer();
    await vi.runAllTimersAsync();
    await Promise.all([slow, behind]);
    expect(board.error).toBeNull();
    expect(active().fields).toEqual({ age: "a20", attention: ["bag"] });
  });

  it("keeps nobody waiting for ever, and takes what waits behind it along when the clerk goes", async () => {
    await board.arrive(1);
    vi.useFakeTimers();
    let answer = (_: unknown) => {};
    const note = vi
      .spyOn(shell, "note")
      .mockImplementationOnce(() => new Promise((_, reject) => (answer = reject)));
    void board.tapChoice(active(), age, "a20");
    void board.tapChoice(active(), attention, "bag");
    const settled = vi.fn();
    void board.settled().then(settled);
    await vi.advanceTimersByTimeAsync(PATIENCE_MS - 1);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(settled).toHaveBeenCalledOnce();
    board.leave();
    answer(failure("locked"));
    await vi.runAllTimersAsync();
    expect(note).toHaveBeenCalledOnce();
  });
});

it("hands over to the lock screen when the shell has locked itself", async () => {
  await shell.lock();
  await board.arrive(1);
  expect(locked).toHaveBeenCalledOnce();
  expect(board.error).toBeNull();
});
