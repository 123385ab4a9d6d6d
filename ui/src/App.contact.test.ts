// The screen in a visitor's hands, what is left of it on the floor, and what a manager does about it later: on
// the whole interface with the stand-in shell.

import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { find, freshWindow, opened as openedAt, saved, signIn, tap, type } from "./floor-test";
import { LEFT_MS } from "./features/contact/left";
import type { FakeBackend, FakeOptions } from "./lib/ipc/fake";
import { RECEIPTS } from "./lib/ipc/fake/contacts";
import { DEMO_PIN } from "./lib/ipc/fake/data";

freshWindow();
afterEach(() => vi.useRealTimers());

const CODE = RECEIPTS[0]!;
const page = document.documentElement;
const opened = (options: FakeOptions = {}) => openedAt({ phase: "open", empty: true, ...options });
const write = (id: string, value: string) => fireEvent.input(screen.getByTestId(id), { target: { value } });
const showing = () => document.querySelector<HTMLElement>("[data-screen]")?.dataset["screen"];

async function tidy(part: HTMLElement = document.body): Promise<void> {
  const rules = { "color-contrast": { enabled: false } }; // no layout here
  const { violations } = await axe.run(part, { rules });
  expect(violations.map(({ id }) => id)).toEqual([]);
}

async function arrived(): Promise<string> {
  await tap("size-1");
  const id = (await find("card")).dataset["visitId"] ?? "";
  await saved();
  return id;
}

/** The clerk turns the screen to whoever has just come in. */
async function turned(options: FakeOptions = {}): Promise<{ shell: FakeBackend; visit: string }> {
  const shell = await opened(options);
  const visit = await arrived();
  await tap("contact-open");
  await tap("contact-turn");
  await find("visitor-phone");
  return { shell, visit };
}

async function leaves(phone = "13800138000"): Promise<void> {
  await write("visitor-phone", phone);
  await tap("purpose-notify");
  await tap("of-age");
  await tap("visitor-submit");
}

