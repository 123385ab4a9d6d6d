import { afterEach, expect, it, vi } from "vitest";
import { HANGS_MS, Queue } from "./queue";

afterEach(() => void vi.useRealTimers());

it("runs jobs in their order, however long each takes", async () => {
  const queue = new Queue();
  const done: string[] = [];
  const job = (name: string, ms: number) => () =>
    new Promise<void>((resolve) => setTimeout(() => resolve(void done.push(name)), ms));
  await Promise.all([queue.run(job("slow", 20)), queue.run(job("fast", 1))]);
  expect(done).toEqual(["slow", "fast"]);
});

it("goes on after a failed job and hands the failure to its caller", async () => {
  const queue = new Queue();
  const failed = queue.run(() => Promise.reject(new Error("no")));
  const next = queue.run(async () => "yes");
  await expect(failed).rejects.toThrow("no");
  await expect(next).resolves.toBe("yes");
});

it("tells once that a job hangs, keeps the order behind it, and tells when it answers after all", async () => {
  vi.useFakeTimers();
  const told: boolean[] = [];
  const queue = new Queue((hangs) => told.push(hangs));
  let answer = (_: string) => {};
  const slow = queue.run(() => new Promise<string>((resolve) => (answer = resolve)));
  const next = vi.fn(async () => "next");
  const behind = queue.run(next);
  await vi.advanceTimersByTimeAsync(HANGS_MS - 1);
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(3 * HANGS_MS);
  expect(told).toEqual([true]);
  expect(next).not.toHaveBeenCalled();
  answer("late");
  expect(await Promise.all([slow, behind])).toEqual(["late", "next"]);
  expect(told).toEqual([true, false]);
});

it("begins nothing more once it is stopped", async () => {
  const queue = new Queue();
  const job = vi.fn(async () => undefined);
  const begun = queue.run(async () => "begun");
  await begun;
  const waiting = queue.run(job);
  queue.stop();
  await expect(waiting).rejects.toMatchObject({ code: "locked" });
  expect(job).not.toHaveBeenCalled();
});
