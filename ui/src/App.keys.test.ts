// The floor by its keys, on the stand-in shell: commands, the quick line and the scanner.

import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { find, freshWindow, opened, saved, tap, type } from "./floor-test";
import type { FakeBackend } from "./lib/ipc/fake";
import type { VisitView } from "./lib/ipc";

freshWindow();

/** Keys as a scanner sends them: at once, into whatever has the focus. */
async function scan(code: string, into: Element = document.body): Promise<void> {
  for (const key of code) {
    const taken = !fireEvent.keyDown(into, { key });
    if (taken || !(into instanceof HTMLInputElement || into instanceof HTMLTextAreaElement)) continue;
    into.value += key;
    void fireEvent(into, new InputEvent("input", { bubbles: true }));
  }
  await fireEvent.keyDown(into, { key: "Enter" });
}

async function types(keys: string): Promise<void> {
  for (const key of keys) await type(key);
}

async function write(line: string): Promise<void> {
  await fireEvent.input(await find("line"), { target: { value: line } });
}

const enter = (init: KeyboardEventInit = {}) =>
  fireEvent.keyDown(screen.getByTestId("line"), { key: "Enter", ...init });

async function arrived(shell: FakeBackend): Promise<() => Promise<VisitView>> {
  await tap("size-1");
  const id = (await find("card")).dataset["visitId"] ?? "";
  await saved();
  return () => shell.visit(id);
}

const letter = (id: string) => screen.getByTestId(id).getAttribute("aria-keyshortcuts") ?? "";

describe("the keys of the floor", () => {
  it("log a standard visit in twelve", async () => {
    const shell = await opened({ phase: "open", empty: true });
    const closed = vi.spyOn(shell, "closeVisit");
    await types("2");
    const id = (await find("card")).dataset["visitId"] ?? "";
    const zones = ["door", "bags", "fit"].map((zone) => letter(`chip-zones-${zone}`));
    await types(
      ["A", "A", "S", ...zones, letter("chip-attention-bag"), letter("chip-gesture-try"), "9"].join(""),
    );
    await types("L");
    await find("reason-price");
    await types(letter("reason-price"));
    await waitFor(() => expect(closed).toHaveBeenCalledTimes(1));
    await waitFor(async () => expect((await shell.visit(id)).state).toBe("closed"));
    const visit = await shell.visit(id);
    expect(visit.size).toBe(2);
    expect(visit.outcome).toMatchObject({ code: "none", reasons: ["price"] });
    expect(visit.fields).toMatchObject({
      age: "a20",
      company: "alone",
      style: "commute",
      zones: [{ zone: "door" }, { zone: "bags" }, { zone: "fit" }],
      attention: ["bag"],
      gesture: ["try"],
      interest: "3",
    });
  });

  it("are for the party that is just coming in, however fast they follow", async () => {
    const shell = await opened({ phase: "open", empty: true, delay: 60 });
    const noted = vi.spyOn(shell, "note");
    await types("3AA");
    await waitFor(() => expect(noted).toHaveBeenCalledTimes(2), { timeout: 3000 });
    expect(noted.mock.calls.map(([, patch]) => patch)).toEqual([{ age: "a20" }, { company: "alone" }]);
  });

  it("show on the chips which letter means them now, and stay out of their names", async () => {
    await opened({ phase: "open", empty: true });
    await tap("size-1");
    await find("card");
    expect(letter("chip-age-a20")).toBe("A");
    expect(screen.getByRole("button", { name: "青年" })).toBe(screen.getByTestId("chip-age-a20"));
    await tap("chip-age-a20");
    await waitFor(() => expect(letter("chip-age-a20")).toBe(""));
    expect(letter("chip-company-alone")).toBe("A");
    await type("ArrowDown");
    expect(letter("chip-style-casual")).toBe("A");
    await type("ArrowUp");
    await type("ArrowUp");
    expect(letter("chip-age-a20")).toBe("A");
  });

  it("mean reasons while the reasons are open", async () => {
    await opened({ phase: "open", empty: true });
    await tap("size-1");
    await find("card");
    await tap("outcome-none");
    expect(letter("reason-look")).toBe("L");
    expect(letter("chip-zones-door")).toBe("");
    expect(letter("outcome-none")).toBe("");
  });

  it("go from card to card", async () => {
    await opened({ phase: "open" });
    const cards = await screen.findAllByTestId("card");
    expect(cards[0]?.dataset["active"]).toBe("true");
    await type("ArrowRight");
    expect(cards[1]?.dataset["active"]).toBe("true");
    await type("ArrowLeft");
    await type("ArrowLeft");
    expect(cards[0]?.dataset["active"]).toBe("true");
  });

  it("leave Enter to the button that has the focus", async () => {
    await opened({ phase: "open", empty: true });
    await tap("size-1");
    await find("card");
    await tap("note-open");
    const pad = screen.getByTestId("undo");
    expect(fireEvent.keyDown(pad, { key: "Enter" })).toBeTruthy();
    expect(screen.getByTestId("note")).toBeTruthy();
    await type("Enter");
    expect(screen.queryByTestId("note")).toBeNull();
  });

  it("work although a Chinese input method takes their names", async () => {
    await opened({ phase: "open", empty: true });
    await type("Process", { code: "Digit4", keyCode: 229 });
    expect((await find("card")).textContent).toContain("4 人");
  });

  it("are listed on a sheet of their own", async () => {
    const shown = vi.fn(function (this: HTMLDialogElement) {
      this.open = true;
    });
    HTMLDialogElement.prototype.showModal = shown;
    await opened({ phase: "open" });
    await type("?", { shiftKey: true });
    expect((await screen.findByRole("dialog", { name: "键盘" })).textContent).toContain("未购离店");
    await types("1");
    await fireEvent(screen.getByTestId("key-sheet"), new Event("close"));
    expect(screen.queryByTestId("key-sheet")).toBeNull();
  });
});

