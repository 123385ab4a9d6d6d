import { expect, it } from "vitest";
import { Queue } from "./queue";

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
