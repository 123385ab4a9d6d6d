import { expect, it, vi } from "vitest";
import { failure } from "../ipc";
import { RecoveryState } from "./recovery.svelte";

const CODE = "7KQ3M-X0R9T-AB2CD-58HJN-VWYZE-4FGPS";

/** A shell that gives one code, and knows it again. */
function shell() {
  return {
    makeRecoveryCode: vi.fn(async () => CODE),
    confirmRecoveryCode: vi.fn(async (code: string) => {
      if (code !== CODE) throw failure("recovery_mistyped");
    }),
    recover: vi.fn(async () => {
      throw failure("recovery_wrong");
    }),
  };
}

it("confirms the whole code by its last two groups and forgets it", async () => {
  const behind = shell();
  const recovery = new RecoveryState(behind);
  expect(await recovery.make()).toBe(true);
  expect(recovery.code).toBe(CODE);
  expect(await recovery.confirm("VWYZE-4FGPS")).toBe(true);
  expect(behind.confirmRecoveryCode).toHaveBeenCalledWith(CODE);
  expect(recovery.code).toBeNull();
});

it("keeps the code in sight when the paper says something else", async () => {
  const recovery = new RecoveryState(shell());
  await recovery.make();
  expect(await recovery.confirm("VWYZE-4FGP5")).toBe(false);
  expect(recovery.error?.code).toBe("recovery_mistyped");
  expect(recovery.code).toBe(CODE);
  expect(await recovery.confirm("vwyze 4fgps")).toBe(true);
  expect(recovery.error).toBeNull();
});

it("forgets the code and the error when it is left", async () => {
  const recovery = new RecoveryState(shell());
  await recovery.make();
  await recovery.confirm("");
  recovery.leave();
  expect(recovery.code).toBeNull();
  expect(recovery.error).toBeNull();
});

it("makes one code however often it is asked at once", async () => {
  const behind = shell();
  const recovery = new RecoveryState(behind);
  await Promise.all([recovery.make(), recovery.make()]);
  expect(behind.makeRecoveryCode).toHaveBeenCalledTimes(1);
});

it("says why a code does not open the database", async () => {
  const recovery = new RecoveryState(shell());
  expect(await recovery.recover(CODE)).toBe(false);
  expect(recovery.error?.code).toBe("recovery_wrong");
  expect(recovery.busy).toBe(false);
});
