import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { dwell } from "../i18n";
import { FakeBackend } from "../ipc/fake";
import { BoardState } from "./board.svelte";
import { Hands } from "./hands";
import { Clock } from "./clock.svelte";
import { watch } from "./watch";

const NOON = Date.parse("2026-11-24T04:00:00Z");

beforeEach(() => void vi.useFakeTimers({ now: NOON }));
afterEach(() => void vi.useRealTimers());

describe("the clock", () => {
  it("takes an answer that was late for what it is: never a step back", () => {
    const clock = new Clock();
    clock.set({ now_ms: NOON, steady_ms: 5_000 });
    vi.advanceTimersByTime(1_000);
    clock.follow(5_600);
    expect(clock.exactSteady()).toBe(6_000);
    clock.follow(9_000);
    expect(clock.exactSteady()).toBe(9_000);
  });

  it("stamps taps with the shell's wall time, whatever becomes of the page's", () => {
    const clock = new Clock();
    clock.set({ now_ms: NOON + 7_000, steady_ms: 5_000 });
    vi.setSystemTime(NOON + 86_400_000);
    vi.advanceTimersByTime(1_500);
    expect(clock.exact()).toBe(NOON + 8_500);
  });
});

describe("the minutes of a running visit", () => {
  let shell: FakeBackend;
  let board: BoardState;
  let stop: () => void;
  const minutes = () => board.visits.map((visit) => dwell(board.clock.steady - visit.since_steady_ms));

  beforeEach(async () => {
    shell = new FakeBackend({ phase: "open", empty: true });
    board = new BoardState(shell, vi.fn(), "c-li");
    stop = watch(board, shell, new Hands());
    const loaded = board.load();
    // Away from the full second, on which the clock ticks.
    await vi.advanceTimersByTimeAsync(500);
    await loaded;
    void board.arrive(1);
    await vi.advanceTimersByTimeAsync(120_600);
  });

  afterEach(() => stop());

  it("run on", () => {
    expect(minutes()).toEqual(["02:00"]);
  });

  it.each([3_600_000, -3_600_000])("do not move when the wall clock jumps by %d ms", async (jump) => {
    vi.setSystemTime(Date.now() + jump);
    expect(minutes()).toEqual(["02:00"]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(minutes()).toEqual(["02:30"]);
    // The jump was noticed and the board read again: what is stamped from now on has the new wall time.
    expect(board.clock.exact()).toBe(Date.now());
    void board.arrive(1);
    await vi.advanceTimersByTimeAsync(11_000);
    expect(minutes().toSorted()).toEqual(["00:10", "02:41"]);
  });

  it.each([3_600_000, -3_600_000])("are as long in the day log after a jump of %d ms", async (jump) => {
    vi.setSystemTime(Date.now() + jump);
    const day = shell.day(null, null, false);
    await vi.advanceTimersByTimeAsync(30_000);
    const row = (await day).rows.find((other) => other.state === "open")!;
    expect(dwell(board.nowFor(row.id) - row.entered_ms)).toBe("02:30");
  });

  it.each([3_600_000, -3_600_000])(
    "are put right on the clock of the arrival after a jump of %d ms",
    async (jump) => {
      vi.setSystemTime(Date.now() + jump);
      await vi.advanceTimersByTimeAsync(2_000);
      const visit = board.active!;
      const set = vi.spyOn(shell, "setEntered");
      void board.shiftEntered(visit, 5 * 60_000);
      await vi.advanceTimersByTimeAsync(200);
      const [, entered] = set.mock.calls[0]!;
      const latest = visit.entered_ms + board.clock.exactSteady() - 200 - visit.since_steady_ms;
      expect(Math.abs(entered - latest)).toBeLessThan(100);
      expect(board.clock.nowFor(visit) - visit.entered_ms).toBeLessThan(180_000);
    },
  );

  it("have what passed while the machine slept, once the page is back", async () => {
    const real = await shell.board;
    // Asleep, the page's own steady clock stands still and the shell's runs on.
    vi.spyOn(shell, "board").mockImplementation(async () => {
      const then = await real();
      return { ...then, now_ms: then.now_ms + 600_000, steady_ms: then.steady_ms + 600_000 };
    });
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(minutes()).toEqual(["12:01"]);
  });
});