describe("the quick line", () => {
  let shell: FakeBackend;

  beforeEach(async () => {
    shell = await opened({ phase: "open", empty: true });
  });

  it("logs a whole visit", async () => {
    await type("/");
    await write("2 qn ty bao sy l que");
    await waitFor(() => expect(screen.getAllByTestId("line-token")).toHaveLength(7));
    expect(screen.getAllByTestId("line-token").map((token) => token.dataset["kind"])).toEqual([
      "size",
      "choice",
      "choice",
      "doubtful",
      "doubtful",
      "outcome",
      "reason",
    ]);
    await enter();
    await waitFor(() =>
      expect(screen.getByTestId("said").textContent).toContain("2 人 · 青年 · 运动 · 未购离店"),
    );
    const [row] = (await shell.day(null, null, false)).rows;
    expect(await shell.visit(row?.id ?? "")).toMatchObject({
      state: "closed",
      fields: { age: "a20", style: "sport", zones: [{ zone: "bags" }, { zone: "fit" }] },
      outcome: { code: "none", reasons: ["stock"] },
    });
    expect(screen.queryByTestId("line")).toBeNull();
  });

  it("is not sent by the Enter that ends a composition", async () => {
    await tap("line-open");
    await write("2 qn");
    await enter({ isComposing: true });
    await enter({ keyCode: 229 });
    expect(screen.getByTestId<HTMLInputElement>("line").value).toBe("2 qn");
    expect(screen.queryByTestId("card")).toBeNull();
  });

  it("keeps what is typed while a word is unknown", async () => {
    await tap("line-open");
    await write("2 qn xyzzy");
    await enter();
    await screen.findByText("红色的词不认识，请改一下再按回车。");
    expect(screen.getByTestId<HTMLInputElement>("line").value).toBe("2 qn xyzzy");
    expect(screen.queryByTestId("card")).toBeNull();
  });

  it("asks for a party while nobody is there", async () => {
    await tap("line-open");
    await write("qn");
    await enter();
    await screen.findByText("还没有打开的访客：请在最前面写人数，例如 2。");
  });

  it("takes another meaning by arrow and Enter, or by Tab", async () => {
    await tap("line-open");
    await write("1 sy");
    await screen.findAllByTestId("line-choice");
    await fireEvent.keyDown(screen.getByTestId("line"), { key: "Tab" });
    await fireEvent.keyDown(document.activeElement!, { key: "ArrowRight" });
    expect(document.activeElement?.textContent).toContain("收银台");
    await fireEvent.click(document.activeElement!);
    expect(document.activeElement).toBe(screen.getByTestId("line"));
    expect(screen.queryByTestId("line-choice")).toBeNull();
    await enter();
    await waitFor(() =>
      expect(screen.getByTestId("chip-zones-till").getAttribute("aria-pressed")).toBe("true"),
    );
  });

  it("adds to the open visit and takes nothing of it away", async () => {
    const visit = await arrived(shell);
    await tap("chip-age-a20");
    await tap("line-open");
    await write("qn AP-1003 zb");
    await write("qn AP-1003");
    await enter();
    await waitFor(async () => expect((await visit()).items).toEqual([{ code: "AP-1003", name: "针织开衫" }]));
    expect((await visit()).fields["age"]).toBe("a20");
  });

  it("asks for a reason where the line gives none", async () => {
    await tap("line-open");
    await write("1 qn l");
    await enter();
    await find("reason-price");
  });

  it("keeps the line when the party could not be logged", async () => {
    await tap("line-open");
    await write("2 qn");
    shell.failNext = { code: "disk_full", retry_after_s: null, detail: null };
    await enter();
    await find("error");
    expect(screen.getByTestId<HTMLInputElement>("line").value).toBe("2 qn");
  });

  it("logs one party for two hasty Enters", async () => {
    const arrive = vi.spyOn(shell, "arrive");
    await tap("line-open");
    await write("2 qn");
    void enter();
    await enter();
    await find("card");
    expect(arrive).toHaveBeenCalledTimes(1);
  });
});

