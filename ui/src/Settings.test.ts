// What a device is set to, on the whole interface with the stand-in shell.

import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { find, freshWindow, opened, signIn, tap, type } from "./floor-test";

freshWindow();

const page = document.documentElement;

describe("the settings", () => {
  it.each(["locked", "open", "setup", "trouble"] as const)("are one tap away while %s", async (phase) => {
    await opened({ phase });
    await tap("settings-open");
    expect(screen.getByRole("dialog", { name: "设置" })).toBeTruthy();
  });

  it("hold at once, are kept, and go back by tapping back", async () => {
    const shell = await opened({ phase: "open", empty: true });
    await tap("settings-open");
    await tap("set-hand-left");
    expect(page.dataset["hand"]).toBe("left");
    await tap("set-text-150");
    await tap("set-theme-dark");
    expect(page.dataset["theme"]).toBe("dark");
    const kept = async () => (await shell.boot()).prefs;
    await waitFor(async () =>
      expect(await kept()).toMatchObject({ hand: "left", text_pct: 150, theme: "dark" }),
    );
    for (const back of ["set-hand-right", "set-text-100", "set-theme-system"]) await tap(back);
    expect(page.dataset["hand"]).toBe("right");
    await waitFor(async () =>
      expect(await kept()).toMatchObject({ hand: "right", text_pct: 100, theme: "system" }),
    );
  });

  it("give the focus back to the button that opened them", async () => {
    await opened({ phase: "open", empty: true });
    await tap("settings-open");
    await tap("settings-close");
    expect(screen.queryByTestId("settings")).toBeNull();
    expect(document.activeElement).toBe(screen.getByTestId("settings-open"));
  });

  it("have the keys for themselves while they are open", async () => {
    const shell = await opened({ phase: "open", empty: true });
    const arrived = vi.spyOn(shell, "arrive");
    await tap("settings-open");
    await type("1");
    expect(arrived).not.toHaveBeenCalled();
  });

  it("keep the last of many quick choices", async () => {
    const shell = await opened({ phase: "open", delay: 1 });
    for (let times = 0; times < 7; times += 1) await type("+", { ctrlKey: true });
    await type("-", { ctrlKey: true });
    await waitFor(async () => expect((await shell.boot()).prefs.text_pct).toBe(175));
  });
});

describe("a new key for the records", () => {
  it("is asked for by a manager and waits for the next start", async () => {
    const shell = await opened({ phase: "locked", paired: true });
    const asked = vi.spyOn(shell, "rotateKey");
    await signIn("c-zhou");
    await tap("settings-open");
    await tap("key-renew");
    await waitFor(() => expect(screen.getByTestId("key").textContent).toContain("下次启动"));
    expect(asked).toHaveBeenCalledTimes(1);
    expect(screen.queryByTestId("key-renew")).toBeNull();
  });

  it("is not offered to a clerk", async () => {
    await opened({ phase: "open", empty: true });
    await tap("settings-open");
    expect(screen.queryByTestId("key")).toBeNull();
  });
});

describe("switching the language in mid-visit", () => {
  it("keeps the drawer and a half-typed note", async () => {
    await opened({ phase: "open", empty: true });
    await tap("size-1");
    await find("card");
    await tap("note-open");
    await fireEvent.input(screen.getByTestId("note"), { target: { value: "半句" } });
    await tap("lang");
    expect(page.lang).toBe("en");
    expect(screen.getByTestId<HTMLTextAreaElement>("note").value).toBe("半句");
    expect(screen.getByRole("textbox", { name: "Note" })).toBeTruthy();
  });

  it("keeps what stands in the strip of a sale", async () => {
    await opened({ phase: "open", empty: true });
    await tap("size-1");
    await find("card");
    await tap("outcome-buy");
    const amount = await screen.findByTestId<HTMLInputElement>("sale-amount");
    await fireEvent.input(amount, { target: { value: "1,28" } });
    await tap("lang");
    expect(screen.getByTestId("sale-amount")).toBe(amount);
    expect(amount.value).toBe("1,28");
  });

  it("keeps the chosen visit, the open reasons and the place in a list", async () => {
    await opened({ phase: "open" });
    const cards = await screen.findAllByTestId("card");
    await fireEvent.click(cards[2]!);
    const chosen = cards[2]!.dataset["visitId"];
    await tap("outcome-none");
    const list = cards[0]!.closest("ul")!;
    list.scrollTop = 40;
    await tap("lang");
    expect(screen.getByTestId("reason-price").textContent).toContain("Price");
    expect(document.querySelector<HTMLElement>('[data-active="true"]')?.dataset["visitId"]).toBe(chosen);
    expect(list.isConnected && list.scrollTop).toBe(40);
  });
});

describe("a screen reader", () => {
  it("is told what happened by one voice and of errors by another", async () => {
    await opened({ phase: "open", empty: true });
    expect(document.querySelectorAll("[aria-live], [role=alert]")).toHaveLength(2);
    await tap("size-2");
    await waitFor(() => expect(screen.getByTestId("voice").textContent).toContain("已登记进店"));
    const before = screen.getByTestId("voice").textContent;
    await tap("size-2");
    await waitFor(() => expect(screen.getByTestId("voice").textContent).not.toBe(before));
  });

  it("hears an error at once, and no longer when it is gone", async () => {
    const shell = await opened({ phase: "open", empty: true });
    shell.failNext = { code: "disk_full", retry_after_s: null, detail: null };
    await tap("size-1");
    await waitFor(() => expect(screen.getByTestId("voice-urgent").textContent).toContain("磁盘已满"));
    await tap("size-1");
    await waitFor(() => expect(screen.getByTestId("voice-urgent").textContent).toBe(""));
  });
});
