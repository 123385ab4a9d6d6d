// A manager brings the articles of the store; everybody sees how many there are.

import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import type { Component } from "svelte";
import { afterEach, expect, it, vi } from "vitest";
import { failure } from "../ipc";
import { DEMO_PIN } from "../ipc/fake/data";
import { FakeBackend } from "../ipc/fake";
import { setSession } from "../state/context";
import { Session } from "../state/session.svelte";
import CatalogueCard from "./CatalogueCard.svelte";

afterEach(cleanup);

/** The card as it stands in an opened app. */
async function shownTo(
  clerkId: string,
  locale: "zh-CN" | "en" = "zh-CN",
): Promise<{ shell: FakeBackend; session: Session }> {
  const shell = new FakeBackend({ phase: "locked", prefs: { locale, theme: "system" } });
  const session = new Session(shell);
  await session.start();
  await session.unlock(clerkId, DEMO_PIN);
  const card: Component = (internals, props) => {
    setSession(session);
    return CatalogueCard(internals, props);
  };
  render(card, { context: new Map() });
  await waitFor(() => expect(text("catalogue-status")).not.toBe(""));
  return { shell, session };
}

const text = (id: string) => screen.getByTestId(id).textContent.trim();
const choose = (csv: string | File) =>
  fireEvent.change(screen.getByTestId("catalogue-file"), {
    target: { files: [typeof csv === "string" ? new File([csv], "articles.csv") : csv] },
  });

it("shows a clerk how many articles there are and no way to replace them", async () => {
  await shownTo("c-li");
  expect(text("catalogue-status")).toContain("12 件商品");
  expect(screen.queryByTestId("catalogue-import")).toBeNull();
  expect(screen.queryByTestId("catalogue-file")).toBeNull();
});

it("replaces the catalogue and names the lines that were left out", async () => {
  const { shell } = await shownTo("c-zhou");
  await choose("A-1,羊毛大衣,外套\n,无号\nA-2,\nA-3,围巾\n");
  expect(text("catalogue-import")).toBe("正在导入…");
  await waitFor(() => expect(text("import-result")).toContain("已导入 2 件商品。"));
  expect(text("import-result")).toContain("第 2 行：没有货号");
  expect(text("import-result")).toContain("第 3 行：没有品名");
  expect(text("catalogue-status")).toContain("2 件商品");
  expect(await shell.findItems("羊毛")).toEqual([{ code: "A-1", name: "羊毛大衣" }]);
});

it("is replaced after the PIN was typed once more, where that is long ago", async () => {
  const { shell, session } = await shownTo("c-zhou");
  vi.spyOn(shell, "importCatalogue").mockRejectedValueOnce(failure("pin_needed"));
  await choose("A-1,羊毛大衣\n");
  await waitFor(() => expect(session.pinCheck).not.toBeNull());
  for (const digit of DEMO_PIN) session.pinCheck?.type(digit);
  await waitFor(() => expect(text("import-result")).toContain("已导入 1 件商品。"));
});

it("leaves the catalogue when no line is good, and says so", async () => {
  await shownTo("c-zhou", "en");
  await choose(",\n".repeat(30));
  await waitFor(() => expect(text("import-result")).toContain("the catalogue has not changed"));
  expect(text("import-result")).toContain("Lines left out: 30.");
  expect(text("import-result")).toContain("and 10 more");
  expect(text("catalogue-status")).toContain("12 articles");
});

it("words what the shell refuses, and takes the next file", async () => {
  const { shell } = await shownTo("c-zhou");
  shell.failNext = failure("file_unreadable");
  await choose("PK");
  await screen.findByText("读不出这个文件");
  await choose("A-1,羊毛大衣");
  await waitFor(() => expect(text("import-result")).toContain("已导入 1 件商品。"));
  expect(screen.queryByTestId("error")).toBeNull();
});

it("does not read a file that is larger than the shell takes", async () => {
  await shownTo("c-zhou");
  await choose(new File([new Uint8Array(8 * 1024 * 1024 + 1)], "all.csv"));
  await screen.findByText("文件太大");
});
