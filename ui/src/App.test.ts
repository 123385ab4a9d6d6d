// The whole interface on the stand-in shell: what a clerk taps, and what then stands there.

import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { find, freshWindow, opened, saved, tap, type } from "./floor-test";
import { failure } from "./lib/ipc";
import { newId } from "./lib/state/ids";

freshWindow();

async function typePin(pin: string): Promise<void> {
  for (const digit of pin) await tap(`pin-${digit}`);
}

describe("the lock screen", () => {
  it("signs in at the sixth digit", async () => {
    await opened({ phase: "locked" });
    await tap("clerk-c-li");
    await typePin("246810");
    await find("size-1");
  });

  it("takes digits and backspace from the keyboard, but not from an input method", async () => {
    await opened({ phase: "locked" });
    await tap("clerk-c-li");
    await type("2", { isComposing: true });
    for (const key of ["9", "Backspace", "2", "4", "6", "8", "1", "0"]) await type(key);
    await find("size-1");
  });

  it("says that a PIN was wrong", async () => {
    await opened({ phase: "locked" });
    await tap("clerk-c-li");
    await typePin("135791");
    expect((await find("error")).dataset["code"]).toBe("pin_wrong");
  });

  it("explains why a clerk cannot choose a PIN before the manager", async () => {
    await opened({ phase: "locked", fresh: true });
    await tap("clerk-c-li");
    expect(screen.getByText("店长设置 PIN 之后，你就可以设置自己的 PIN。")).toBeTruthy();
    await tap("clerk-c-zhou");
    await typePin("246810");
    await typePin("246810");
    await find("size-1");
  });
});

describe("the floor", () => {
  it("logs a buyer in two taps", async () => {
    await opened({ phase: "open", empty: true });
    await tap("size-1");
    expect((await find("card")).dataset["active"]).toBe("true");
    await tap("outcome-buy");
    expect(screen.queryByTestId("card")).toBeNull();
    await find("sale-amount");
  });

  it("logs a non-buyer in three taps, and undoes it in one", async () => {
    await opened({ phase: "open", empty: true });
    await tap("size-2");
    await find("card");
    await tap("outcome-none");
    await tap("reason-price");
    await waitFor(() => expect(screen.getByTestId("said").textContent).toContain("未购离店"));
    await tap("undo");
    await find("card");
  });

  it("presses a chip at once and numbers the path", async () => {
    await opened({ phase: "open", empty: true });
    await tap("size-1");
    await find("card");
    await tap("chip-age-a20");
    expect(screen.getByTestId("chip-age-a20").getAttribute("aria-pressed")).toBe("true");
    for (const zone of ["door", "bags", "door"]) await tap(`chip-zones-${zone}`);
    expect(screen.getByTestId("chip-zones-door").textContent).toContain("1·3");
    expect(screen.getByTestId("chip-zones-bags").textContent).toContain("2");
  });

  it("shows why a tap was not saved", async () => {
    const shell = await opened({ phase: "open", empty: true });
    await tap("size-1");
    await saved();
    shell.failNext = failure("disk_full");
    await tap("chip-age-a20");
    expect((await find("error")).dataset["code"]).toBe("disk_full");
    expect(screen.getByTestId("chip-age-a20").getAttribute("aria-pressed")).toBe("false");
  });

  it("works by keys, except while someone writes", async () => {
    await opened({ phase: "open", empty: true });
    await type("1");
    await find("card");
    await type("2", { isComposing: true });
    await tap("note-open");
    await fireEvent.keyDown(screen.getByTestId("note"), { key: "3" });
    expect(screen.getAllByTestId("card")).toHaveLength(1);
    await type("Escape");
    await type("l");
    await find("reason-price");
  });

  it("says how long a receipt number may be", async () => {
    await opened({ phase: "open", empty: true });
    await tap("size-1");
    await find("card");
    await tap("outcome-buy");
    const receipt = await find("sale-receipt");
    await fireEvent.input(receipt, { target: { value: "9".repeat(41) } });
    expect(receipt.getAttribute("aria-invalid")).toBe("true");
    expect(screen.getByText("小票号最多 40 个字符。")).toBeTruthy();
  });

  it("switches the language in mid-visit without losing anything", async () => {
    await opened({ phase: "open", empty: true });
    await tap("size-1");
    await find("card");
    await tap("chip-company-alone");
    await tap("lang");
    expect(screen.getByTestId("chip-company-alone").textContent).toContain("Alone");
    expect(screen.getByTestId("chip-company-alone").getAttribute("aria-pressed")).toBe("true");
    expect(document.documentElement.lang).toBe("en");
  });
});

