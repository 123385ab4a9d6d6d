// Logging while the key is away, on the whole interface with the stand-in shell.

import { screen, waitFor } from "@testing-library/svelte";
import { expect, it } from "vitest";
import { find, freshWindow, opened, saved, tap } from "./floor-test";
import { failure } from "./lib/ipc";
import type { FakeOptions } from "./lib/ipc/fake";

freshWindow();

const LOCKED_KEYRING: FakeOptions = { phase: "trouble", trouble: "keyring_locked", outfit: true };

it("a clerk goes on by a code alone, and sees on every screen that the key is away", async () => {
  await opened(LOCKED_KEYRING);
  await tap("trouble-go-on");
  expect((await find("key-away")).textContent).toContain("加密封存");
  expect(document.querySelector("[data-screen=lock]")?.textContent).not.toContain("小李");
  await tap("clerk-c-li");
  await find("lock");
  expect(screen.getByTestId("key-away")).toBeTruthy();
  await tap("size-2");
  await saved();
  await tap("lock");
  await find("clerk-c-li");
  expect(screen.getByTestId("key-away")).toBeTruthy();
});

it("once the key is back everything is as before", async () => {
  await opened(LOCKED_KEYRING);
  await tap("trouble-go-on");
  await find("key-away");
  await tap("clerk-c-li");
  await find("lock");
  await tap("key-away-retry");
  await waitFor(() => expect(screen.queryByTestId("key-away")).toBeNull(), { timeout: 3000 });
  expect((await find("clerk-c-li")).textContent).toContain("小李");
  expect(screen.getByTestId("clerk-c-li").dataset["hasPin"]).toBe("true");
});

it("as long as it is away the clerk stays where they were", async () => {
  await opened({ ...LOCKED_KEYRING, keyAway: true });
  await tap("trouble-go-on");
  await find("key-away");
  await tap("clerk-c-li");
  await find("lock");
  await tap("key-away-retry");
  await screen.findByText(/仍然打不开/, {}, { timeout: 3000 });
  expect(screen.getByTestId("lock")).toBeTruthy();
});

it("what keeps them from going on is said", async () => {
  const shell = await opened(LOCKED_KEYRING);
  shell.failNext = failure("disk_full");
  await tap("trouble-go-on");
  expect((await find("error")).dataset["code"]).toBe("disk_full");
  await tap("trouble-go-on");
  await find("key-away");
});

it("where nothing can be sealed nobody goes on", async () => {
  await opened({ phase: "trouble", trouble: "keyring_locked" });
  await find("trouble-retry");
  expect(screen.queryByTestId("trouble-go-on")).toBeNull();
});
