// The recovery code on its way to the paper and back, on the whole interface with the stand-in shell.

import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { find, freshWindow, opened, signIn, tap, type } from "./floor-test";
import { failure } from "./lib/ipc";
import type { FakeOptions } from "./lib/ipc/fake";
import { DEMO_PIN } from "./lib/ipc/fake/data";
import { RECOVERY_CODES } from "./lib/ipc/fake/paper";

freshWindow();

const [CODE = "", NEXT_CODE = ""] = RECOVERY_CODES;
const PAIRED: FakeOptions = { phase: "locked", paired: true };
const tailOf = (code: string) => code.slice(-11);
const shown = async () => (await find("recovery-code")).textContent.trim().split(/\s+/).join("-");
const write = (id: string, text: string) =>
  fireEvent.input(screen.getByTestId(id), { target: { value: text } });
const status = () => screen.getByTestId("recovery-status").textContent.trim();

async function copied(tail: string): Promise<void> {
  await write("recovery-tail", tail);
  await tap("recovery-tail-send");
}

describe("after pairing", () => {
  it("a code is shown, typed back from the paper, and gone", async () => {
    await opened({ phase: "setup" });
    await write("setup-url", "hq.example.com");
    await write("setup-code", "A".repeat(25));
    await tap("setup-pair");
    await screen.findByTestId("recovery-make", {}, { timeout: 3000 });
    expect(document.body.textContent).not.toContain(CODE.slice(0, 5));
    await tap("recovery-make");
    expect(await shown()).toBe(CODE);
    await tap("recovery-tail-send");
    expect(screen.getByText("最后两组共 10 个字符。")).toBeTruthy();
    await copied("VWYZE-4FGP5");
    expect((await find("error")).dataset["code"]).toBe("recovery_mistyped");
    expect(await shown()).toBe(CODE);
    await copied(tailOf(CODE).toLowerCase());
    await find("clerk-c-zhou");
    expect(document.documentElement.textContent).not.toContain(CODE.slice(0, 5));
  });

  it("it can be put off, and waits in the settings of a manager", async () => {
    await opened({ ...PAIRED, fresh: true });
    await tap("recovery-make");
    await find("recovery-code");
    await tap("recovery-later");
    await tap("clerk-c-zhou");
    for (const digit of DEMO_PIN + DEMO_PIN) await type(digit);
    await find("lock");
    await tap("settings-open");
    expect(status()).toBe("还没有写在纸上");
    expect(screen.queryByTestId("recovery-code")).toBeNull();
  });

  it("a code that could not be made is said, and tried again", async () => {
    const shell = await opened({ ...PAIRED, fresh: true });
    shell.failNext = failure("disk_full");
    await tap("recovery-make");
    expect((await find("error")).dataset["code"]).toBe("disk_full");
    await tap("recovery-make");
    expect(await shown()).toBe(CODE);
  });

  it("the page is not for a trial, nor where somebody has a PIN", async () => {
    await opened({ phase: "locked", fresh: true });
    expect(screen.queryByTestId("recovery-later")).toBeNull();
    await opened(PAIRED);
    expect(screen.queryByTestId("recovery-later")).toBeNull();
  });

  it("the paper says what it is, where from and what for", async () => {
    const printed = vi.spyOn(window, "print").mockImplementation(() => undefined);
    await opened({ ...PAIRED, fresh: true });
    await tap("recovery-make");
    await find("recovery-code");
    await tap("recovery-print");
    expect(printed).toHaveBeenCalled();
    const sheet = document.querySelector("body > .alone")?.textContent ?? "";
    for (const word of ["示范门店", "收银台 1", "7KQ3M X0R9T AB2CD", "58HJN VWYZE 4FGPS", "找不到本机的钥匙"])
      expect(sheet).toContain(word);
    await tap("recovery-later");
    expect(document.querySelector("body > .alone")).toBeNull();
  });
});

describe("in the settings", () => {
  it("a manager makes a new code, which takes the place of the one before", async () => {
    await opened(PAIRED);
    await signIn("c-zhou");
    await tap("settings-open");
    await tap("recovery-make");
    expect(await shown()).toBe(CODE);
    await copied(tailOf(CODE));
    await waitFor(() => expect(status()).toBe("恢复码已写在纸上"));
    expect(screen.queryByTestId("recovery-code")).toBeNull();

    await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>("recovery-make").disabled).toBe(false));
    await tap("recovery-make");
    expect(await shown()).toBe(NEXT_CODE);
    expect(status()).toBe("还没有写在纸上");
    await tap("settings-close");
    await tap("settings-open");
    expect(screen.queryByTestId("recovery-code")).toBeNull();
    expect(status()).toBe("还没有写在纸上");
  });

  it.each([
    ["a clerk", "c-li", true],
    ["the manager of a trial", "c-zhou", false],
  ])("%s sees nothing of it", async (_, clerkId, paired) => {
    await opened({ phase: "locked", paired });
    await signIn(clerkId);
    await tap("settings-open");
    expect(screen.queryByTestId("recovery")).toBeNull();
  });
});

describe("when the key is missing", () => {
  it.each(["key_lost", "key_mismatch"] as const)(
    "the code from the paper opens the lock screen: %s",
    async (trouble) => {
      await opened({ phase: "trouble", trouble, paired: true });
      await write("recover-code", "7kq3m x0r9t");
      await tap("recover-code-send");
      expect(screen.getByText("恢复码要有 30 个字符。")).toBeTruthy();
      await write("recover-code", CODE.replace("7", "8"));
      await tap("recover-code-send");
      expect((await find("error")).dataset["code"]).toBe("recovery_mistyped");
      await write("recover-code", CODE.toLowerCase());
      await tap("recover-code-send");
      await find("clerk-c-zhou");
    },
  );

  it("other troubles ask for no code", async () => {
    await opened({ phase: "trouble", trouble: "keyring_locked" });
    expect(screen.queryByTestId("recover-code")).toBeNull();
  });
});
