// A PIN that is wanted once more, and what is done when it was right.

import { expect, it, vi } from "vitest";
import { failure } from "../ipc";
import { FakeBackend } from "../ipc/fake";
import { DEMO_PIN } from "../ipc/fake/data";
import { PinCheck } from "./pin-check.svelte";
import { Session } from "./session.svelte";

const types = (check: PinCheck, pin: string) => [...pin].forEach((digit) => check.type(digit));
const wrong = "135791";

/** The manager is signed in. */
async function signedIn(): Promise<Session> {
  const session = new Session(new FakeBackend({ phase: "locked" }));
  await session.start();
  await session.unlock("c-zhou", DEMO_PIN);
  return session;
}

/** Work that wants a fresh PIN the first time. */
function work() {
  return vi.fn(async () => "done").mockRejectedValueOnce(failure("pin_needed"));
}

async function asked(session: Session): Promise<PinCheck> {
  await vi.waitFor(() => expect(session.pinCheck).not.toBeNull());
  return session.pinCheck!;
}

it("is asked for, and then the work is done again", async () => {
  const session = await signedIn();
  const done = session.asManager(work());
  types(await asked(session), DEMO_PIN);
  expect(await done).toBe("done");
  expect(session.pinCheck).toBeNull();
});

it("is not asked for where it is fresh, nor after another failure", async () => {
  const session = await signedIn();
  expect(await session.asManager(async () => 1)).toBe(1);
  const refused = session.asManager(() => Promise.reject(failure("disk_full")));
  await expect(refused).rejects.toMatchObject({ code: "disk_full" });
  expect(session.pinCheck).toBeNull();
});

it("is asked for once, however much waits for it", async () => {
  const session = await signedIn();
  const both = Promise.all([session.asManager(work()), session.asManager(work())]);
  types(await asked(session), DEMO_PIN);
  expect(await both).toEqual(["done", "done"]);
});

it.each(["thought better of", "locked"])("leaves the work undone when it is %s", async (how) => {
  const session = await signedIn();
  const done = session.asManager(work());
  const check = await asked(session);
  if (how === "locked") await session.lock();
  else check.cancel();
  await expect(done).rejects.toMatchObject({ code: "pin_needed" });
  expect(session.pinCheck).toBeNull();
});

it("waits after wrong tries and ends with the tenth", async () => {
  const confirmPin = vi.fn().mockRejectedValueOnce(failure("pin_wait", 30));
  const check = new PinCheck({ confirmPin });
  types(check, wrong);
  await vi.waitFor(() => expect(check.busy).toBe(false));
  expect([check.waitS, check.digits, check.shut]).toEqual([30, "", true]);
  check.type("1");
  expect(check.digits).toBe("");

  check.waits.now += 31_000;
  confirmPin.mockRejectedValueOnce(failure("pin_shut"));
  types(check, wrong);
  await vi.waitFor(() => expect(check.error?.code).toBe("pin_shut"));
  check.waits.now += 3_600_000;
  expect(check.shut).toBe(true);
});
