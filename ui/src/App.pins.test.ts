// PINs that are forgotten, shut, or wanted once more, on the whole interface with the stand-in shell.

import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { find, freshWindow, opened, tap, type } from "./floor-test";
import { DEMO_PIN } from "./lib/ipc/fake/data";
import { RECOVERY_CODES } from "./lib/ipc/fake/paper";

freshWindow();
afterEach(() => vi.useRealTimers());

const NEW_PIN = "918273";
const WRONG = "135791";
const said = () => screen.getByTestId("voice").textContent;

async function types(pin: string): Promise<void> {
  for (const digit of pin) await type(digit);
}

/** The minute in which a PIN counts as just typed is over. */
function later(): void {
  const now = Date.now() + 61_000;
  vi.useFakeTimers({ now, toFake: ["Date"] });
}

async function tidy(): Promise<void> {
  const rules = { "color-contrast": { enabled: false } }; // no layout here
  const { violations } = await axe.run(document.body, { rules });
  expect(violations.map(({ id }) => id)).toEqual([]);
}

describe("a PIN that was wrong ten times", () => {
  it("is said to be shut, and a new one is chosen with the manager's word", async () => {
    const shell = await opened({ phase: "locked", wrong: 9 });
    await tap("clerk-c-li");
    await types(WRONG);
    await find("pin-new");
    expect(screen.getByText("已输错十次，这个 PIN 停用了")).toBeTruthy();
    expect(said()).toContain("停用");
    expect(screen.getByTestId<HTMLButtonElement>("pin-1").disabled).toBe(true);
    await tap("clerk-c-wang");
    await tap("clerk-c-li");
    await tap("pin-new");
    await types(NEW_PIN + NEW_PIN);
    expect(screen.getByRole("heading", { name: "请周店长输入 PIN 同意" })).toBeTruthy();
    expect(said()).toContain("请周店长输入 PIN 同意");
    await tidy();
    await types(DEMO_PIN);
    await find("size-1");
    await shell.unlock("c-li", NEW_PIN);
  });

  it("of the only manager is replaced with the recovery code", async () => {
    await opened({ phase: "locked", paired: true, wrong: 9 });
    await tap("clerk-c-zhou");
    await types(WRONG);
    await fireEvent.click(await find("pin-new"));
    await types(NEW_PIN + NEW_PIN);
    const field = await screen.findByTestId<HTMLInputElement>("approve-code");
    expect(document.activeElement).toBe(field);
    expect(screen.getByText(/请联系总部/)).toBeTruthy();
    await tidy();
    await tap("approve-code-send");
    expect(screen.getByText("恢复码要有 30 个字符。")).toBeTruthy();
    await fireEvent.input(field, { target: { value: "7".repeat(30) } });
    await tap("approve-code-send");
    expect((await find("error")).dataset["code"]).toBe("recovery_mistyped");
    await fireEvent.input(field, { target: { value: RECOVERY_CODES[0]!.toLowerCase() } });
    await tap("approve-code-send");
    await find("size-1");
  });
});

describe("a forgotten PIN", () => {
  it("is replaced from the pad at any time, and Escape goes back", async () => {
    await opened({ phase: "locked" });
    await tap("clerk-c-li");
    await type("1");
    await tap("pin-forgot");
    expect(screen.getByRole("heading", { name: "小李，请设置 6 位 PIN" })).toBeTruthy();
    await type("Escape");
    expect(screen.getByRole("heading", { name: "小李的 PIN" })).toBeTruthy();
    await types(DEMO_PIN);
    await find("size-1");
  });

  it("lets the manager wait whose word was wrong too often, not the clerk", async () => {
    await opened({ phase: "locked", wrong: 4 });
    await tap("clerk-c-li");
    await tap("pin-forgot");
    await types(NEW_PIN + NEW_PIN + WRONG);
    await waitFor(() => expect(said()).toContain("请等待"));
    expect(screen.getByTestId<HTMLButtonElement>("pin-1").disabled).toBe(true);
    await tap("pin-restart");
    await types(DEMO_PIN);
    await find("size-1");
  });

  it("of a manager is offered another way than a PIN", async () => {
    await opened({ phase: "locked" });
    await tap("clerk-c-zhou");
    await tap("pin-forgot");
    await types(NEW_PIN + NEW_PIN);
    expect(await find("approve-code")).toBeTruthy();
    expect(screen.queryByTestId("pin-1")).toBeNull();
  });
});

describe("what only a manager does", () => {
  /** The manager, a minute after signing in, makes another recovery code. */
  async function asks(): Promise<void> {
    await opened({ phase: "locked", paired: true });
    await tap("clerk-c-zhou");
    await types(DEMO_PIN);
    await find("size-1");
    later();
    await tap("settings-open");
    await tap("recovery-make");
    await find("pin-ask");
  }

  it("asks for the PIN once more, and is done when it is right", async () => {
    await asks();
    expect(screen.getByRole("dialog", { name: "周店长，请再输一次 PIN" })).toBeTruthy();
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("group", { name: "PIN 键盘" })));
    await tidy();
    await types(WRONG);
    expect((await find("error")).dataset["code"]).toBe("pin_wrong");
    await type("2", { isComposing: true });
    await types(`9`);
    await type("Backspace");
    for (const digit of DEMO_PIN) await tap(`pin-${digit}`);
    await find("recovery-code");
    expect(screen.queryByTestId("pin-ask")).toBeNull();
  });

  it("is not done when nobody types it", async () => {
    await asks();
    await fireEvent(screen.getByTestId("pin-ask"), new Event("cancel", { cancelable: true }));
    await waitFor(() => expect(screen.queryByTestId("pin-ask")).toBeNull());
    expect((await find("error")).dataset["code"]).toBe("pin_needed");
    expect(screen.queryByTestId("recovery-code")).toBeNull();
  });
});
