import { describe, expect, it } from "vitest";
import type { Item } from "../ipc";
import { PACKS } from "../ipc/fake/data";
import { quickWords } from "../ipc/fake/words";
import { planOf, readLine, wordId, type Known, type Token } from "./quickline";

const pack = PACKS.apparel;
const words = quickWords(pack);

function read(line: string, known: Partial<Known> = {}): Token[] {
  return readLine(line, { words, pack, items: new Map(), picks: new Map(), ...known });
}

const told = (tokens: Token[]) =>
  tokens.map((token) => {
    if (token.kind === "word") return wordId(token.word);
    if (token.kind === "size") return token.size;
    return token.kind === "item" ? token.item.code : `?${token.text}`;
  });

describe("a line", () => {
  it("says a whole visit in pinyin", () => {
    const tokens = read("2 qn ty bao sy l que");
    expect(told(tokens)).toEqual([
      2,
      "choice/age/a20",
      "choice/style/sport",
      "choice/zones/bags",
      "choice/zones/fit",
      "outcome//none",
      "reason//stock",
    ]);
    const plan = planOf(tokens, pack)!;
    expect(plan).toMatchObject({ size: 2, outcome: { code: "none" }, reasons: ["stock"], items: [] });
    expect(plan.choices.map(({ code }) => code)).toEqual(["a20", "sport", "bags", "fit"]);
  });

  it("says the same in Chinese and in English", () => {
    const plan = (line: string) => planOf(read(line), pack);
    expect(plan("2 青年 体育 包袋 试衣间 l 缺货")).toEqual(plan("2 qn ty bao sy l que"));
    expect(plan("2 young sport bags fit l stock")).toEqual(plan("2 qn ty bao sy l que"));
    expect(plan("2 QingNian TIYU 包 SYJ L QH")).toEqual(plan("2 qn ty bao sy l que"));
  });

  it("may be empty", () => {
    expect(read("  ")).toEqual([]);
  });
});

describe("a digit", () => {
  it("is a party only in front", () => {
    expect(told(read("3 qn"))).toEqual([3, "choice/age/a20"]);
    expect(told(read("qn 3"))).toEqual(["choice/age/a20", "choice/interest/3"]);
  });

  it("is no party above five", () => {
    expect(told(read("6"))).toEqual(["?6"]);
  });
});

describe("ranking", () => {
  it("puts a whole word before the beginning of another", () => {
    const [token] = read("young");
    expect(token).toMatchObject({ word: { code: "a20" }, others: [] });
  });

  it("puts what stands on the form before what is behind more, then goes by the form's order", () => {
    const [token] = read("sy");
    expect(token).toMatchObject({ kind: "word", word: { code: "fit" } });
    expect(token?.kind === "word" && token.others.map(({ code }) => code)).toEqual(["till"]);
  });

  it("puts reasons first after an outcome that asks for them, and knows none before", () => {
    expect(told(read("price"))).toEqual(["choice/gesture/price"]);
    expect(told(read("l price"))).toEqual(["outcome//none", "reason//price"]);
    expect(told(read("b price"))).toEqual(["outcome//buy", "choice/gesture/price"]);
    expect(told(read("l qn"))).toEqual(["outcome//none", "choice/age/a20"]);
  });

  it("means the pads by b, l and r, once", () => {
    expect(told(read("b"))).toEqual(["outcome//buy"]);
    expect(told(read("R"))).toEqual(["outcome//lead"]);
    expect(told(read("b 退换"))).toEqual(["outcome//buy", "?退换"]);
  });
});

describe("a doubtful word", () => {
  it("takes what was picked for it, and only there", () => {
    const picks = new Map([["bao 0", "choice/attention/bag"]]);
    const tokens = read("bao bao", { picks });
    expect(told(tokens)).toEqual(["choice/attention/bag", "choice/zones/bags"]);
    expect(tokens[0]).toMatchObject({ others: [] });
    expect(tokens[1]?.kind === "word" && tokens[1].others.length).toBeGreaterThan(0);
  });

  it("keeps its pick while words are put before it", () => {
    const picks = new Map([["sy 0", "choice/zones/till"]]);
    expect(told(read("2 qn sy", { picks }))).toContain("choice/zones/till");
  });
});

describe("an article number", () => {
  const items = new Map<string, Item | null>([
    ["ap-1001", { code: "AP-1001", name: "大衣" }],
    ["qn", { code: "QN", name: "奇怪" }],
    ["sho", { code: "SHO", name: "鞋" }],
    ["zzz", null],
  ]);

  it("is an item when the catalogue has exactly it", () => {
    expect(told(read("ap-1001 zzz", { items }))).toEqual(["AP-1001", "?zzz"]);
  });

  it("comes after whole words and before beginnings", () => {
    expect(told(read("qn sho", { items }))).toEqual(["choice/age/a20", "SHO"]);
  });
});

it("says nothing while a word is unknown", () => {
  expect(planOf(read("2 qn xyzzy"), pack)).toBeNull();
});

it("collects several reasons", () => {
  expect(planOf(read("l price size"), pack)?.reasons).toEqual(["price", "size"]);
});
