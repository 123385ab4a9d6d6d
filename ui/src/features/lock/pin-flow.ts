// The steps of signing in: unlock, or a first PIN. Pure: digits in, the next step or a request out.

import type { Clerk, ErrorCode } from "../../lib/ipc";

export const PIN_LENGTH = 6;

export type Step =
  /** Knows a PIN. */
  | "unlock"
  /** First PIN: choose, repeat, and have it approved by a manager. */
  | "choose"
  | "repeat"
  | "approve"
  /** No manager has a PIN yet, so this clerk cannot have one either. */
  | "blocked";

export type PinFlow = { step: Step; digits: string; chosen: string; mismatch: boolean };
export type Request =
  { kind: "unlock"; pin: string } | { kind: "enrol"; pin: string; managerPin: string | null };

export function begin(clerk: Clerk, clerks: Clerk[]): PinFlow {
  const step = clerk.has_pin ? "unlock" : mayEnrol(clerk, clerks) ? "choose" : "blocked";
  return { step, digits: "", chosen: "", mismatch: false };
}

export function managerHasPin(clerks: Clerk[]): boolean {
  return clerks.some((clerk) => clerk.role === "manager" && clerk.has_pin);
}

function mayEnrol(clerk: Clerk, clerks: Clerk[]): boolean {
  return clerk.role === "manager" || managerHasPin(clerks);
}

export function typeDigit(flow: PinFlow, digit: string): PinFlow {
  if (flow.step === "blocked" || flow.digits.length >= PIN_LENGTH) return flow;
  return { ...flow, digits: flow.digits + digit, mismatch: false };
}

export function backspace(flow: PinFlow): PinFlow {
  return { ...flow, digits: flow.digits.slice(0, -1) };
}

/** What follows once the digits are complete: another step, or a request to the shell. */
export function complete(flow: PinFlow, clerks: Clerk[]): { flow: PinFlow; request: Request | null } {
  if (flow.digits.length < PIN_LENGTH) return { flow, request: null };
  const pin = flow.digits;
  switch (flow.step) {
    case "unlock":
      return { flow, request: { kind: "unlock", pin } };
    case "choose":
      return { flow: { ...flow, step: "repeat", digits: "", chosen: pin }, request: null };
    case "repeat":
      if (pin !== flow.chosen) return { flow: chooseAgain(true), request: null };
      if (managerHasPin(clerks)) return { flow: { ...flow, step: "approve", digits: "" }, request: null };
      return { flow, request: { kind: "enrol", pin, managerPin: null } };
    case "approve":
      return { flow, request: { kind: "enrol", pin: flow.chosen, managerPin: pin } };
    case "blocked":
      return { flow, request: null };
  }
}

/** After a refusal: a PIN too easy to guess starts over, anything else is just typed again. */
export function refused(flow: PinFlow, code: ErrorCode): PinFlow {
  if (code === "pin_trivial") return chooseAgain(false);
  return { ...flow, digits: "" };
}

function chooseAgain(mismatch: boolean): PinFlow {
  return { step: "choose", digits: "", chosen: "", mismatch };
}
