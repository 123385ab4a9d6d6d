// A damaged database, on the whole interface with the stand-in shell.

import { screen } from "@testing-library/svelte";
import { expect, it } from "vitest";
import { find, freshWindow, opened, tap } from "./floor-test";
import { failure } from "./lib/ipc";
import type { FakeOptions } from "./lib/ipc/fake";

freshWindow();

const DAMAGED: FakeOptions = { phase: "trouble", trouble: "database_damaged", outfit: true };

it("whoever has a pairing code begins anew, and is asked whether they mean it", async () => {
  await opened(DAMAGED);
  await tap("trouble-anew");
  await tap("trouble-anew-not");
  await tap("trouble-anew");
  await tap("trouble-anew-sure");
  expect(await find("setup-code")).toBeTruthy();
});

it("the clerks go on meanwhile", async () => {
  await opened(DAMAGED);
  await tap("trouble-go-on");
  await find("key-away");
});

it("what keeps it from beginning anew is said", async () => {
  const shell = await opened(DAMAGED);
  shell.failNext = failure("disk_full");
  await tap("trouble-anew");
  await tap("trouble-anew-sure");
  expect((await find("error")).dataset["code"]).toBe("disk_full");
  expect(await find("trouble-anew")).toBeTruthy();
});

it("nobody begins anew over another trouble", async () => {
  await opened({ phase: "trouble", trouble: "key_mismatch" });
  await find("trouble-retry");
  expect(screen.queryByTestId("trouble-anew")).toBeNull();
});
