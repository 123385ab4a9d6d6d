import { describe, expect, it } from "vitest";
import { en } from "./en";
import { I18n } from "./i18n.svelte";
import { pseudo, pseudoWords } from "./pseudo";
import { zhCN } from "./zh-CN";

/** Every word with the way to it; a function stands for the words it makes of examples. */
function words(value: unknown, way = ""): [string, string][] {
  if (typeof value === "string") return [[way, value]];
  if (typeof value === "function") return [[way, String(value(...Array<unknown>(value.length).fill(7)))]];
  return Object.entries(value as object).flatMap(([key, inner]) => words(inner, `${way}.${key}`));
}

describe("the two dictionaries", () => {
  it("have the same keys", () => {
    expect(words(en).map(([way]) => way)).toEqual(words(zhCN).map(([way]) => way));
  });

  it.each([
    ["zh-CN", zhCN],
    ["en", en],
  ])("leave nothing unsaid in %s", (_, dictionary) => {
    expect(words(dictionary).filter(([, said]) => said.trim() === "")).toEqual([]);
  });

  it("take as much in one language as in the other", () => {
    const arity = (value: unknown): unknown =>
      typeof value === "function"
        ? value.length
        : typeof value === "object" && value !== null
          ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, arity(inner)]))
          : null;
    expect(arity(en)).toEqual(arity(zhCN));
  });
});

describe("the language nobody speaks", () => {
  it("is longer, accented and in brackets", () => {
    expect(pseudo("Day log")).toBe("[Ðàý lög~~~]");
  });

  it("has every word of English, those with numbers in them too", () => {
    const spoken = pseudoWords(en);
    expect(spoken.log.people("7")).toBe(pseudo("7 people"));
    expect(words(spoken).map(([way]) => way)).toEqual(words(en).map(([way]) => way));
  });

  it("can be spoken in place of one of the two", () => {
    const i18n = new I18n();
    i18n.locale = "en";
    i18n.dictionaries = { "zh-CN": zhCN, en: pseudoWords(en) };
    expect(i18n.t.top.lock).toBe(pseudo("Lock"));
  });
});
