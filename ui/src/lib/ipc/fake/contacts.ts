// The contacts of the stand-in: what visitors typed, and to whom the screen is turned.

import { failure, type Patch } from "../backend";
import type {
  ContactCard,
  ContactCopy,
  ContactForm,
  ContactInput,
  MaskedContact,
  Pack,
  VisitView,
} from "../bindings";
import { codesOf, stepsOf } from "../../state/fields";

/** The receipt codes, in the order in which they are given. */
export const RECEIPTS = ["H4WZ2-9TQ6K", "B7NX3-KD05R", "Q2MC8-V6JEY", "T9RA1-P3XGW"];

const TOO_YOUNG = ["child", "teen"];

type Kept = { contact: MaskedContact; card: ContactCard };

export class Contacts {
  /** The visit whose visitor has the screen. */
  turned: string | null = null;
  #kept: Kept[] = [];
  #given = 0;

  turn(visit: VisitView, form: ContactForm | null): void {
    if (form === null) throw failure("contact_unavailable");
    if (visit.state === "merged" || visit.state === "voided") throw failure("visit_not_open");
    const { age } = visit.fields;
    if (typeof age === "string" && TOO_YOUNG.includes(age)) throw failure("too_young");
    this.turned = visit.id;
  }

  /** The receipt code. Another contact of the same visit takes the place of the first. */
  give({ card, purposes, is_of_age, locale, answers }: ContactInput, pack: Pack): string {
    const form = pack.contact;
    if (this.turned === null || form === null) throw failure("internal");
    if (purposes.length === 0 || !is_of_age) throw failure("consent_missing");
    const known = form.purposes.map(({ code }) => code).filter((code) => purposes.includes(code));
    const asked = Object.keys(answers).every((key) => pack.questions.some(({ group }) => group.key === key));
    if (known.length !== purposes.length || !asked) throw failure("bad_input");
    const typed = readCard(card);
    const before = this.of(this.turned);
    const code = before?.code ?? RECEIPTS[this.#given++ % RECEIPTS.length] ?? "";
    const contact: MaskedContact = {
      id: before?.id ?? `contact-${code}`,
      visit_id: this.turned,
      code,
      masked: masked(typed),
      purposes: known,
      given_ms: Date.now(),
      notice_version: form.notice_version,
      locale,
    };
    this.#kept = [{ contact, card: typed }, ...this.#kept.filter((kept) => kept.contact.code !== code)];
    this.turned = null;
    return code;
  }

  of(visitId: string): MaskedContact | null {
    return this.#kept.find(({ contact }) => contact.visit_id === visitId)?.contact ?? null;
  }

  find(query: string): MaskedContact[] {
    const code = query.toUpperCase().replace(/[^0-9A-Z]/g, "");
    const wanted = /^\d*$/.test(code) || code.length !== 10 ? phoneOf(query) : null;
    const fits = ({ contact, card }: Kept) =>
      wanted === null ? contact.code.replace("-", "") === code : card.phone === wanted;
    return this.#kept.filter(fits).map(({ contact }) => contact);
  }

  reveal = (id: string): ContactCard => this.#find(id).card;

  copy(id: string, visit: VisitView): ContactCopy {
    const { contact, card } = this.#find(id);
    const { code, purposes, given_ms, notice_version, locale } = contact;
    const typed = Object.fromEntries(Object.entries(card).filter(([, value]) => value !== null));
    const fields = Object.fromEntries(
      Object.keys(visit.fields).map((key) => [key, codes(visit.fields, key)]),
    );
    const consent = { notice: { version: notice_version, hash: "0".repeat(64) }, locale, purposes, given_ms };
    const all = { code, card: typed, consent, visit: { entered_ms: visit.entered_ms, fields } };
    return { code, card, purposes, given_ms, json: JSON.stringify(all, null, 2) };
  }

  /** Null when no purpose is left, and the contact with it. */
  withdraw(id: string, purposes: string[]): MaskedContact | null {
    const kept = this.#find(id);
    const left = kept.contact.purposes.filter((code) => !purposes.includes(code));
    kept.contact = { ...kept.contact, purposes: left };
    if (left.length > 0) return kept.contact;
    this.erase(id);
    return null;
  }

  /** The visit that it was left in. */
  erase(id: string): string {
    const { contact } = this.#find(id);
    this.#kept = this.#kept.filter((kept) => kept.contact.id !== id);
    return contact.visit_id;
  }

  visitOf = (id: string): string => this.#find(id).contact.visit_id;

  #find(id: string): Kept {
    const kept = this.#kept.find(({ contact }) => contact.id === id);
    if (!kept) throw failure("contact_unknown");
    return kept;
  }
}

function readCard(typed: ContactCard): ContactCard {
  const line = (text: string | null) => text?.trim() || null;
  const phone = line(typed.phone);
  const card = {
    name: line(typed.name),
    phone: phone === null ? null : phoneOf(phone),
    wechat: line(typed.wechat),
    email: line(typed.email),
    address: line(typed.address),
  };
  if (card.wechat !== null && !/^[\w-]{5,20}$/.test(card.wechat)) throw failure("bad_input");
  if (card.email !== null && !/^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$/.test(card.email))
    throw failure("email_invalid");
  if (card.phone === null && card.wechat === null && card.email === null) throw failure("contact_missing");
  return card;
}

function phoneOf(typed: string): string {
  const digits = typed.normalize("NFKC").replace(/[\s-]/g, "");
  if (/^(\+86)?1[3-9]\d{9}$/.test(digits)) return `+86${digits.slice(-11)}`;
  if (/^\+(?!86)\d{8,15}$/.test(digits)) return digits;
  throw failure("phone_invalid");
}

function masked({ phone, wechat, email }: ContactCard): string {
  return phone === null ? `${(wechat ?? email ?? "").slice(0, 1)}•••` : `•••• ${phone.slice(-4)}`;
}

function codes(fields: Patch, key: string): string[] {
  const value = fields[key];
  if (typeof value === "string") return [value];
  return [...codesOf(value), ...stepsOf(value).map((step) => step.zone)];
}