describe("while a visitor has the screen", () => {
  it("nothing else is there, and no key of the floor does anything", async () => {
    const { shell } = await turned();
    const did = [vi.spyOn(shell, "arrive"), vi.spyOn(shell, "closeVisit"), vi.spyOn(shell, "undo")];
    expect(showing()).toBe("turned");
    expect(screen.getByTestId("voice").textContent).toBe("");
    for (const id of [
      "tab-daylog",
      "lock",
      "settings-open",
      "theme",
      "sync-chip",
      "size-1",
      "pin-1",
      "clerk-c-li",
    ])
      expect(screen.queryByTestId(id)).toBeNull();
    for (const key of ["1", "b", "?", "/", "@", "Enter", "Escape", "2", "4", "6"]) await type(key);
    await type("z", { ctrlKey: true });
    expect(document.querySelector("dialog, [data-drawer]")).toBeNull();
    expect(showing()).toBe("turned");
    for (const spy of did) expect(spy).not.toHaveBeenCalled();
    await tidy();
  });

  it("nothing is ticked for them, and every question is theirs to leave", async () => {
    await turned({ pack: "jewellery" });
    expect(document.querySelectorAll("input:checked, [data-question] [aria-pressed=true]")).toHaveLength(0);
    expect(screen.queryByTestId("answer-range-r1")).toBeNull();
    await tap("answer-date_set-month");
    expect(screen.getByTestId("answer-range-r1")).toBeTruthy();
    expect(screen.getByTestId("notice").textContent).toContain("v1");
    await leaves();
    expect((await find("receipt")).textContent).toBe(CODE);
  });

  it("their fields take what they are for, and nothing remembers it", async () => {
    await turned();
    await tap("visitor-more");
    const field = (id: string) => screen.getByTestId<HTMLInputElement>(`visitor-${id}`);
    expect([field("phone").type, field("phone").inputMode]).toEqual(["tel", "tel"]);
    expect([field("email").type, field("email").inputMode]).toEqual(["email", "email"]);
    for (const id of ["name", "phone", "wechat", "email", "address"])
      expect([field(id).autocomplete, field(id).getAttribute("spellcheck"), field(id).value]).toEqual([
        "off",
        "false",
        "",
      ]);
    const composed = new KeyboardEvent("keydown", {
      key: "Enter",
      isComposing: true,
      bubbles: true,
      cancelable: true,
    });
    field("name").dispatchEvent(composed);
    expect(composed.defaultPrevented).toBe(true);
    await tidy();
  });

  it("what is wrong is said in its place, with the focus there and nothing lost", async () => {
    await turned();
    await write("visitor-name", "陈女士");
    await leaves("13800");
    const note = await find("error");
    expect(note.dataset["code"]).toBe("phone_invalid");
    expect(note.closest("[data-place]")?.getAttribute("data-place")).toBe("phone");
    const phone = screen.getByTestId<HTMLInputElement>("visitor-phone");
    await waitFor(() => expect(document.activeElement).toBe(phone));
    expect([phone.value, phone.ariaInvalid ?? phone.getAttribute("aria-invalid")]).toEqual(["13800", "true"]);
    expect(screen.getByTestId<HTMLInputElement>("visitor-name").value).toBe("陈女士");
    await tidy();
    await tap("of-age");
    await write("visitor-phone", "13800138000");
    expect(screen.queryByTestId("error")).toBeNull();
    await tap("visitor-submit");
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("of-age")));
  });

  it("it speaks their language, and the device's again when it is back", async () => {
    const { shell } = await turned();
    const kept = vi.spyOn(shell, "setPrefs");
    await write("visitor-name", "Chen");
    await tap("lang");
    expect(page.lang).toBe("en");
    expect(screen.getByTestId<HTMLInputElement>("visitor-name").value).toBe("Chen");
    await leaves();
    await find("receipt");
    expect(page.lang).toBe("en");
    await tap("thanks-end");
    expect(page.lang).toBe("zh-CN");
    expect(kept).not.toHaveBeenCalled();
  });

  it.each(["hand-back", "visitor-none"])("%s leaves nothing, and a locked device", async (button) => {
    const { shell, visit } = await turned();
    await write("visitor-phone", "13800138000");
    await tap(button);
    await find("clerk-c-li");
    await signIn("c-li");
    expect((await shell.visit(visit)).has_contact).toBe(false);
    await waitFor(() => expect(screen.getByTestId("contact-open").textContent).toContain("联系方式"));
  });

  it("two minutes without a touch leave nothing", async () => {
    const { shell } = await turned();
    const back = vi.spyOn(shell, "turnBack");
    vi.useFakeTimers();
    // It began to count before the clock was held; a touch lets it count by this one.
    await write("visitor-phone", "13800138000");
    await vi.advanceTimersByTimeAsync(LEFT_MS - 1);
    expect(back).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(50);
    expect(back).toHaveBeenCalled();
    expect(showing()).toBe("lock");
  });

  it("the receipt goes by itself, too", async () => {
    await turned();
    await leaves();
    await find("receipt");
    await tidy();
    vi.useFakeTimers();
    await type("Shift");
    await vi.advanceTimersByTimeAsync(LEFT_MS);
    expect(showing()).toBe("lock");
    expect(document.body.textContent).not.toContain(CODE);
  });
});

describe("on the floor", () => {
  it("the end of the number stands on the form, and more behind it", async () => {
    const { shell, visit } = await turned();
    await tap("answer-matters-comfort");
    await leaves();
    await find("receipt");
    await tap("thanks-end");
    await signIn("c-li");
    await waitFor(() => expect(screen.getByTestId("contact-open").textContent).toContain("•••• 8000"));
    expect(document.body.textContent).not.toContain("13800138000");
    await tap("contact-open");
    for (const word of ["•••• 8000", "到货、尺码通知", CODE])
      expect(screen.getByTestId("contact-shown").textContent).toContain(word);
    await tap("contact-turn");
    await find("visitor-phone");
    await leaves("13900139001");
    expect((await find("receipt")).textContent).toBe(CODE);
    await tap("thanks-end");
    await signIn("c-li");
    await waitFor(() => expect(screen.getByTestId("contact-open").textContent).toContain("•••• 9001"));
    expect((await shell.visit(visit)).fields["matters"]).toBe("comfort");
  });

  it("of a child nobody asks anything", async () => {
    await opened();
    await arrived();
    await tap("chip-age-teen");
    await tap("contact-open");
    expect(screen.getByTestId("contact-young").textContent).toContain("不向儿童和少年要联系方式");
    expect(screen.queryByTestId("contact-turn")).toBeNull();
  });

  it("what the shell refuses is said where it was asked for", async () => {
    const shell = await opened();
    await arrived();
    await tap("contact-open");
    shell.failNext = { code: "contact_unavailable", retry_after_s: null, detail: null };
    await tap("contact-turn");
    expect((await find("error")).dataset["code"]).toBe("contact_unavailable");
    expect(showing()).toBe("floor");
  });

  it("a key opens it, and the button has the focus", async () => {
    await opened();
    await type("@");
    await type("Escape");
    expect(screen.queryByTestId("contact-turn")).toBeNull();
    await arrived();
    await type("@", { shiftKey: true });
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("contact-turn")));
    await tidy();
    await type("Escape");
    expect(screen.queryByTestId("contact-turn")).toBeNull();
  });

  it("the clerk asks the questions, and one that is not asked any more is not answered", async () => {
    const shell = await opened({ pack: "jewellery" });
    const visit = await arrived();
    await tap("questions-open");
    await tap("answer-date_set-month");
    await tap("answer-range-r2");
    await saved();
    expect((await shell.visit(visit)).fields).toMatchObject({ date_set: "month", range: "r2" });
    await tap("answer-date_set-none");
    expect(screen.queryByTestId("answer-range-r2")).toBeNull();
    await saved();
    expect((await shell.visit(visit)).fields).toEqual({ date_set: "none" });
  });
});

