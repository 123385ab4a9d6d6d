// What a phrase needs, as it is typed. The shell decides; this tells how far it is.

const HAN = /[\u3400-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/u;
const WORDS_MIN = 6;
const HAN_MIN = 12;
/** Characters as they are typed. */
export const PHRASE_MAX = 200;

type Measure = { words: number; characters: number; isEnough: boolean };

/** Words of two letters or more, and Chinese characters; enough of either, half of them not the same. */
export function measure(phrase: string): Measure {
  const letters = [...phrase.normalize("NFKC").toLowerCase()];
  const characters = letters.filter((letter) => HAN.test(letter));
  const rest = letters.map((letter) => (HAN.test(letter) ? " " : letter)).join("");
  const words = rest.split(/\s+/).filter((word) => (word.match(/\p{Alphabetic}/gu) ?? []).length >= 2);
  const isEnough = enough(words, WORDS_MIN) || enough(characters, HAN_MIN);
  return {
    words: words.length,
    characters: characters.length,
    isEnough: isEnough && [...phrase].length <= PHRASE_MAX,
  };
}

/** Whether somebody typed the same twice. */
export function isSame(one: string, other: string): boolean {
  const bare = (phrase: string) => phrase.normalize("NFKC").trim().toLowerCase().replace(/\s+/g, " ");
  return bare(one) === bare(other);
}

function enough(parts: string[], least: number): boolean {
  return parts.length >= least && new Set(parts).size > least / 2;
}
