// What a clerk adds to a visit after it has ended.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { failure } from "../ipc";
import { FakeBackend } from "../ipc/fake";
import { PACKS } from "../ipc/fake/data";
import { BoardState } from "./board.svelte";
import type { ClosingDetails } from "./details.svelte";

const outcome = (code: string) => PACKS.apparel.outcomes.find((choice) => choice.code === code)!;
const MINUTE = 60_000;

let shell: FakeBackend;
let board: BoardState;
let visitId: string;

beforeEach(async () => {
  shell = new FakeBackend({ phase: "open", empty: true });
  board = new BoardState(shell, vi.fn());
  await board.load();
});

async function ended(code: string, reasons: string[] = []): Promise<ClosingDetails> {
  await board.arrive(1);
  const visit = board.active!;
  visitId = visit.id;
  await board.shiftEntered(visit, -30 * MINUTE);
  await board.close(visit, outcome(code), reasons);
  return board.details!;
}

const stored = async () => (await shell.visit(visitId)).outcome;

describe("pieces, reasons and a date to follow up", () => {
  it("are saved by their tap, beside what is typed", async () => {
    const details = await ended("buy");
    details.amount = "90";
    await details.pick({ pieces: 2 }, "CNY");
    expect(await stored()).toMatchObject({ pieces: 2, amount_minor: 9_000 });
    expect(details.saving).toBe("saved");
  });

  it("add up when tapped faster than the shell answers", async () => {
    const details = await ended("none", ["price"]);
    await Promise.all(["size", "look", "size"].map((code) => details.toggleReason(code, "CNY")));
    expect(details.picked.reasons).toEqual(["price", "look"]);
    expect((await stored())?.reasons).toEqual(["price", "look"]);
  });

  it("go back to what is stored when the tap fails, and the board says why", async () => {
    const details = await ended("lead");
    await details.pick({ follow_up: "2030-01-01" }, "CNY");
    shell.failNext = failure("disk_full");
    await details.pick({ follow_up: "2030-01-02" }, "CNY");
    expect(details.picked.follow_up).toBe("2030-01-01");
    expect(details.saving).toBe("failed");
    expect(board.error?.code).toBe("disk_full");
  });

  it("survive one failed tap among others", async () => {
    const details = await ended("none", ["price"]);
    shell.failNext = failure("disk_full");
    await Promise.all([details.toggleReason("size", "CNY"), details.toggleReason("look", "CNY")]);
    expect((await stored())?.reasons).toEqual(["price", "size", "look"]);
    expect(details.picked.reasons).toEqual(["price", "size", "look"]);
  });

  it("keep nobody waiting: the next visitor comes in meanwhile", async () => {
    const details = await ended("lead");
    const saving = details.pick({ follow_up: "2030-01-01" }, "CNY");
    await board.arrive(2);
    await saving;
    expect(board.active?.size).toBe(2);
    expect((await stored())?.follow_up).toBe("2030-01-01");
  });
});

describe("undo", () => {
  it("takes back the last addition and leaves the strip with the rest", async () => {
    const details = await ended("buy");
    details.amount = "90";
    await details.flush("CNY");
    await details.pick({ pieces: 3 }, "CNY");
    await board.undo();
    const left = board.details!;
    left.show("CNY");
    expect([left.amount, left.picked.pieces]).toEqual(["90", null]);
    expect(await stored()).toMatchObject({ amount_minor: 9_000, pieces: null });
    // What was still on its way in the old strip is gone with it.
    await details.pick({ pieces: 4 }, "CNY");
    expect((await stored())?.pieces).toBeNull();
  });

  it("takes back a change of the time of leaving", async () => {
    const details = await ended("buy");
    const { left_ms } = await shell.visit(visitId);
    await details.shiftLeft(-5 * MINUTE, () => board.clock.exact());
    await board.undo();
    expect((await shell.visit(visitId)).left_ms).toBe(left_ms);
    expect(board.said).toEqual({ kind: "undone", what: "time" });
  });
});

describe("the time of leaving", () => {
  it("moves by quick steps that add up", async () => {
    const details = await ended("buy");
    const before = (await shell.visit(visitId)).left_ms!;
    await Promise.all([-5, -1, 1].map((step) => details.shiftLeft(step * MINUTE, () => board.clock.exact())));
    expect((await shell.visit(visitId)).left_ms).toBe(before - 5 * MINUTE);
    expect(details.closed?.dwell_source).toBe("adjusted");
  });

  it("is never before the time of coming in, nor still to come", async () => {
    const details = await ended("buy");
    await details.shiftLeft(-40 * MINUTE, () => board.clock.exact());
    expect(details.closed?.left_ms).toBe(details.closed?.entered_ms);
    const now = board.clock.exact();
    await details.shiftLeft(90 * MINUTE, () => now);
    expect(details.closed?.left_ms).toBe(now);
  });
});

describe("the time of coming in", () => {
  it("moves by quick steps that add up, and not into the future", async () => {
    await board.arrive(1);
    const visit = board.active!;
    await Promise.all([-5, -1, -1].map((step) => board.shiftEntered(visit, step * MINUTE)));
    expect(board.active?.entered_ms).toBe(visit.entered_ms - 7 * MINUTE);
    await board.shiftEntered(board.active!, 60 * MINUTE);
    expect(board.error).toBeNull();
    expect(board.active!.entered_ms).toBeLessThanOrEqual(board.clock.exact());
  });
});

it("a correction takes the strip away, so that nothing older is written over it", async () => {
  const details = await ended("none", ["price"]);
  await board.correct(visitId, {
    patch: {},
    outcome: { ...(await stored())!, reasons: ["size"] },
    entered_ms: null,
    left_ms: null,
    reason: "mistap",
  });
  expect(board.details).toBeNull();
  await details.toggleReason("look", "CNY");
  expect((await stored())?.reasons).toEqual(["size"]);
});

describe("a drawer that stays", () => {
  const shoes = { kind: "group", key: "shoes", stays: true } as const;

  it("is open again for the next visitor, also after reasons were asked for", async () => {
    await board.arrive(1);
    board.panels.toggle(shoes);
    await board.arrive(2);
    expect(board.panels.drawer).toEqual(shoes);
    await board.tapOutcome(board.active!, outcome("none"));
    expect(board.panels.drawer?.kind).toBe("reasons");
    await board.close(board.active!, outcome("none"), ["price"]);
    expect(board.panels.drawer).toEqual(shoes);
  });

  it("is gone once someone closes it", async () => {
    await board.arrive(1);
    board.panels.toggle(shoes);
    board.panels.close();
    await board.arrive(2);
    expect(board.panels.drawer).toBeNull();
  });

  it("is the only kind that does", async () => {
    await board.arrive(1);
    board.panels.toggle({ kind: "group", key: "age", stays: false });
    await board.arrive(2);
    expect(board.panels.drawer).toBeNull();
  });
});
