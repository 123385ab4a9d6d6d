import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { failure, type DayRow, type DayView } from "../../lib/ipc";
import { FakeBackend } from "../../lib/ipc/fake";
import { DayLogState, REFRESH_MS } from "./daylog.svelte";

const PAGE = 3;
const shell = new FakeBackend();
const locked = vi.fn();
/** The visits of the day by number, newest first; the number is also the time of entry. */
let visits: number[];
let base: DayView;
let log: DayLogState;

beforeEach(async () => {
  base = await shell.day(null, null, false);
  vi.useFakeTimers();
  locked.mockClear();
  visits = [5, 4, 3, 2, 1];
  vi.spyOn(shell, "day").mockImplementation(async (_, after) => page(after));
  log = new DayLogState(shell, locked);
  await log.open(null);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function page(after: string | null): DayView {
  const from = visits.filter((n) => after === null || n < Number(after));
  const rows = from.slice(0, PAGE).map((n): DayRow => ({ ...base.rows[0]!, id: `${n}`, entered_ms: n }));
  const next = from.length > PAGE ? (rows.at(-1)?.id ?? null) : null;
  return { ...base, figures: { ...base.figures, parties: visits.length, unchecked: 0 }, rows, next };
}

const shown = () => log.rows.map((row) => Number(row.id));

async function refreshed(): Promise<void> {
  log.stale();
  await vi.advanceTimersByTimeAsync(REFRESH_MS);
}

it("reads once for all that happens within a second, and nothing before a day is open", async () => {
  const unopened = new DayLogState(shell, locked);
  unopened.stale();
  for (let at = 0; at < 25; at++) {
    log.stale();
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(shell.day).toHaveBeenCalledTimes(1 + 2);
});

it("puts new visits on top and keeps the pages read so far", async () => {
  await log.readMore();
  visits = [7, 6, ...visits];
  await refreshed();
  expect(shown()).toEqual([7, 6, 5, 4, 3, 2, 1]);
  expect(log.view?.figures.parties).toBe(7);
  expect(log.more).toBe(false);
});

it("goes on reading where it was", async () => {
  visits = [6, ...visits];
  await refreshed();
  expect(shown()).toEqual([6, 5, 4, 3]);
  await log.readMore();
  expect(shown()).toEqual([6, 5, 4, 3, 2, 1]);
});

it("drops a visit that was taken back", async () => {
  visits = [5, 3, 2, 1];
  await refreshed();
  expect(shown()).toEqual([5, 3, 2]);
  visits = [3, 2];
  await refreshed();
  expect(shown()).toEqual([3, 2]);
  expect(log.more).toBe(false);
});

it("leaves no gap when more came in than a page holds", async () => {
  visits = [9, 8, 7, 6, ...visits];
  await refreshed();
  expect(shown()).toEqual([9, 8, 7]);
  await log.readMore();
  expect(shown()).toEqual([9, 8, 7, 6, 5, 4]);
});

it("gives way to a page that is being read, and comes after it", async () => {
  let answer = () => {};
  vi.mocked(shell.day).mockImplementationOnce(async (_, after) => {
    await new Promise<void>((resolve) => (answer = resolve));
    return page(after);
  });
  const more = log.readMore();
  visits = [6, ...visits];
  await refreshed();
  expect(shown()).toEqual([5, 4, 3]);
  answer();
  await more;
  await vi.advanceTimersByTimeAsync(REFRESH_MS);
  expect(shown()).toEqual([6, 5, 4, 3, 2, 1]);
});

it("says nothing when it fails, but follows the shell to the lock screen", async () => {
  vi.mocked(shell.day).mockRejectedValueOnce(failure("internal"));
  await refreshed();
  expect([log.error, log.busy, shown()]).toEqual([null, false, [5, 4, 3]]);
  vi.mocked(shell.day).mockRejectedValueOnce(failure("locked"));
  await refreshed();
  expect(locked).toHaveBeenCalledOnce();
});

it("reads no more when nobody looks", async () => {
  log.stale();
  log.stop();
  await vi.advanceTimersByTimeAsync(2 * REFRESH_MS);
  expect(shell.day).toHaveBeenCalledOnce();
});
