// What the tests of the whole interface share: the app on the stand-in shell, and a hand to use it.

import { cleanup, configure, fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, vi } from "vitest";
import App from "./App.svelte";
import { FakeBackend, type FakeOptions } from "./lib/ipc/fake";
import { DEMO_PIN } from "./lib/ipc/fake/data";
import { Session } from "./lib/state/session.svelte";

// What a screen reader is told stands on the page a second time.
configure({ defaultIgnore: "script, style, .unseen" });

class NoResize {
  observe(): void {}
  disconnect(): void {}
}

/** For each test a window of its own. */
export function freshWindow(): void {
  beforeEach(() => {
    vi.stubGlobal("ResizeObserver", NoResize);
    // What the browser does, as far as the page can tell.
    HTMLDialogElement.prototype.showModal = function showModal() {
      this.setAttribute("open", "");
    };
  });
  afterEach(() => {
    cleanup();
    vi.unstubAllGlobals();
  });
}

export async function opened(options: FakeOptions): Promise<FakeBackend> {
  const shell = new FakeBackend({ prefs: { locale: "zh-CN" }, ...options });
  const session = new Session(shell);
  render(App, { session });
  await session.start();
  return shell;
}

export const tap = (id: string) => fireEvent.click(screen.getByTestId(id));
export const find = (id: string) => screen.findByTestId(id);
export const type = (key: string, init: KeyboardEventInit = {}) =>
  fireEvent.keyDown(document.body, { key, ...init });

/** A clerk signs in, by keys. */
export async function signIn(clerkId: string): Promise<void> {
  await fireEvent.click(await find(`clerk-${clerkId}`));
  for (const digit of DEMO_PIN) await type(digit);
  await find("lock");
}

/** Everything handed in is written. */
export const saved = () =>
  waitFor(() =>
    expect(document.querySelector<HTMLElement>("[data-screen=floor]")?.dataset["unsaved"]).toBe("0"),
  );
