// Every pair of colours in use is readable, in both themes: WCAG 2.2, level AA.

import { describe, expect, it } from "vitest";
import css from "./app.css?raw";

type Tokens = Record<string, string>;

/** The colours of the first rule after `selector`. */
function tokensAfter(selector: string): Tokens {
  const rule = css.slice(css.indexOf(selector)).match(/\{([^{}]*)\}/)?.[1] ?? "";
  return Object.fromEntries(
    [...rule.matchAll(/--([\w-]+):\s*(#[0-9a-f]+)/g)].map(([, name, hex]) => [name, hex]),
  );
}

function luminance(hex: string): number {
  const short = hex.length === 4;
  const [red = 0, green = 0, blue = 0] = [0, 1, 2].map((place) => {
    const digits = short ? (hex[place + 1] ?? "").repeat(2) : hex.slice(1 + place * 2, 3 + place * 2);
    const level = parseInt(digits, 16) / 255;
    return level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const surfaces = ["paper", "side", "card"];
const onSurfaces = (words: string[]) => words.flatMap((word) => surfaces.map((under) => [word, under]));

/** What is read, and on what. */
const TEXT = [
  ...onSurfaces(["ink", "ink2", "ink3", "pine", "brick"]),
  ["ink", "amber-row"],
  ["ink", "amber-s"],
  ["ink2", "amber-s"],
  ["amber", "card"],
  ["pine", "pine-s"],
  ["amber", "amber-s"],
  ["brick", "brick-s"],
  ["sea", "sea-s"],
  ["on-fill", "fill"],
  ["on-fill", "sea-fill"],
  ["on-fill", "amber-fill"],
  ["on-fill", "brick-fill"],
  ["on-badge", "badge"],
];

/** What only has to be seen: edges of fields, the mark of the focus, bars. */
const SIGNS = [...onSurfaces(["edge", "sea-fill", "fill"]), ["pine", "card"]];

const light = tokensAfter(":root {");
const themes: Record<string, Tokens> = {
  light,
  "dark by the system": { ...light, ...tokensAfter(':root:not([data-theme="light"]) {') },
  "dark by choice": { ...light, ...tokensAfter(':root[data-theme="dark"] {') },
};

describe.each(Object.entries(themes))("the colours, %s", (_, tokens) => {
  const of = (name: string) => tokens[name] ?? "#";
  const ratios = (pairs: string[][]) =>
    pairs.map(([one = "", other = ""]) => ({ one, other, ratio: contrast(of(one), of(other)) }));

  it("keep what is read apart from what it stands on", () => {
    expect(ratios(TEXT).filter(({ ratio }) => !(ratio >= 4.5))).toEqual([]);
  });

  it("keep signs apart from what is around them", () => {
    expect(ratios(SIGNS).filter(({ ratio }) => !(ratio >= 3))).toEqual([]);
  });
});

it("dark is the same by the system and by choice", () => {
  expect(themes["dark by the system"]).toEqual(themes["dark by choice"]);
});

it("the measure is that of the standard", () => {
  expect(contrast("#000", "#ffffff")).toBeCloseTo(21);
  expect(contrast("#777777", "#fff")).toBeCloseTo(4.48, 2);
});
