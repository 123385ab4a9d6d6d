// How a visit is named in one line, on its card, in the form's head and in the day log.

import type { I18n } from "../i18n";
import type { Choice, Clerk, FieldValue, Group, Handed, Item, Label, Pack, Patch, VisitView } from "../ipc";
import { ITEMS_FIELD, codeOf, codesOf, stepsOf } from "./fields";

const HEADLINE_KEYS = ["age", "company", "style"];
const SEPARATOR = " · ";

type Words = Pick<I18n, "label" | "t" | "locale">;

/** The group that fills a field, a question's among them. */
export function groupOf(pack: Pack, key: string): Group | undefined {
  const asked = pack.questions.map(({ group }) => group);
  return [...pack.groups, ...asked].find((group) => group.key === key);
}

export function choiceLabel(choices: Pick<Choice, "code" | "label">[] | undefined, code: string): Label {
  // A code of an older pack has no label any more; the code itself is better than a gap.
  return choices?.find((choice) => choice.code === code)?.label ?? { zh: code, en: code };
}

/** A visit closed by rule has an outcome of its own, which no pack lists. */
export function outcomeWord(pack: Pack, code: string, words: Words): string {
  return code === "unseen" ? words.t.visit.unseen : words.label(choiceLabel(pack.outcomes, code));
}

/**
 * `青年 · 独自 · 通勤`; from two people on the party leads, where no narrow card cuts it, and it stands
 * alone while nothing else is known.
 */
export function headline(
  pack: Pack,
  fields: Patch,
  size: number,
  words: Words,
  separator = SEPARATOR,
): string {
  const known = HEADLINE_KEYS.flatMap((key) => {
    const code = codeOf(fields[key]);
    return code === null || code === "unsure"
      ? []
      : [words.label(choiceLabel(groupOf(pack, key)?.choices, code))];
  });
  const party = size > 1 || known.length === 0 ? [words.t.floor.party(size)] : [];
  return [...party, ...known].join(separator);
}

/**
 * The second line of a card: where the visitor went and what they did. A colleague's visit names the
 * colleague first; one's own goes without a name as soon as there is more to tell.
 */
export function detail(pack: Pack, visit: VisitView, serving: string, mine: boolean, words: Words): string {
  const path = pack.groups.find((group) => group.kind === "path");
  const zones = path
    ? stepsOf(visit.fields[path.key]).map((step) => words.label(choiceLabel(path.choices, step.zone)))
    : [];
  const acts = [
    ...labels(pack, visit.fields, "attention", words),
    ...labels(pack, visit.fields, "gesture", words),
  ];
  const told = [zones.slice(-3).join(" → "), acts.join(words.t.app.listJoin)].filter((part) => part !== "");
  if (told.length === 0) return words.t.floor.served(serving);
  return [...(mine ? [] : [serving]), ...told].join(words.t.app.join);
}

/** A clerk may have left the store since. */
export function clerkName(clerks: Clerk[], id: string): string {
  return clerks.find((clerk) => clerk.id === id)?.name ?? "–";
}

/** `小王交接：要看 M 码` */
export function handedLine(handed: Handed, clerks: Clerk[], words: Words): string {
  return words.t.floor.handed(clerkName(clerks, handed.from), handed.note);
}

export function labels(pack: Pack, fields: Patch, key: string, words: Words): string[] {
  return codesOf(fields[key]).map((code) => words.label(choiceLabel(groupOf(pack, key)?.choices, code)));
}

/** The articles of a visit as they stand now; one on its way has no name yet. */
export function itemsOf(visit: VisitView): Item[] {
  return codesOf(visit.fields[ITEMS_FIELD]).map(
    (code) => visit.items.find((item) => item.code === code) ?? { code, name: null },
  );
}

type Tone = "sea" | "amber" | "brick";

/** The colour of an interest level by its place on the scale: the warmer, the keener. */
export function interestTone(group: Group | undefined, value: FieldValue | undefined): Tone {
  const place = group?.choices.findIndex((choice) => choice.code === value) ?? -1;
  const top = (group?.choices.length ?? 0) - 1;
  if (place < 0 || place <= top * 0.25) return "sea";
  return place >= top ? "brick" : "amber";
}
