import { describe, expect, it } from "vitest";
import type { Clerk } from "../../lib/ipc";
import * as pinFlow from "./pin-flow";
import {
  approved,
  backspace,
  chooseWay,
  complete,
  needsPaper,
  refused,
  takesDigits,
  triedOf,
  typeDigit,
  type PinFlow,
} from "./pin-flow";

const clerk: Clerk = { id: "c", name: "小李", role: "clerk", has_pin: false };
const manager: Clerk = { id: "m", name: "周", role: "manager", has_pin: false };
const second: Clerk = { id: "n", name: "吴", role: "manager", has_pin: true };
const withPin = (of: Clerk): Clerk => ({ ...of, has_pin: true });

function typed(flow: PinFlow, pin: string): PinFlow {
  return [...pin].reduce(typeDigit, flow);
}

/** Chosen and repeated. */
function chosen(flow: PinFlow, pin = "135790"): PinFlow {
  return complete(typed(complete(typed(flow, pin)).flow, pin)).flow;
}

/** Among people none of whom has left since the first PIN. */
const peopleOf = (clerks: Clerk[]) => ({ clerks, had_pins: clerks.some((one) => one.has_pin) });
const begin = (one: Clerk, clerks: Clerk[], shut?: boolean) => pinFlow.begin(one, peopleOf(clerks), shut);
const beginNew = (one: Clerk, clerks: Clerk[]) => pinFlow.beginNew(one, peopleOf(clerks));

const waysOf = (flow: PinFlow) => flow.ways.map((way) => (way.by === "manager" ? way.manager.id : way.by));

describe("unlocking", () => {
  it("asks the shell at the sixth digit, not before", () => {
    const flow = begin(withPin(clerk), [withPin(clerk)]);
    expect(complete(typed(flow, "24681")).request).toBeNull();
    expect(complete(typed(flow, "246810")).request).toEqual({ kind: "unlock", pin: "246810" });
  });

  it("ignores a seventh digit and takes digits back", () => {
    const flow = typed(begin(withPin(clerk), []), "2468109");
    expect(flow.digits).toBe("246810");
    expect(backspace(flow).digits).toBe("24681");
  });

  it("keeps asking after a wrong PIN", () => {
    const flow = typed(begin(withPin(clerk), []), "111111");
    expect(refused(flow, "pin_wrong")).toMatchObject({ step: "unlock", digits: "" });
  });

  it("takes no digit once the PIN is shut, now and when the clerk is chosen again", () => {
    const shut = refused(typed(begin(withPin(clerk), []), "111111"), "pin_shut");
    for (const flow of [shut, begin(withPin(clerk), [], true)]) {
      expect(flow.step).toBe("shut");
      expect(typeDigit(flow, "1")).toBe(flow);
    }
  });
});

describe("a first PIN", () => {
  it("of the first manager needs no approval", () => {
    const all = [clerk, manager];
    const repeat = complete(typed(begin(manager, all), "246810")).flow;
    expect(repeat.step).toBe("repeat");
    expect(complete(typed(repeat, "246810")).request).toEqual({
      kind: "enrol",
      pin: "246810",
      approval: null,
    });
  });

  it("of a clerk is approved by a manager, who is named", () => {
    const all = [clerk, withPin(manager)];
    const approve = chosen(begin(clerk, all));
    expect(approve).toMatchObject({ step: "approve", way: { by: "manager", manager: { id: "m" } } });
    expect(complete(typed(approve, "246810")).request).toEqual({
      kind: "enrol",
      pin: "135790",
      approval: { by: "manager", clerk_id: "m", pin: "246810" },
    });
  });

  it("waits until a manager has one", () => {
    const flow = begin(clerk, [clerk, manager]);
    expect(flow.step).toBe("blocked");
    expect(typeDigit(flow, "1")).toBe(flow);
  });

  it("of a manager wants the paper where those who had one have left", () => {
    const people = { clerks: [withPin(clerk), manager], had_pins: true };
    const approve = chosen(pinFlow.begin(manager, people));
    expect([waysOf(approve), needsPaper(approve)]).toEqual([["recovery_code"], true]);
    expect(pinFlow.begin({ ...clerk, id: "d" }, people).step).toBe("blocked");
    expect(needsPaper(chosen(beginNew(manager, [manager, second])))).toBe(false);
  });

  it("starts over when the two entries differ or the PIN is too easy", () => {
    const repeat = complete(typed(begin(clerk, [clerk, second]), "246810")).flow;
    expect(complete(typed(repeat, "246811")).flow).toMatchObject({ step: "choose", mismatch: true });
    const again = refused(repeat, "pin_trivial");
    expect(again).toMatchObject({ step: "choose", chosen: "" });
    expect(waysOf(again)).toEqual(["n"]);
  });

  it("asks only for the manager's PIN again when that one was wrong or is shut", () => {
    const approve = chosen(begin(clerk, [clerk, second]));
    for (const code of ["pin_wrong", "pin_shut"] as const)
      expect(refused(typed(approve, "000001"), code)).toMatchObject({
        step: "approve",
        digits: "",
        chosen: "135790",
      });
  });
});

describe("a forgotten PIN", () => {
  it("of a clerk is replaced with the word of any manager who has one", () => {
    const all = [withPin(clerk), manager, second, withPin({ ...manager, id: "o" })];
    const flow = beginNew(withPin(clerk), all);
    expect(flow.step).toBe("choose");
    expect(waysOf(flow)).toEqual(["n", "o"]);
    const approve = chosen(flow);
    const other = chooseWay(typed(approve, "12"), approve.ways[1]!);
    expect(other.digits).toBe("");
    expect(complete(typed(other, "246810")).request).toMatchObject({ approval: { clerk_id: "o" } });
  });

  it("of a manager with the word of another or the recovery code, never their own", () => {
    expect(waysOf(beginNew(second, [withPin(manager), second]))).toEqual(["m", "recovery_code"]);
    const approve = chosen(beginNew(second, [clerk, second]));
    expect(waysOf(approve)).toEqual(["recovery_code"]);
    expect(takesDigits(approve)).toBe(false);
    expect(approved(approve, "7KQ3M")).toEqual({
      kind: "enrol",
      pin: "135790",
      approval: { by: "recovery_code", code: "7KQ3M" },
    });
  });

  it("is tried by nobody while a new one is chosen", () => {
    const all = [withPin(clerk), second];
    expect(triedOf(begin(withPin(clerk), all), clerk)).toBe("c");
    expect(triedOf(beginNew(withPin(clerk), all), clerk)).toBeNull();
    expect(triedOf(chosen(beginNew(withPin(clerk), all)), clerk)).toBe("n");
  });
});
