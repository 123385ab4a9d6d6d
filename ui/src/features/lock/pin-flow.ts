// The steps of signing in: unlock, or a new PIN. Pure: digits in, the next step or a request out.

import type { Approval, Clerk, ErrorCode, Profile } from "../../lib/ipc";
import { PIN_LENGTH } from "../../lib/state/pin";

export type Step =
  /** Knows a PIN. */
  | "unlock"
  /** After ten wrong tries only a new PIN helps. */
  | "shut"
  /** New PIN: choose, repeat, and have it approved. */
  | "choose"
  | "repeat"
  | "approve"
  /** No manager has a PIN yet, so this clerk cannot have one either. */
  | "blocked";

/** Whom there is to sign in, and whether any of them ever had a PIN here. */
export type People = Pick<Profile, "clerks" | "had_pins">;

/** By what a new PIN is approved: the PIN of a manager, or the recovery code. */
export type Way = { by: "manager"; manager: Clerk } | { by: "recovery_code" };

export type PinFlow = {
  step: Step;
  digits: string;
  chosen: string;
  mismatch: boolean;
  /** How the new PIN may be approved; none where it needs no approval. */
  ways: Way[];
  way: Way | null;
};
export type Request =
  { kind: "unlock"; pin: string } | { kind: "enrol"; pin: string; approval: Approval | null };

/** `shut`: whether that is known of the PIN. */
export function begin(clerk: Clerk, people: People, shut = false): PinFlow {
  if (!clerk.has_pin) return beginNew(clerk, people);
  return { ...fresh, step: shut ? "shut" : "unlock" };
}

/** A first PIN, or one in the place of another that was forgotten. */
export function beginNew(clerk: Clerk, people: People): PinFlow {
  const ways = people.had_pins ? waysFor(clerk, people.clerks) : [];
  const first = clerk.role === "manager" && !people.had_pins;
  return { ...fresh, step: first || ways.length > 0 ? "choose" : "blocked", ways, way: ways[0] ?? null };
}

const fresh = { digits: "", chosen: "", mismatch: false, ways: [], way: null };

export function managerHasPin(clerks: Clerk[]): boolean {
  return clerks.some((clerk) => clerk.role === "manager" && clerk.has_pin);
}

/** Nobody vouches for themselves, and the recovery code for no clerk. */
function waysFor(clerk: Clerk, clerks: Clerk[]): Way[] {
  const others = clerks.filter(({ id, role, has_pin }) => role === "manager" && has_pin && id !== clerk.id);
  const managers = others.map((manager): Way => ({ by: "manager", manager }));
  return clerk.role === "manager" ? [...managers, { by: "recovery_code" }] : managers;
}

export function chooseWay(flow: PinFlow, way: Way): PinFlow {
  return { ...flow, way, digits: "" };
}

/** Whether nobody but the recovery code vouches for it: no other manager has a PIN. */
export function needsPaper(flow: PinFlow): boolean {
  return flow.ways.every((way) => way.by === "recovery_code");
}

/** Whether it is about a new PIN. */
export function isNew(flow: PinFlow): boolean {
  return flow.step === "choose" || flow.step === "repeat" || flow.step === "approve";
}

/** Whether digits are wanted now. */
export function takesDigits(flow: PinFlow): boolean {
  if (flow.step === "approve") return flow.way?.by === "manager";
  return flow.step === "unlock" || isNew(flow);
}

/** Whose PIN is tried now; null while one is chosen. */
export function triedOf(flow: PinFlow, clerk: Clerk): string | null {
  if (flow.step === "unlock") return clerk.id;
  return flow.step === "approve" && flow.way?.by === "manager" ? flow.way.manager.id : null;
}

export function typeDigit(flow: PinFlow, digit: string): PinFlow {
  if (!takesDigits(flow) || flow.digits.length >= PIN_LENGTH) return flow;
  return { ...flow, digits: flow.digits + digit, mismatch: false };
}

export function backspace(flow: PinFlow): PinFlow {
  return { ...flow, digits: flow.digits.slice(0, -1) };
}

/** What follows once the digits are complete: another step, or a request to the shell. */
export function complete(flow: PinFlow): { flow: PinFlow; request: Request | null } {
  if (flow.digits.length < PIN_LENGTH) return { flow, request: null };
  const pin = flow.digits;
  switch (flow.step) {
    case "unlock":
      return { flow, request: { kind: "unlock", pin } };
    case "choose":
      return { flow: { ...flow, step: "repeat", digits: "", chosen: pin }, request: null };
    case "repeat":
      if (pin !== flow.chosen) return { flow: chooseAgain(flow, true), request: null };
      if (flow.way !== null) return { flow: { ...flow, step: "approve", digits: "" }, request: null };
      return { flow, request: { kind: "enrol", pin, approval: null } };
    case "approve":
      return { flow, request: approved(flow, pin) };
    case "shut":
    case "blocked":
      return { flow, request: null };
  }
}

/** The request with the word of whoever approves: a manager's PIN, or the recovery code. */
export function approved(flow: PinFlow, word: string): Request | null {
  if (flow.step !== "approve" || flow.way === null) return null;
  const approval: Approval =
    flow.way.by === "manager"
      ? { by: "manager", clerk_id: flow.way.manager.id, pin: word }
      : { by: "recovery_code", code: word };
  return { kind: "enrol", pin: flow.chosen, approval };
}

/** After a refusal: a PIN too easy to guess starts over, a shut one waits for a new one, anything else is typed again. */
export function refused(flow: PinFlow, code: ErrorCode): PinFlow {
  if (code === "pin_trivial") return chooseAgain(flow, false);
  const shut = code === "pin_shut" && flow.step === "unlock";
  return { ...flow, digits: "", step: shut ? "shut" : flow.step };
}

function chooseAgain(flow: PinFlow, mismatch: boolean): PinFlow {
  return { ...flow, step: "choose", digits: "", chosen: "", mismatch };
}
