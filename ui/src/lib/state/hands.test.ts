import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Hands, MOST_MS, REST_MS } from "./hands";

let hands: Hands;
let job: ReturnType<typeof vi.fn<() => void>>;

beforeEach(() => {
  vi.useFakeTimers();
  hands = new Hands();
  job = vi.fn();
});
afterEach(() => vi.useRealTimers());

it("does at once what hands at rest do not notice", () => {
  hands.later(job).ask();
  expect(job).toHaveBeenCalledTimes(1);
});

it("waits for hands that tap, and does it once for any number of times", () => {
  const page = new EventTarget();
  const stop = hands.watch(page);
  const later = hands.later(job);
  page.dispatchEvent(new Event("pointerdown"));
  later.ask();
  vi.advanceTimersByTime(REST_MS - 10);
  page.dispatchEvent(new Event("keydown"));
  later.ask();
  vi.advanceTimersByTime(REST_MS - 10);
  expect(job).not.toHaveBeenCalled();
  vi.advanceTimersByTime(10);
  expect(job).toHaveBeenCalledTimes(1);
  stop();
  page.dispatchEvent(new Event("keydown"));
  later.ask();
  expect(job, "nobody watches any more").toHaveBeenCalledTimes(2);
});

it("does not wait for ever", () => {
  hands.later(job).ask();
  job.mockClear();
  hands.moved();
  hands.later(job).ask();
  for (let waited = 0; waited < MOST_MS; waited += 100) {
    expect(job).not.toHaveBeenCalled();
    hands.moved();
    vi.advanceTimersByTime(100);
  }
  expect(job).toHaveBeenCalledTimes(1);
});

it("leaves what nobody wants any more", () => {
  hands.moved();
  const later = hands.later(job);
  later.ask();
  later.cancel();
  vi.advanceTimersByTime(MOST_MS);
  expect(job).not.toHaveBeenCalled();
});