describe("the note", () => {
  it("waits until a composition has ended", async () => {
    const shell = await opened({ phase: "open", empty: true });
    await tap("size-1");
    const id = (await find("card")).dataset["visitId"] ?? "";
    await saved();
    await tap("note-open");
    const note = screen.getByTestId<HTMLTextAreaElement>("note");
    note.value = "zhou";
    await fireEvent(note, new InputEvent("input", { bubbles: true, isComposing: true }));
    expect((await shell.visit(id)).fields["note"]).toBeUndefined();
    note.value = "周末";
    await fireEvent.compositionEnd(note);
    await tap("drawer-close");
    await waitFor(async () => expect((await shell.visit(id)).fields["note"]).toBe("周末"));
  });
});

describe("locking", () => {
  it("saves first what stands in the sale strip", async () => {
    const shell = await opened({ phase: "open", empty: true });
    const amended = vi.spyOn(shell, "closeVisit");
    await tap("size-1");
    await find("card");
    await tap("outcome-buy");
    await fireEvent.input(await find("sale-amount"), { target: { value: "90" } });
    await tap("lock");
    await find("clerk-c-li");
    expect(amended.mock.lastCall?.[1].amount_minor).toBe(9_000);
    const [, answer] = amended.mock.results;
    expect(answer?.type === "return" && (await answer.value).visit.outcome?.amount_minor).toBe(9_000);
  });

  it("does not wait for ever for a write that hangs", async () => {
    const shell = await opened({ phase: "open", empty: true });
    vi.spyOn(shell, "arrive").mockReturnValue(new Promise(() => {}));
    await tap("size-1");
    await tap("lock");
    await screen.findByTestId("clerk-c-li", {}, { timeout: 4000 });
  });
});

it("moves the open day log along when sending stands otherwise", async () => {
  const shell = await opened({ phase: "open", empty: true });
  await tap("tab-daylog");
  await waitFor(() => expect(screen.getByTestId("figure-parties").textContent).toBe("0"));
  await shell.arrive(newId(), 1, false);
  await shell.sendNow();
  await screen.findByTestId("day-row", {}, { timeout: 3000 });
  expect(screen.getByTestId("figure-parties").textContent).toBe("1");
});

it("shows the day with its figures and its visits", async () => {
  await opened({ phase: "open" });
  await tap("tab-daylog");
  expect((await screen.findAllByTestId("day-row")).length).toBeGreaterThan(4);
  expect(Number(screen.getByTestId("figure-parties").textContent)).toBeGreaterThan(4);
});

it("sends now and follows the progress", async () => {
  await opened({ phase: "open", offline: true });
  const chip = await find("sync-chip");
  expect(chip.textContent).toContain("离线 · 14 条待发");
  await fireEvent.click(chip);
  await tap("send-now");
  await waitFor(() => expect(chip.textContent).toContain("发送中 0 / 14"));
});

it("starts a trial store from an empty machine", async () => {
  await opened({ phase: "setup" });
  await tap("setup-pair");
  expect(screen.getByText("请填写总部地址。")).toBeTruthy();
  await tap("setup-pack-jewellery");
  await tap("setup-try");
  await screen.findByTestId("clerk-c-zhou", {}, { timeout: 4000 });
});

it("points at the pairing code when headquarters cannot be trusted", async () => {
  const shell = await opened({ phase: "setup" });
  vi.spyOn(shell, "pair").mockRejectedValue(failure("hq_untrusted"));
  await fireEvent.input(screen.getByTestId("setup-url"), { target: { value: "hq.example.com" } });
  await fireEvent.input(screen.getByTestId("setup-code"), { target: { value: "A".repeat(25) } });
  await tap("setup-pair");
  expect((await find("error")).textContent).toContain("也请核对配对码");
});

it("says what to do when no keyring answers", async () => {
  await opened({ phase: "trouble", trouble: "keyring_missing" });
  expect(screen.getByTestId("trouble").textContent).toContain("请启动或解锁系统的钥匙串");
});

it("names a trouble, what to do, and lets one try again", async () => {
  await opened({ phase: "trouble", trouble: "key_lost" });
  expect(screen.getByTestId("trouble").textContent).toContain("没有删除任何东西");
  await tap("trouble-retry");
  await find("setup-url");
});

it("reports each screen once, after it was painted", async () => {
  const shell = await opened({ phase: "open" });
  await waitFor(() => expect(shell.painted).toEqual(["floor"]));
});
