// The board as a whole: what a clerk taps on cards and around them, and what then stands there.

import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { find, freshWindow, opened, saved, tap } from "./floor-test";
import { failure } from "./lib/ipc";
import { LATE_MS } from "./lib/state/saving.svelte";
import * as summary from "./lib/state/summary";

vi.mock("./lib/state/summary", async (original) => {
  const real = await original<typeof summary>();
  return { ...real, headline: vi.fn(real.headline), detail: vi.fn(real.detail) };
});

freshWindow();

const card = (id: string) => document.querySelector<HTMLElement>(`[data-visit-id="${id}"]`)!;
const cards = () => screen.queryAllByTestId("card").map((each) => each.dataset["visitId"]);
const said = () => screen.getByTestId("said").textContent;
const openCard = (id: string) => fireEvent.click(card(id));

describe("a card", () => {
  it("is there with the tap, and gone with an error if it cannot be written", async () => {
    const shell = await opened({ phase: "open", empty: true });
    await find("size-2");
    await saved();
    shell.failNext = failure("disk_full");
    await tap("size-2");
    expect(cards()).toHaveLength(1);
    expect((await find("error")).dataset["code"]).toBe("disk_full");
    await waitFor(() => expect(cards()).toHaveLength(0));
  });

  it("is one of twelve, newest first, and opens with one tap", async () => {
    await opened({ phase: "open", running: 12 });
    await find("size-1");
    await waitFor(() => expect(cards()).toHaveLength(12));
    const stays = screen
      .getAllByTestId("card")
      .map((each) => parseInt(each.querySelector(".time")?.textContent ?? ""));
    expect(stays.toSorted((a, b) => a - b)).toEqual(stays);
    await openCard("v-open-9");
    expect(card("v-open-9").dataset["active"]).toBe("true");
    await tap("size-1");
    expect(cards()[0]).toBe(
      screen.getAllByTestId("card").find((each) => each.dataset["active"] === "true")?.dataset["visitId"],
    );
  });

  it("is drawn alone when something on it changes, also among fifty", async () => {
    await opened({ phase: "open", running: 50 });
    await waitFor(() => expect(cards()).toHaveLength(50));
    await openCard("v-open-7");
    await saved();
    vi.mocked(summary.headline).mockClear();
    vi.mocked(summary.detail).mockClear();
    await tap("chip-age-a65");
    await saved();
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const drawn = vi.mocked(summary.headline).mock.calls.length + vi.mocked(summary.detail).mock.calls.length;
    // One card and the head, for the tap and for its answer; the seconds meanwhile draw no names.
    expect(drawn).toBeGreaterThan(0);
    expect(drawn).toBeLessThan(10);
  });
});

describe("what is on its way", () => {
  it("is counted, and shown calmly once it takes long", async () => {
    const shell = await opened({ phase: "open", empty: true });
    let answer = () => {};
    const arrive = shell.arrive.bind(shell);
    vi.spyOn(shell, "arrive").mockImplementationOnce(async (...party) => {
      await new Promise<void>((resolve) => (answer = resolve));
      return arrive(...party);
    });
    await tap("size-1");
    expect(document.querySelector<HTMLElement>("[data-screen=floor]")?.dataset["unsaved"]).toBe("1");
    expect(screen.getByTestId("saving").textContent?.trim()).toBe("");
    await waitFor(() => expect(screen.getByTestId("saving").textContent).toContain("保存中"), {
      timeout: 4 * LATE_MS,
    });
    answer();
    await saved();
    await waitFor(() => expect(screen.getByTestId("saving").textContent?.trim()).toBe(""));
  });
});

describe("the tray", () => {
  it("keeps whom one could only count, in the store and out of the way", async () => {
    await opened({ phase: "open", empty: true });
    await tap("size-2");
    const open = (await find("card")).dataset["visitId"];
    expect(screen.getByTestId("later-tray").hasAttribute("disabled")).toBe(true);
    await tap("later-add");
    await tap("later-add");
    expect(screen.getByTestId("later-tray").dataset["waiting"]).toBe("2");
    expect(cards()).toEqual([open]);
    expect(screen.getByText("在店 3 组")).toBeTruthy();
    await tap("later-tray");
    expect(cards()).toHaveLength(2);
    await fireEvent.click(screen.getAllByTestId("card")[0]!);
    await tap("chip-age-a20");
    expect(screen.getByTestId("later-tray").dataset["waiting"]).toBe("1");
    expect(cards()).toHaveLength(2);
  });

  it("says at length what its pad does", async () => {
    await opened({ phase: "open", empty: true });
    expect(await screen.findByRole("button", { name: "先数一位，稍后补记" })).toBe(await find("later-add"));
  });
});

