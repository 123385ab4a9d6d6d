// A day that looks like one, made from the pack's own codes.

import type { Patch } from "../backend";
import type { Outcome, Pack, VisitView } from "../bindings";
import { UNSEEN, openVisit } from "./data";

const MINUTE = 60_000;

/** A few parties in the shop and a day's worth of closed ones. */
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
