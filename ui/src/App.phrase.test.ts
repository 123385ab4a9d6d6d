// The phrase of a machine without a keyring, on the whole interface with the stand-in shell.

import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import axe from "axe-core";
import { describe, expect, it, vi } from "vitest";
import { find, freshWindow, opened, signIn, tap } from "./floor-test";
import { failure } from "./lib/ipc";
import { RECOVERY_CODES } from "./lib/ipc/fake/paper";
import { FAKE_PHRASE, PROPOSED_PHRASE } from "./lib/ipc/fake/phrase";

freshWindow();

const [CODE = ""] = RECOVERY_CODES;
const OWN = "春眠不觉晓处处闻啼鸟夜来风雨";
const field = (id: string) => screen.getByTestId<HTMLInputElement>(id);
const write = (id: string, text: string) => fireEvent.input(field(id), { target: { value: text } });
const refusal = async () => (await find("error")).dataset["code"];
const covered = (id: string) => field(id).closest(".covered") !== null;

async function chosen(phrase: string, again = phrase): Promise<void> {
  await write("phrase-new", phrase);
  await write("phrase-again", again);
  await tap("phrase-keep");
}

async function brokenRules(): Promise<string[]> {
  const rules = { "color-contrast": { enabled: false } };
  const { violations } = await axe.run(document.body, { rules });
  return violations.map(({ id }) => id);
}

describe("a machine without a keyring", () => {
  const UNSET = { phase: "trouble", trouble: "phrase_unset" } as const;

  it("is set up once there is a phrase, typed twice", async () => {
    const shell = await opened(UNSET);
    const set = vi.spyOn(shell, "setPhrase");
    await tap("phrase-keep");
    expect(screen.getByTestId("phrase-need").textContent).toContain("太短");
    await write("phrase-new", "五个字不够");
    expect(screen.getByText(/已有 0 个词、5 个汉字/)).toBeTruthy();
    await chosen(OWN, "另外一个");
    expect(screen.getByTestId("phrase-need").textContent).toContain("不一样");
    expect(set).not.toHaveBeenCalled();
    await chosen(OWN);
    await find("setup-url");
    expect(set).toHaveBeenCalledWith(OWN);
  });

  it("proposes one, which is shown until it is hidden, and typed back from the paper", async () => {
    await opened(UNSET);
    await tap("phrase-propose");
    await waitFor(() => expect(field("phrase-new").value).toBe(PROPOSED_PHRASE));
    expect(screen.getByText("够长了")).toBeTruthy();
    expect(screen.getByTestId("voice").textContent).not.toContain(PROPOSED_PHRASE);
    expect(covered("phrase-new")).toBe(false);
    await tap("phrase-new-show");
    expect(covered("phrase-new") && covered("phrase-again")).toBe(true);
    await tap("phrase-keep");
    expect(screen.getByTestId("phrase-need")).toBeTruthy();
    await write("phrase-again", PROPOSED_PHRASE.toUpperCase());
    await tap("phrase-keep");
    await find("setup-url");
  });

  it("says that headquarters had it wiped, where it had", async () => {
    await opened({ ...UNSET, wiped: 0 });
    expect(screen.getByTestId("wiped")).toBeTruthy();
  });

  it("says when it could not be kept, and keeps what was typed", async () => {
    const shell = await opened(UNSET);
    shell.failNext = failure("disk_full");
    await chosen(OWN);
    expect(await refusal()).toBe("disk_full");
    expect(field("phrase-new").value).toBe(OWN);
  });
});

describe("at a start", () => {
  const NEEDED = { phase: "trouble", trouble: "phrase_needed", paired: true } as const;

  it("the phrase opens the lock screen, and is covered unless somebody shows it", async () => {
    await opened(NEEDED);
    expect(screen.getByText(/没有删除任何东西/)).toBeTruthy();
    await tap("phrase-open");
    expect(screen.getByText("请输入启动口令。")).toBeTruthy();
    expect(covered("phrase-typed")).toBe(true);
    await tap("phrase-typed-show");
    expect(covered("phrase-typed")).toBe(false);
    await write("phrase-typed", FAKE_PHRASE.toUpperCase());
    await tap("phrase-open");
    await find("clerk-c-zhou");
    expect(document.documentElement.textContent).not.toContain("grey cats");
  });

  it("a wrong one is said, and after some there is a wait", async () => {
    await opened(NEEDED);
    for (let tries = 0; tries < 5; tries += 1) {
      await write("phrase-typed", `wrong ${tries}`);
      await tap("phrase-open");
      expect(await refusal()).toBe("phrase_wrong");
      await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>("phrase-open").disabled).toBe(false));
    }
    await tap("phrase-open");
    await find("phrase-wait");
    expect(await refusal()).toBe("phrase_wait");
    expect(screen.getByTestId<HTMLButtonElement>("phrase-open").disabled).toBe(true);
  });

  it("the code from the paper opens too, with a new phrase", async () => {
    const shell = await opened(NEEDED);
    const recovered = vi.spyOn(shell, "recoverWithPhrase");
    await tap("phrase-lost");
    await chosen(OWN);
    expect(screen.getByTestId("phrase-need").textContent).toContain("30");
    await write("phrase-code", CODE.replace("7", "8"));
    await tap("phrase-keep");
    expect(await refusal()).toBe("recovery_mistyped");
    await write("phrase-code", CODE.toLowerCase());
    await tap("phrase-keep");
    await find("clerk-c-zhou");
    expect(recovered).toHaveBeenLastCalledWith(CODE, OWN);
  });

  it("there is a way back from the paper, and trying again", async () => {
    await opened(NEEDED);
    await tap("phrase-lost");
    await tap("phrase-back");
    expect(screen.getByTestId("phrase-typed")).toBeTruthy();
    await tap("trouble-retry");
    await screen.findByTestId("setup-url", {}, { timeout: 3000 });
  });
});

describe("in the settings", () => {
  async function signedIn(clerkId: string, byPhrase: boolean) {
    const shell = await opened({ phase: "locked", paired: true, byPhrase });
    await signIn(clerkId);
    await tap("settings-open");
    return shell;
  }

  it("a manager changes the phrase", async () => {
    const shell = await signedIn("c-zhou", true);
    const change = vi.spyOn(shell, "changePhrase");
    await tap("phrase-change");
    await chosen(OWN);
    await waitFor(() => expect(screen.getByTestId("phrase").textContent).toContain("已换成新口令"));
    expect(change).toHaveBeenCalledWith(OWN);
    expect(screen.queryByTestId("phrase-new")).toBeNull();
  });

  it.each([
    ["a clerk", "c-li", true],
    ["a manager of a device with a keyring", "c-zhou", false],
  ])("%s sees nothing of it", async (_, clerkId, byPhrase) => {
    await signedIn(clerkId, byPhrase);
    expect(screen.queryByTestId("phrase")).toBeNull();
  });
});

it.each(["phrase_unset", "phrase_needed"] as const)("no rule is broken: %s", async (trouble) => {
  await opened({ phase: "trouble", trouble });
  expect(await brokenRules()).toEqual([]);
  if (trouble === "phrase_unset") return;
  await tap("phrase-lost");
  expect(await brokenRules()).toEqual([]);
});
