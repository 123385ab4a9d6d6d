import { describe, expect, it, vi } from "vitest";
import { failure } from "../ipc";
import { isSame, measure } from "./phrase";
import { PhraseState } from "./phrase.svelte";

const PHRASE = "six grey cats sleep under boats";

describe("what a phrase needs", () => {
  it.each([PHRASE, "ｓｉｘ grey　cats sleep under boats", "春眠不觉晓，处处闻啼鸟，夜来"])(
    "is there in %s",
    (phrase) => expect(measure(phrase).isEnough).toBe(true),
  );

  it.each([
    ["", 0, 0],
    ["five grey cats sleep here", 5, 0],
    ["a b c d e f g", 0, 0],
    ["cat dog cat dog cat dog", 6, 0],
    ["春眠不觉晓处处闻啼鸟夜", 0, 11],
    ["哈哈哈哈哈哈哈哈哈哈哈哈", 0, 12],
    [`${PHRASE} ${"x".repeat(200)}`, 7, 0],
  ])("is not in %s", (phrase, words, characters) => {
    expect(measure(phrase)).toEqual({ words, characters, isEnough: false });
  });

  it("is the same twice, whatever the case and the blanks", () => {
    expect(isSame(PHRASE, " Six  grey cats sleep under boats")).toBe(true);
    expect(isSame(PHRASE, "six grey cats sleep under boat")).toBe(false);
  });
});

describe("typing it", () => {
  const shell = () => ({
    proposePhrase: vi.fn(async () => PHRASE),
    setPhrase: vi.fn(async () => undefined),
    openWithPhrase: vi.fn(async () => {
      throw failure("phrase_wait", 30);
    }),
    recoverWithPhrase: vi.fn(async () => undefined),
    changePhrase: vi.fn(async () => undefined),
  });

  it("is done once however often it is asked at once", async () => {
    const behind = shell();
    const phrase = new PhraseState(behind);
    await Promise.all([phrase.set(PHRASE), phrase.set(PHRASE)]);
    expect(behind.setPhrase).toHaveBeenCalledTimes(1);
    expect(phrase.busy).toBe(false);
  });

  it("waits as long as the shell says", async () => {
    const phrase = new PhraseState(shell());
    expect(await phrase.open("wrong")).toBe(false);
    expect(phrase.error?.code).toBe("phrase_wait");
    expect(phrase.waitS).toBe(30);
  });

  it("gives a proposal, or says why not", async () => {
    const behind = shell();
    const phrase = new PhraseState(behind);
    expect(await phrase.propose()).toBe(PHRASE);
    behind.proposePhrase.mockRejectedValueOnce(failure("internal"));
    expect(await phrase.propose()).toBeNull();
    expect(phrase.error?.code).toBe("internal");
  });
});
