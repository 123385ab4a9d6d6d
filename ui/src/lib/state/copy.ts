// Everything that is kept of a visitor, in words that they can read.

import { momentOf, type I18n } from "../i18n";
import type { ContactCard, ContactCopy, Profile } from "../ipc";
import { ITEMS_FIELD, NOTE_FIELD } from "./fields";
import { choiceLabel, groupOf } from "./summary";

/** What the document says beyond the rest of a copy. */
type Document = {
  consent: { notice: { version: number } };
  visit: { entered_ms: number; fields: Record<string, string[]> };
};

type Words = Pick<I18n, "label" | "t" | "locale">;
type Line = [word: string, value: string];

const CARD: (keyof ContactCard)[] = ["name", "phone", "wechat", "email", "address"];

export function cardLines(card: ContactCard, { t }: Words): Line[] {
  return CARD.flatMap((field): Line[] => {
    const value = card[field];
    return value === null ? [] : [[t.visitor.fields[field], value]];
  });
}

export function purposeWords(codes: string[], { pack }: Profile, words: Words): string {
  const names = codes.map((code) => words.label(choiceLabel(pack.contact?.purposes, code)));
  return names.join(words.t.app.listJoin);
}

export function copyLines(copy: ContactCopy, profile: Profile, words: Words): Line[] {
  const { consent, visit } = JSON.parse(copy.json) as Document;
  const { t, locale } = words;
  const at = (ms: number) => momentOf(ms, profile.time_zone, locale);
  return [
    [t.contact.receipt, copy.code],
    ...cardLines(copy.card, words),
    [t.contact.purposes, purposeWords(copy.purposes, profile, words)],
    [t.contact.given, `${at(copy.given_ms)} · ${t.visitor.noticeVersion(String(consent.notice.version))}`],
    [t.rights.visit, at(visit.entered_ms)],
    ...Object.entries(visit.fields).map(([key, codes]) => fieldLine(key, codes, profile, words)),
  ];
}

function fieldLine(key: string, codes: string[], { pack }: Profile, words: Words): Line {
  const { t } = words;
  const group = groupOf(pack, key);
  const own: Record<string, string> = { [NOTE_FIELD]: t.visit.note, [ITEMS_FIELD]: t.visit.items };
  const values = codes.map((code) => (group ? words.label(choiceLabel(group.choices, code)) : code));
  return [group ? words.label(group.label) : (own[key] ?? key), values.join(t.app.listJoin)];
}