describe("the scanner", () => {
  it("puts the item on the open visit and leaves the note as it was", async () => {
    const shell = await opened({ phase: "open", empty: true });
    const visit = await arrived(shell);
    await tap("note-open");
    const note = screen.getByTestId<HTMLTextAreaElement>("note");
    await fireEvent.input(note, { target: { value: "周末再来" } });
    await scan("AP-2001", note);
    expect(note.value).toBe("周末再来");
    await waitFor(async () =>
      expect((await visit()).items).toEqual([{ code: "AP-2001", name: "牛皮托特包" }]),
    );
    await tap("drawer-close");
    await waitFor(async () => expect((await visit()).fields["note"]).toBe("周末再来"));
  });

  it("never chooses a reason", async () => {
    const shell = await opened({ phase: "open", empty: true });
    const visit = await arrived(shell);
    await type("l");
    const reason = await find("reason-price");
    await scan("BLRASDF", reason);
    await waitFor(async () => expect((await visit()).items).toEqual([{ code: "BLRASDF", name: null }]));
    expect((await visit()).state).toBe("open");
    expect(screen.getByTestId("reason-price")).toBeTruthy();
    expect((await visit()).fields).toEqual({ items: ["BLRASDF"] });
  });

  it("keeps nothing while no visit is open, and says so", async () => {
    const shell = await opened({ phase: "open", empty: true });
    const noted = vi.spyOn(shell, "note");
    await scan("12345678");
    expect(screen.getByTestId("said").textContent).toBe("扫到商品，但没有打开的访客：请先打开一位");
    expect(noted).not.toHaveBeenCalled();
    expect(screen.queryByTestId("card")).toBeNull();
  });
});

describe("items", () => {
  it("are found by name, shown and removed", async () => {
    const shell = await opened({ phase: "open", empty: true });
    const visit = await arrived(shell);
    await tap("items-open");
    await fireEvent.input(screen.getByTestId("item-query"), { target: { value: "羊" } });
    await fireEvent.click(await find("item-AP-1001"));
    await waitFor(() => expect(screen.getByTestId("items-pill").textContent).toContain("羊毛双面呢大衣"));
    await fireEvent.click(await find("item-remove-AP-1001"));
    await waitFor(async () => expect((await visit()).items).toEqual([]));
    expect(screen.queryByTestId("items-pill")).toBeNull();
  });
});
