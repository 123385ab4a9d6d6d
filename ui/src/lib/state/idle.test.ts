import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { whenLeft } from "./idle";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("happens once nobody touched the page for so long, and not again", () => {
  const job = vi.fn();
  whenLeft(new EventTarget(), 1000, job);
  vi.advanceTimersByTime(999);
  expect(job).not.toHaveBeenCalled();
  vi.advanceTimersByTime(5000);
  expect(job).toHaveBeenCalledTimes(1);
});

it.each(["pointerdown", "keydown", "input", "wheel"])("waits anew after a %s", (sign) => {
  const [page, job] = [new EventTarget(), vi.fn()];
  whenLeft(page, 1000, job);
  for (let times = 0; times < 3; times += 1) {
    vi.advanceTimersByTime(900);
    page.dispatchEvent(new Event(sign));
  }
  vi.advanceTimersByTime(999);
  expect(job).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(job).toHaveBeenCalled();
});

it("does not happen once it is stopped", () => {
  const [page, job] = [new EventTarget(), vi.fn()];
  whenLeft(page, 1000, job)();
  page.dispatchEvent(new Event("keydown"));
  vi.advanceTimersByTime(5000);
  expect(job).not.toHaveBeenCalled();
});
