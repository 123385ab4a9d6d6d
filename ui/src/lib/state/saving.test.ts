import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LATE_MS, MARK_STAYS_MS, Saving } from "./saving.svelte";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const after = <T>(ms: number, answer: () => T) =>
  new Promise<T>((resolve) => setTimeout(() => resolve(answer()), ms));

it("marks nothing for writes that are answered at once, however many", async () => {
  const saving = new Saving();
  for (let tap = 0; tap < 20; tap += 1) {
    void saving.track(after(LATE_MS - 1, () => tap));
    await vi.advanceTimersByTimeAsync(100);
    expect(saving.slow).toBe(false);
  }
  expect(saving.unsaved).toBeGreaterThan(0);
  await vi.runAllTimersAsync();
  expect(saving.unsaved).toBe(0);
});

it("marks a write that takes long, and does not flicker when it is answered right then", async () => {
  const saving = new Saving();
  void saving.track(after(LATE_MS + 10, () => 1));
  await vi.advanceTimersByTimeAsync(LATE_MS);
  expect(saving.slow).toBe(true);
  await vi.advanceTimersByTimeAsync(10);
  expect([saving.unsaved, saving.slow]).toEqual([0, true]);
  await vi.advanceTimersByTimeAsync(MARK_STAYS_MS);
  expect(saving.slow).toBe(false);
});

it("counts a write that fails as answered", async () => {
  const saving = new Saving();
  await saving.track(Promise.reject(new Error("no"))).catch(() => undefined);
  expect(saving.unsaved).toBe(0);
});
