// The small shop behind the stand-in: people, packs and a day that looks like one.

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
import type { Patch } from "../backend";

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

export const CLERKS: Clerk[] = [
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

const MINUTE = 60_000;

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

/** A few parties in the shop and a day's worth of closed ones, made from the pack's own codes. */
export function demoVisits(pack: Pack, now: number, count = 4): VisitView[] {
  const running = Array.from({ length: count }, (_, seed) => {
    const minutes = [12.7, 6.25, 21.05, 2.85][seed] ?? 18 + seed * 2.3;
    const entered = now - minutes * MINUTE;
    const size = [1, 2, 1, 4][seed % 4] ?? 1;
    const who = ["c-li", "c-li", "c-li", "c-wang"][seed % 4] ?? "c-li";
    const fields = seed === 3 ? {} : demoFields(pack, seed, entered);
    return visit(`v-open-${seed}`, entered, null, size, who, fields, null);
  });
  const closed = Array.from({ length: 64 }, (_, seed) => {
    const entered = now - (24 + seed * 7.3) * MINUTE;
    const left = entered + (3 + ((seed * 37) % 29)) * MINUTE;
    const who = ["c-li", "c-wang", "c-zhao"][seed % 3] ?? "c-li";
    const size = [1, 1, 2, 1, 3, 1, 2, 5][seed % 8] ?? 1;
    return visit(
      `v-${seed}`,
      entered,
      left,
      size,
      who,
      demoFields(pack, seed, entered),
      demoOutcome(pack, seed),
    );
  });
  // Two that nobody saw leave, which a rule has closed.
  const unseen = [190, 240].map((minutes, seed): VisitView => {
    const entered = now - minutes * MINUTE;
    const gone = visit(`v-unseen-${seed}`, entered, entered + 12 * MINUTE, 1 + seed, "c-wang", {}, UNSEEN);
    return { ...gone, dwell_source: "estimated" };
  });
  return [...running, ...unseen, ...closed];
}

function visit(
  id: string,
  entered: number,
  left: number | null,
  size: number,
  serving: string,
  fields: Patch,
  outcome: Outcome | null,
): VisitView {
  const open = openVisit(id, entered, size, serving);
  if (left === null) return { ...open, fields };
  return { ...open, state: "closed", left_ms: left, dwell_source: "observed", fields, outcome };
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

function demoFields(pack: Pack, seed: number, entered: number): Patch {
  const code = (key: string, place: number) => {
    const group = pack.groups.find((other) => other.key === key);
    return group?.choices[place % Math.max(1, group.front)]?.code ?? "";
  };
  const steps = [seed, seed + 2, seed + 3].map((place, at) => ({
    zone: code("zones", place + 1),
    at_ms: entered + at * MINUTE,
  }));
  return {
    age: code("age", seed),
    company: code("company", seed * 2),
    style: code("style", seed + 1),
    zones: steps.slice(0, 1 + (seed % 3)),
    attention: [code("attention", seed)],
    gesture: seed % 2 === 0 ? [code("gesture", seed)] : [],
    interest: code("interest", [3, 1, 4, 2, 0][seed % 5] ?? 1),
  };
}

function demoOutcome(pack: Pack, seed: number): Outcome {
  const closed = { reasons: [], amount_minor: null, pieces: null, receipt: null, follow_up: null };
  if (seed % 4 === 1) {
    return { ...closed, code: "buy", amount_minor: 23800 + seed * 7350, receipt: `A${1000 + seed}` };
  }
  if (seed % 9 === 5) return { ...closed, code: "lead" };
  return { ...closed, code: "none", reasons: [pack.reasons[(seed * seed) % 5]?.code ?? "browse"] };
}
