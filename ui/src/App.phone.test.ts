// The visitor's own phone beside the turned screen: on the whole interface with the stand-in shell.

import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import axe from "axe-core";
import { afterEach, expect, it, vi } from "vitest";
import { LEFT_MS, PHONE_LEFT_MS } from "./features/contact/left";
import { find, freshWindow, opened, saved, tap, type } from "./floor-test";
import type { ContactInput } from "./lib/ipc";
import type { FakeBackend, FakeOptions } from "./lib/ipc/fake";
import { RECEIPTS } from "./lib/ipc/fake/contacts";

freshWindow();
afterEach(() => vi.useRealTimers());

const showing = () => document.querySelector<HTMLElement>("[data-screen]")?.dataset["screen"];
const GIVEN: ContactInput = {
  card: { name: null, phone: "13800138000", wechat: null, email: null, address: null },
  purposes: ["notify"],
  is_of_age: true,
  locale: "zh-CN",
  answers: {},
};

async function turned(options: FakeOptions = {}): Promise<FakeBackend> {
  const shell = await opened({ phase: "open", empty: true, phones: true, ...options });
  await tap("size-1");
  await find("card");
  await saved();
  await tap("contact-open");
  await tap("contact-turn");
  await find("visitor-phone");
  return shell;
}

it("a code leads to the same form, with words for who does not see it, in both languages", async () => {
  await turned();
  const card = await find("phone-page");
  expect(card.dataset["url"]).toMatch(/^https:/);
  const code = screen.getByRole("img", { name: /二维码/ });
  expect(code.getAttribute("viewBox")).toBe("-4 -4 41 41");
  expect(document.activeElement?.id).toBe("turned-title");
  const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false } } });
  expect(violations.map(({ id }) => id)).toEqual([]);
  await tap("lang");
  expect(screen.getByRole("img", { name: /QR code/ })).toBe(code);
});

it("no code is there where headquarters offers none, or does not answer any more", async () => {
  const shell = await turned({ phones: false });
  expect(screen.queryByTestId("phone-page")).toBeNull();
  shell.phoneOpens();
  await find("phone-page");
  shell.phoneGoes();
  await waitFor(() => expect(screen.queryByTestId("phone-page")).toBeNull());
  expect(showing()).toBe("turned");
});

it("what is given by phone shows the same thanks, and nothing of what was typed here", async () => {
  const shell = await turned();
  await fireEvent.input(screen.getByTestId("visitor-name"), { target: { value: "陈女士" } });
  expect(shell.phoneGives(GIVEN)).toBe(RECEIPTS[0]);
  expect((await find("receipt")).textContent).toBe(RECEIPTS[0]);
  expect(showing()).toBe("thanks");
  expect(document.body.innerHTML).not.toContain("陈女士");
  await tap("thanks-end");
  expect(showing()).toBe("lock");
});

it("what is refused by phone turns the screen back", async () => {
  const shell = await turned();
  shell.phoneRefuses();
  await waitFor(() => expect(showing()).toBe("lock"));
});

it("a visitor whose phone has opened the page has its time, and says so", async () => {
  const shell = await turned();
  const back = vi.spyOn(shell, "turnBack");
  shell.phoneOpens();
  await waitFor(() => expect(screen.getByRole("status").textContent).toContain("手机已打开"));
  expect(document.body.textContent).toContain("十分钟");
  vi.useFakeTimers();
  await type("Shift"); // counted from here by the clock that is held
  await vi.advanceTimersByTimeAsync(LEFT_MS * 2);
  expect(back).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(PHONE_LEFT_MS);
  expect(back).toHaveBeenCalled();
});
