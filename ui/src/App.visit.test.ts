// What follows an outcome, and how a day is put right, on the stand-in shell.

import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, it } from "vitest";
import { find, freshWindow, opened as openedAt, saved, tap } from "./floor-test";
import type { FakeBackend, FakeOptions } from "./lib/ipc/fake";

freshWindow();

beforeEach(() => {
  // Not in this document model; what matters here is what stands in it.
  HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
    this.open = true;
  };
});

const opened = (options: FakeOptions = {}) => openedAt({ phase: "open", empty: true, ...options });
const pressed = (id: string) => screen.getByTestId(id).getAttribute("aria-pressed");

async function arrived(): Promise<string> {
  await tap("size-1");
  const id = (await find("card")).dataset["visitId"] ?? "";
  await saved();
  return id;
}

describe("after an outcome", () => {
  it("a sale takes its pieces in place, beyond three by steps", async () => {
    const shell = await opened();
    const id = await arrived();
    await tap("outcome-buy");
    await tap("pieces-2");
    expect(pressed("pieces-2")).toBe("true");
    await tap("pieces-add");
    await tap("pieces-add");
    expect(screen.getByTestId("sale").textContent).toContain("5 件");
    await waitFor(async () => expect((await shell.visit(id)).outcome?.pieces).toBe(5));
  });

  it("the first reason closes the visit; more are added to what has ended", async () => {
    const shell = await opened();
    const id = await arrived();
    await tap("outcome-none");
    await tap("reason-price");
    expect(screen.queryByTestId("card")).toBeNull();
    await tap("reason-more");
    await tap("reason-size");
    await tap("reason-look");
    await tap("reason-price");
    await waitFor(async () => expect((await shell.visit(id)).outcome?.reasons).toEqual(["size", "look"]));
    await tap("drawer-close");
    expect(screen.getByTestId("sale").textContent).toContain("无尺码");
  });

  it("someone who comes back gets a date in one tap", async () => {
    const shell = await opened();
    const id = await arrived();
    await tap("outcome-lead");
    await tap("follow-saturday");
    expect(pressed("follow-saturday")).toBe("true");
    await waitFor(async () => {
      const day = (await shell.visit(id)).outcome?.follow_up ?? "";
      expect(new Date(`${day}T00:00:00Z`).getUTCDay()).toBe(6);
    });
  });

  it("any other date is picked from a calendar, and shows", async () => {
    const shell = await opened();
    const id = await arrived();
    await tap("outcome-lead");
    await tap("follow-date");
    const field = await find("follow-input");
    await fireEvent.change(field, { target: { value: "2099-12-24" } });
    await fireEvent.blur(field);
    expect(screen.getByTestId("follow-date").textContent).toContain("12月24日");
    await waitFor(async () => expect((await shell.visit(id)).outcome?.follow_up).toBe("2099-12-24"));
  });

  it("the time of leaving moves back, and never into the future", async () => {
    await opened();
    await arrived();
    await tap("retime");
    await tap("entered-minus-5");
    await tap("outcome-buy");
    await fireEvent.click(await find("retime-left"));
    expect((await find("left-plus-1")).hasAttribute("disabled")).toBe(true);
    expect(screen.getByTestId("left-minus-5").hasAttribute("disabled")).toBe(false);
    await tap("left-minus-1");
    await waitFor(() => expect(screen.getByTestId("left-minus-5").hasAttribute("disabled")).toBe(true));
  });
});

describe("the plan of the store", () => {
  it("stands for the path: the same taps, numbered in their order", async () => {
    await opened({ pack: "jewellery" });
    await arrived();
    for (const zone of ["gold", "vip", "gold"]) await tap(`chip-zones-${zone}`);
    expect(screen.getByTestId("chip-zones-gold").getAttribute("aria-label")).toBe("黄金，第 1·3 站");
    expect(screen.getByTestId("chip-zones-vip").textContent).toContain("2");
    expect(screen.queryByTestId("more-zones")).toBeNull();
    await tap("chip-zones-gold");
    expect(screen.getByTestId("chip-zones-gold").textContent).not.toContain("3");
  });

  it("is reached and pressed by keys", async () => {
    await opened({ pack: "jewellery" });
    await arrived();
    const zone = screen.getByTestId("chip-zones-jade");
    expect([zone.getAttribute("role"), zone.getAttribute("tabindex")]).toEqual(["button", "0"]);
    await fireEvent.keyDown(zone, { key: "Enter" });
    await fireEvent.keyDown(screen.getByTestId("chip-zones-pearl"), { key: " " });
    expect([pressed("chip-zones-jade"), pressed("chip-zones-pearl")]).toEqual(["true", "true"]);
  });
});

describe("putting a day right", () => {
  async function unseenDay(): Promise<{ shell: FakeBackend; id: string }> {
    const shell = await opened();
    const id = await arrived();
    await waitFor(() => shell.visit(id)); // the card stands before it is written
    shell.closeByRule(id);
    await tap("tab-daylog");
    const first = await find("unchecked");
    await fireEvent.click(within(first).getByTestId("day-row"));
    await find("correction");
    return { shell, id };
  }

  it("lists first what a rule has closed, and marks the guess", async () => {
    await unseenDay();
    const first = screen.getByTestId("unchecked");
    expect(first.textContent).toContain("没人关的 1 组");
    expect(first.textContent).toContain("没看见离店");
    expect(first.textContent).toContain("估计");
    expect(screen.getAllByTestId("day-row")).toHaveLength(1);
  });

  it("changes nothing before it is committed with a reason, then all at once", async () => {
    const { shell, id } = await unseenDay();
    const before = await shell.visit(id);
    await tap("correct-outcome-none");
    await tap("reason-price");
    await tap("chip-age-a35");
    expect(screen.getByTestId("correct-save").hasAttribute("disabled")).toBe(true);
    await tap("correct-reason-late_news");
    expect(await shell.visit(id)).toEqual(before);
    await tap("correct-save");
    await waitFor(() => expect(screen.queryByTestId("correction")).toBeNull());
    const after = await shell.visit(id);
    expect(after).toMatchObject({ corrected: true, fields: { age: "a35" } });
    expect(after.outcome).toMatchObject({ code: "none", reasons: ["price"] });
    expect(screen.queryByTestId("unchecked")).toBeNull();
    expect(screen.getByTestId("day-row").querySelector("[data-mark=corrected]")).not.toBeNull();
  });

  it("is taken back by undo", async () => {
    const { shell, id } = await unseenDay();
    await tap("correct-outcome-other");
    await tap("correct-reason-mistap");
    await tap("correct-save");
    await fireEvent.click(await find("correct-undo"));
    await waitFor(async () => expect((await shell.visit(id)).corrected).toBe(false));
    await screen.findByTestId("unchecked", {}, { timeout: 3000 });
    expect(screen.queryByTestId("correct-undo")).toBeNull();
  });

  it("confirms a guess that is right", async () => {
    const { shell, id } = await unseenDay();
    await tap("confirm-as-is");
    await waitFor(() => expect(screen.queryByTestId("correction")).toBeNull());
    expect(await shell.visit(id)).toMatchObject({ corrected: true, outcome: { code: "unseen" } });
    expect(screen.queryByTestId("unchecked")).toBeNull();
  });

  it("leaves everything as it was when the sheet is closed", async () => {
    const { shell, id } = await unseenDay();
    await tap("correct-outcome-buy");
    await tap("correction-close");
    expect(screen.queryByTestId("correction")).toBeNull();
    expect((await shell.visit(id)).outcome?.code).toBe("unseen");
  });
});
