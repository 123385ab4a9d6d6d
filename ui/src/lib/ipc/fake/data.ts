// The small shop behind the stand-in: people, packs and the hours of its zone.

import apparel from "../../../../../assets/packs/apparel.json";
import electronics from "../../../../../assets/packs/electronics.json";
import jewellery from "../../../../../assets/packs/jewellery.json";
import type { TrialPack } from "../backend";
import type {
  Choice,
  Clerk,
  ContactForm,
  Group,
  Label,
  Outcome,
  Pack,
  Profile,
  Question,
  VisitView,
} from "../bindings";

/** A pack as its file says it, before the shell has filled in what may be absent. */
type Written = Partial<Pick<Pack, "rotation" | "plan">> &
  Omit<Pack, "groups" | "reasons" | "questions" | "contact"> & {
    groups: WrittenGroup[];
    reasons: WrittenChoice[];
    questions?: (Partial<Pick<Question, "only_if">> & { group: WrittenGroup })[];
    contact?: Pick<ContactForm, "keep_months"> & {
      notice: { version: number; text: Label };
      purposes: WrittenChoice[];
    };
  };
type WrittenGroup = Omit<Group, "choices"> & { choices: WrittenChoice[] };
type WrittenChoice = Omit<Choice, "also"> & { also?: string[] };

const read = (choice: WrittenChoice): Choice => ({ also: [], ...choice });
const readGroup = (group: WrittenGroup): Group => ({ ...group, choices: group.choices.map(read) });

function pack(written: unknown): Pack {
  const given = written as Written;
  const { id, version, name, outcomes, rotation = false, plan = null, questions = [] } = given;
  return {
    ...{ id, version, name, outcomes, rotation, plan },
    groups: given.groups.map(readGroup),
    reasons: given.reasons.map(read),
    questions: questions.map(({ group, only_if = null }) => ({ group: readGroup(group), only_if })),
    contact: given.contact ? readForm(given.contact) : null,
  };
}

function readForm({ notice, purposes, keep_months }: NonNullable<Written["contact"]>): ContactForm {
  const { version, text } = notice;
  return { notice: text, notice_version: version, purposes: purposes.map(read), keep_months };
}

export const PACKS: Record<TrialPack, Pack> = {
  apparel: pack(apparel),
  electronics: pack(electronics),
  jewellery: pack(jewellery),
};

/** Everyone's PIN in the demo. */
export const DEMO_PIN = "246810";

const CLERKS: Clerk[] = [
  { id: "c-li", name: "小李", role: "clerk", has_pin: true },
  { id: "c-wang", name: "小王", role: "clerk", has_pin: true },
  { id: "c-zhao", name: "小赵", role: "clerk", has_pin: false },
  { id: "c-zhou", name: "周店长", role: "manager", has_pin: true },
];

export function demoProfile(pack: TrialPack, storeName: string, deviceName: string): Profile {
  return {
    store_id: "s-demo",
    store_name: storeName,
    device_name: deviceName,
    hq_url: "http://127.0.0.1:8711",
    is_trial: true,
    time_zone: "Asia/Shanghai",
    currency: "CNY",
    pack: PACKS[pack],
    takes_contacts: true,
    clerks: CLERKS,
    had_pins: true,
  };
}

/** The same form with other English words on it. */
export function relabelled(pack: Pack, say: (text: string) => string): Pack {
  const other = <T extends { label: Label }>(one: T): T => ({
    ...one,
    label: { ...one.label, en: say(one.label.en) },
  });
  const regroup = (group: Group): Group => ({
    ...other(group),
    hint: group.hint && { ...group.hint, en: say(group.hint.en) },
    choices: group.choices.map(other),
  });
  return {
    ...pack,
    groups: pack.groups.map(regroup),
    outcomes: pack.outcomes.map(other),
    reasons: pack.reasons.map(other),
    questions: pack.questions.map((question) => ({ ...question, group: regroup(question.group) })),
    contact: pack.contact && { ...pack.contact, purposes: pack.contact.purposes.map(other) },
  };
}

/** How a rule closes a visit. */
export const UNSEEN: Outcome = {
  code: "unseen",
  reasons: [],
  amount_minor: null,
  pieces: null,
  receipt: null,
  follow_up: null,
};

const DAY = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" });
const HOUR = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Asia/Shanghai",
  hour: "2-digit",
  hourCycle: "h23",
});

/** A business day in the shop's zone. */
export function dayOf(ms: number): string {
  return DAY.format(ms);
}

export function hourOf(ms: number): number {
  return Number(HOUR.format(ms));
}

/** A visit as it begins. The steady clock of the stand-in begins as the wall clock. */
export function openVisit(id: string, entered: number, size: number, serving: string): VisitView {
  return {
    id,
    state: "open",
    day: dayOf(entered),
    entered_ms: entered,
    left_ms: null,
    since_steady_ms: entered,
    dwell_source: null,
    size,
    serving,
    handed: null,
    later: false,
    earlier: null,
    corrected: false,
    has_contact: false,
    fields: {},
    items: [],
    outcome: null,
  };
}
