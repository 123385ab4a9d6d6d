// A device that nobody touches locks by itself, on the whole interface with the stand-in shell.

import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { freshWindow, opened, tap } from "./floor-test";

freshWindow();

beforeEach(() => void vi.useFakeTimers({ shouldAdvanceTime: true }));
afterEach(() => void vi.useRealTimers());

const phase = async (shell: Awaited<ReturnType<typeof opened>>) => (await shell.boot()).phase;

describe("a device that nobody touches", () => {
  it("locks after two minutes", async () => {
    const shell = await opened({ phase: "open", empty: true });
    await vi.advanceTimersByTimeAsync(119_000);
    expect(await phase(shell)).toBe("open");
    await vi.advanceTimersByTimeAsync(2_000);
    await waitFor(async () => expect(await phase(shell)).toBe("locked"));
    expect(screen.queryByTestId("size-1")).toBeNull();
  });

  it("stays open while a hand or a key touches it", async () => {
    const shell = await opened({ phase: "open", empty: true });
    for (let times = 0; times < 3; times += 1) {
      await vi.advanceTimersByTimeAsync(100_000);
      await (times % 2
        ? fireEvent.keyDown(document.body, { key: "Shift" })
        : fireEvent.pointerDown(document.body));
    }
    expect(await phase(shell)).toBe("open");
  });

  it("locks after the time that it is set to", async () => {
    const shell = await opened({ phase: "open", empty: true });
    await tap("settings-open");
    await tap("set-lock-5");
    await fireEvent.pointerDown(document.body);
    await vi.advanceTimersByTimeAsync(290_000);
    expect(await phase(shell)).toBe("open");
    await vi.advanceTimersByTimeAsync(11_000);
    await waitFor(async () => expect(await phase(shell)).toBe("locked"));
  });
});
