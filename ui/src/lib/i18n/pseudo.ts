// A language nobody speaks: English with accents, two fifths longer and in brackets. Whatever is cut, or is
// not in the dictionary, shows at a glance. For the demo and for tests only.

import type { Messages } from "./zh-CN";

const PLAIN = "AaCcDdEeIiNnOoSsUuYyZz";
const ACCENTED = "ÀàÇçÐðÉéÎîÑñÖöŠšÛûÝýŽž";
const GROWTH = 0.4;
/** No word of a living language goes on for ever. */
const WORD = /~{8}(?=~)/g;

export function pseudo(text: string): string {
  const accented = [...text].map((letter) => ACCENTED[PLAIN.indexOf(letter)] ?? letter).join("");
  const grown = "~".repeat(Math.ceil(text.length * GROWTH)).replace(WORD, "$& ");
  return `[${accented}${grown}]`;
}

/** A whole dictionary in it; what only joins other words stays as it is. */
export function pseudoWords(words: Messages): Messages {
  const { listJoin, join, joinTight } = words.app;
  const spoken = dressed(words) as Messages;
  return { ...spoken, app: { ...spoken.app, listJoin, join, joinTight } };
}

function dressed(value: unknown): unknown {
  if (typeof value === "string") return pseudo(value);
  if (typeof value === "function") return (...given: unknown[]) => pseudo(String(value(...given)));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, dressed(inner)]));
}
