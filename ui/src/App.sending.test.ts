// What does not go to headquarters by itself, on the whole interface with the stand-in shell.

import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import axe from "axe-core";
import { describe, expect, it, vi } from "vitest";
import { find, freshWindow, opened, signIn, tap } from "./floor-test";
import { failure } from "./lib/ipc";
import type { FakeBackend, FakeOptions } from "./lib/ipc/fake";

freshWindow();

async function signedIn(clerkId: string, options: FakeOptions): Promise<FakeBackend> {
  const shell = await opened({ phase: "locked", paired: true, ...options });
  await signIn(clerkId);
  await tap("sync-chip");
  return shell;
}

const manager = (options: FakeOptions) => signedIn("c-zhou", options);
/** The rules of accessibility that the page breaks; those of colour are for the real window. */
async function broken(): Promise<string[]> {
  const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false } } });
  return violations.map(({ id }) => id);
}

const rows = () => screen.queryAllByTestId("aside-record");
const chip = () => screen.getByTestId("sync-chip").textContent.trim();

describe("what headquarters set aside", () => {
  it("the chip says that somebody is needed, and a clerk learns whom to ask", async () => {
    await signedIn("c-li", { aside: 3 });
    expect(chip()).toBe("3 条要人处理");
    expect(screen.getByText(/请叫店长/)).toBeTruthy();
    expect(screen.queryByTestId("aside-open")).toBeNull();
  });

  it("a manager reads what each one is, why it was not taken and what to do", async () => {
    await manager({ aside: 4 });
    await tap("aside-open");
    await waitFor(() => expect(rows()).toHaveLength(4));
    const said = rows().map((row) => row.textContent);
    expect(rows().map((row) => row.dataset["reason"])).toEqual([
      "conflict",
      "unsendable",
      "foreign_origin",
      "malformed",
    ]);
    expect(said[0]).toContain("离店");
    expect(said[0]).toContain("由总部决定留哪一条");
    expect(said[1]).toContain("记录");
    expect(await broken()).toEqual([]);
  });

  it("one is sent again, then all the others", async () => {
    await manager({ aside: 3 });
    await tap("aside-open");
    await waitFor(() => expect(rows()).toHaveLength(3));
    await fireEvent.click(screen.getAllByTestId("aside-again")[1] as HTMLElement);
    await waitFor(() => expect(rows()).toHaveLength(2));
    await tap("aside-again-all");
    await find("aside-none");
    await waitFor(() => expect(chip()).not.toContain("要人处理"), { timeout: 3000 });
  });

  it("it is copied for headquarters, one record a line", async () => {
    await manager({ aside: 2 });
    await tap("aside-open");
    await waitFor(() => expect(rows()).toHaveLength(2));
    await tap("aside-copy");
    const text = (await find("aside-text")) as HTMLTextAreaElement;
    expect(text.value.split("\n")).toHaveLength(2);
    const writeText = vi.fn(async () => undefined);
    vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText } });
    await tap("aside-text-copy");
    expect(writeText).toHaveBeenCalledWith(text.value);
    expect(await screen.findByText("已复制。")).toBeTruthy();
  });

  it("what did not work is said, and nothing leaves the list", async () => {
    const shell = await manager({ aside: 2 });
    await tap("aside-open");
    await waitFor(() => expect(rows()).toHaveLength(2));
    shell.failNext = failure("disk_full");
    await tap("aside-again-all");
    expect((await find("error")).dataset["code"]).toBe("disk_full");
    expect(rows()).toHaveLength(2);
  });
});

describe("a file that somebody carries", () => {
  it("a manager makes it, and learns where it lies", async () => {
    await manager({ offline: true });
    await tap("carry-open");
    await tap("carry-make");
    expect((await find("carry-made")).textContent).toContain("14 条");
    expect((screen.getByTestId("carry-path") as HTMLTextAreaElement).value).toContain("/export/spool-");
    expect(chip()).toContain("14 条待发");
    expect(await broken()).toEqual([]);
  });

  it("a full disk is said, and the file is made with the next try", async () => {
    const shell = await manager({ offline: true });
    await tap("carry-open");
    shell.failNext = failure("disk_full");
    await tap("carry-make");
    expect((await find("error")).dataset["code"]).toBe("disk_full");
    await tap("carry-make");
    await find("carry-made");
    expect(screen.queryByTestId("error")).toBeNull();
  });

  it.each([
    ["a clerk", "c-li", { offline: true }],
    ["a manager of a trial", "c-zhou", { offline: true, paired: false }],
    ["a manager when nothing waits", "c-zhou", {}],
  ])("%s is not offered one", async (_, clerkId, options) => {
    await signedIn(clerkId, options);
    expect(screen.queryByTestId("carry-open")).toBeNull();
  });
});