describe("a card's actions", () => {
  it("hand it over with a line that its receiver reads", async () => {
    await opened({ phase: "open" });
    await waitFor(() => expect(cards()).toHaveLength(4));
    await openCard("v-open-0");
    await tap("more-visit");
    await fireEvent.input(screen.getByTestId("hand-note"), { target: { value: "要看 M 码" } });
    await tap("hand-to-c-wang");
    await waitFor(() => expect(said()).toBe("已交给小王"));
    expect(card("v-open-0").textContent).toContain("小李交接：要看 M 码");
    expect(screen.getByText(/^小李交接：要看 M 码 · \d\d:\d\d 进店 · 小王接待$/)).toBeTruthy();
    expect(screen.queryByTestId("hand-to-c-wang")).toBeNull();
    await tap("undo");
    await waitFor(() => expect(said()).toBe("已撤销交接"));
  });

  it("take it over in one tap where a colleague serves", async () => {
    await opened({ phase: "open" });
    await waitFor(() => expect(cards()).toHaveLength(4));
    await openCard("v-open-0");
    await tap("more-visit");
    expect(screen.queryByTestId("take-over")).toBeNull();
    await openCard("v-open-3");
    await tap("more-visit");
    expect(screen.queryByTestId("hand-to-c-li"), "that is what taking over is").toBeNull();
    await tap("take-over");
    await waitFor(() => expect(said()).toBe("已由你接待"));
  });

  it("split a party and merge it again", async () => {
    await opened({ phase: "open" });
    await waitFor(() => expect(cards()).toHaveLength(4));
    await openCard("v-open-3");
    await tap("more-visit");
    expect(screen.queryByTestId("split-4")).toBeNull();
    await tap("split-1");
    await waitFor(() => expect(cards()).toHaveLength(5));
    await waitFor(() => expect(said()).toBe("已分出 1 人，另成一组"));
    const part = cards().find((id) => !id?.startsWith("v-open"));
    await tap("more-visit");
    await tap(`merge-${part}`);
    await waitFor(() => expect(cards()).toHaveLength(4));
    await waitFor(() => expect(said()).toBe("已合并，共 4 人"));
  });
});

describe("seen before", () => {
  it("shows how many look alike, links one, and takes that back", async () => {
    const shell = await opened({ phase: "open" });
    await waitFor(() => expect(cards()).toHaveLength(4));
    await openCard("v-open-0");
    const pill = screen.getByTestId("seen-before");
    await waitFor(() => expect(Number(pill.dataset["found"])).toBeGreaterThan(0), { timeout: 2000 });
    const [row] = await shell.likelySame("v-open-0");
    await fireEvent.click(pill);
    await tap(`same-as-${row!.id}`);
    await waitFor(() => expect(screen.getByTestId("seen-before").textContent).toMatch(/\d\d:\d\d 来过/));
    await tap("seen-before");
    await tap("unlink");
    await waitFor(() => expect(said()).toBe("已取消“来过”"));
    expect(screen.getByTestId("seen-before").textContent?.trim()).toMatch(/^来过？/);
  });

  it("lets one say that it was none of them", async () => {
    await opened({ phase: "open" });
    await waitFor(() => expect(cards()).toHaveLength(4));
    await openCard("v-open-0");
    const pill = screen.getByTestId("seen-before");
    await waitFor(() => expect(Number(pill.dataset["found"])).toBeGreaterThan(0), { timeout: 2000 });
    await fireEvent.click(pill);
    await tap("seen-none");
    expect(pill.dataset["found"]).toBe("0");
    expect(document.querySelector("[data-drawer]")).toBeNull();
  });

  it("answers also when nobody does", async () => {
    await opened({ phase: "open", empty: true });
    await tap("size-1");
    await saved();
    await tap("seen-before");
    await find("earlier-none");
  });
});

describe("taking turns", () => {
  it("shows who is next, skips, and lets clerks come and go", async () => {
    await opened({ phase: "open", empty: true, rotation: true });
    expect((await find("next-up")).textContent).toContain("小李");
    await tap("skip-turn");
    await waitFor(() => expect(screen.getByTestId("next-up").textContent).toContain("小王"));
    await tap("next-up");
    await tap("step-away-c-wang");
    await waitFor(() => expect(screen.getByTestId("next-up").textContent).toContain("周店长"));
    await tap("step-in-c-wang");
    await find("step-away-c-wang");
    await tap("size-1");
    expect(within(await find("card")).getByText("周店长接待")).toBeTruthy();
  });

  it("is not there where arrivals do not go round", async () => {
    await opened({ phase: "open", empty: true });
    await find("size-1");
    expect(screen.queryByTestId("next-up")).toBeNull();
  });
});