describe("a visitor who asks", () => {
  async function asked(): Promise<FakeBackend> {
    const { shell } = await turned();
    await leaves();
    await find("receipt");
    await tap("thanks-end");
    await signIn("c-zhou");
    await tap("settings-open");
    return shell;
  }

  async function looksFor(query: string): Promise<void> {
    await write("rights-query", query);
    await tap("rights-find");
  }

  it("is found by the code, shown for a reason, and erased by a second tap", async () => {
    await asked();
    await looksFor(CODE);
    await find("rights-contact");
    expect(document.body.textContent).not.toContain("13800138000");
    await tap("rights-reveal");
    await tap("reveal-visitor_asked");
    expect((await find("rights-card")).textContent).toContain("+8613800138000");
    await tidy();
    await tap("rights-erase");
    expect(screen.getByTestId("rights-contact").textContent).toContain("同意的记录会留着");
    await tap("rights-cancel");
    await tap("rights-erase");
    await tap("rights-sure");
    expect((await find("rights-done")).textContent).toContain("同意的记录还在");
    expect(document.body.textContent).not.toContain("13800138000");
    await waitFor(() => expect(screen.getByTestId("contact-open").textContent).toContain("联系方式"));
  });

  it("takes the last purpose back, and is told that this erases it", async () => {
    await asked();
    await looksFor("138 0013 8000");
    await fireEvent.click(await find("withdraw-notify"));
    expect(screen.getByTestId("rights-sure").textContent).toBe("确认删除");
    await tap("rights-sure");
    expect((await find("rights-done")).dataset["done"]).toBe("erased");
  });

  it("gets a copy, on paper and for programs", async () => {
    const printed = vi.spyOn(window, "print").mockImplementation(() => undefined);
    await asked();
    await looksFor(CODE);
    await fireEvent.click(await find("rights-copy"));
    await tidy(await find("copy"));
    await tap("copy-print");
    expect(printed).toHaveBeenCalled();
    const sheet = document.querySelector("body > .alone")?.textContent ?? "";
    for (const word of ["示范门店", CODE, "+8613800138000", "到货、尺码通知"]) expect(sheet).toContain(word);
    const json = screen.getByTestId<HTMLTextAreaElement>("copy-json").value;
    expect(JSON.parse(json)).toMatchObject({ code: CODE });
    const written = vi.fn(async () => undefined);
    vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText: written } });
    await tap("copy-json-copy");
    expect(written).toHaveBeenCalledWith(json);
    await tap("copy-close");
    expect(document.querySelector("body > .alone")).toBeNull();
  });

  it("who is not found here is sent to headquarters", async () => {
    await asked();
    await looksFor("13900139000");
    expect((await find("rights-none")).textContent).toContain("只在总部");
    await looksFor("8000");
    expect((await find("error")).textContent).toContain("要完整的手机号");
  });

  it("takes a fresh PIN of the manager", async () => {
    await asked();
    vi.useFakeTimers({ now: Date.now() + 61_000, toFake: ["Date"] });
    await looksFor(CODE);
    await find("pin-ask");
    for (const digit of DEMO_PIN) await type(digit);
    await find("rights-contact");
  });

  it("is nothing for a clerk", async () => {
    await opened();
    await tap("settings-open");
    expect(screen.queryByTestId("rights")).toBeNull();
  });
});
