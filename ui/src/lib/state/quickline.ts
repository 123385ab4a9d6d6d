// Reads the quick line: one line of short words that says a whole visit. Pure. The words themselves, with
// their pinyin, come from the shell; here they are only matched, ranked and put in order.

import type { Group, Item, OutcomeChoice, Pack, QuickWord } from "../ipc";
import { PAD_KEYS } from "./letters";

export type Token =
  | { kind: "size"; text: string; size: number }
  | { kind: "item"; text: string; item: Item }
  | { kind: "unknown"; text: string }
  | WordToken;

/** `others` are what the word might mean as well; they stay until one is picked. */
export type WordToken = { kind: "word"; text: string; slot: string; word: QuickWord; others: QuickWord[] };

/** What the reader knows besides the line. */
export type Known = {
  words: QuickWord[];
  pack: Pack;
  /** Articles by number, lower-case; null for a number the catalogue does not have. */
  items: ReadonlyMap<string, Item | null>;
  /** What was picked for an ambiguous word, by its slot. */
  picks: ReadonlyMap<string, string>;
};

/** What a line does, in the order in which it is written down. */
export type Plan = {
  size: number | null;
  choices: { group: Group; code: string }[];
  items: string[];
  outcome: OutcomeChoice | null;
  reasons: string[];
};

type Ranked = { word: QuickWord; exact: boolean; back: boolean };

/** A number of an article that is worth asking the catalogue for. */
export const ITEM_LIKE = /^[A-Za-z0-9._/+-]{3,48}$/;

export function tokensOf(line: string): string[] {
  return line.split(/\s+/u).filter((token) => token !== "");
}

export const wordId = (word: QuickWord): string => [word.kind, word.group, word.code].join("/");

export function readLine(line: string, known: Known): Token[] {
  const seen = new Map<string, number>();
  let outcome: OutcomeChoice | null = null;
  return tokensOf(line).map((text, place) => {
    if (place === 0 && /^[1-5]$/.test(text)) return { kind: "size", text, size: Number(text) };
    const nth = seen.get(text) ?? 0;
    seen.set(text, nth + 1);
    const token = read(text, `${text} ${nth}`, known, outcome);
    if (token.kind === "word" && token.word.kind === "outcome")
      outcome = outcomeOf(known.pack, token.word.code);
    return token;
  });
}

function read(text: string, slot: string, known: Known, outcome: OutcomeChoice | null): Token {
  const pad = outcome ? undefined : padOf(known, text);
  if (pad) return { kind: "word", text, slot, word: pad, others: [] };
  const ranked = candidates(text.toLowerCase(), known, outcome);
  const item = known.items.get(text.toLowerCase());
  if (item && !ranked[0]?.exact) return { kind: "item", text, item };
  const picked = ranked.find(({ word }) => wordId(word) === known.picks.get(slot));
  if (picked) return { kind: "word", text, slot, word: picked.word, others: [] };
  const [best, ...rest] = ranked;
  if (!best) return { kind: "unknown", text };
  const others = rest.filter((other) => other.exact === best.exact).map(({ word }) => word);
  return { kind: "word", text, slot, word: best.word, others };
}

/** B, L and R mean the pads here too. */
function padOf({ words, pack }: Known, text: string): QuickWord | undefined {
  const pads = pack.outcomes.filter((choice) => choice.pad);
  const code = pads[PAD_KEYS.indexOf(text.toUpperCase())]?.code;
  return words.find((word) => word.kind === "outcome" && word.code === code);
}

/**
 * Whole words before beginnings of words, then what stands on the form before what is behind "more"; the
 * shell gives the words in the order of the form. Reasons count only after an outcome that asks for them,
 * and there they come first. One line closes a visit once.
 */
function candidates(text: string, known: Known, outcome: OutcomeChoice | null): Ranked[] {
  const reasons = outcome?.asks.includes("reasons") ? matching(text, known, "reason") : [];
  if (reasons.length > 0) return reasons;
  return [...matching(text, known, "choice"), ...(outcome ? [] : matching(text, known, "outcome"))].toSorted(
    byRank,
  );
}

function matching(text: string, { words, pack }: Known, kind: QuickWord["kind"]): Ranked[] {
  return words
    .filter((word) => word.kind === kind && word.words.some((known) => known.startsWith(text)))
    .map((word) => ({ word, exact: word.words.includes(text), back: !isFront(pack, word) }))
    .toSorted(byRank);
}

const byRank = (a: Ranked, b: Ranked) => Number(b.exact) - Number(a.exact) || Number(a.back) - Number(b.back);

function isFront(pack: Pack, word: QuickWord): boolean {
  if (word.kind === "outcome") return outcomeOf(pack, word.code)?.pad ?? false;
  const group = pack.groups.find((other) => other.key === word.group);
  const place = group?.choices.findIndex((choice) => choice.code === word.code) ?? 0;
  return word.kind === "reason" || (group !== undefined && place < group.front);
}

function outcomeOf(pack: Pack, code: string): OutcomeChoice | null {
  return pack.outcomes.find((choice) => choice.code === code) ?? null;
}

/** What the line does, or null while a word of it is unknown. */
export function planOf(tokens: Token[], pack: Pack): Plan | null {
  const plan: Plan = { size: null, choices: [], items: [], outcome: null, reasons: [] };
  for (const token of tokens) {
    if (token.kind === "unknown") return null;
    if (token.kind === "size") plan.size = token.size;
    else if (token.kind === "item") plan.items.push(token.item.code);
    else addWord(plan, token.word, pack);
  }
  return plan;
}

function addWord(plan: Plan, word: QuickWord, pack: Pack): void {
  if (word.kind === "outcome") plan.outcome = outcomeOf(pack, word.code);
  else if (word.kind === "reason") plan.reasons.push(word.code);
  else {
    const group = pack.groups.find((other) => other.key === word.group);
    if (group) plan.choices.push({ group, code: word.code });
  }
}
