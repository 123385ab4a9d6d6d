import { describe, expect, it } from "vitest";
import type { Clerk } from "../../lib/ipc";
import { backspace, begin, complete, refused, typeDigit, type PinFlow } from "./pin-flow";

const clerk: Clerk = { id: "c", name: "小李", role: "clerk", has_pin: false };
const manager: Clerk = { id: "m", name: "周", role: "manager", has_pin: false };
const withPin = (of: Clerk): Clerk => ({ ...of, has_pin: true });

function typed(flow: PinFlow, pin: string): PinFlow {
  return [...pin].reduce(typeDigit, flow);
}

describe("unlocking", () => {
  it("asks the shell at the sixth digit, not before", () => {
    const flow = begin(withPin(clerk), [withPin(clerk)]);
    expect(complete(typed(flow, "24681"), []).request).toBeNull();
    expect(complete(typed(flow, "246810"), []).request).toEqual({ kind: "unlock", pin: "246810" });
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
});

describe("a first PIN", () => {
  it("of the first manager needs no approval", () => {
    const all = [clerk, manager];
    const repeat = complete(typed(begin(manager, all), "246810"), all).flow;
    expect(repeat.step).toBe("repeat");
    expect(complete(typed(repeat, "246810"), all).request).toEqual({
      kind: "enrol",
      pin: "246810",
      managerPin: null,
    });
  });

  it("of a clerk is approved by a manager", () => {
    const all = [clerk, withPin(manager)];
    const repeat = complete(typed(begin(clerk, all), "135790"), all).flow;
    const approve = complete(typed(repeat, "135790"), all).flow;
    expect(approve.step).toBe("approve");
    expect(complete(typed(approve, "246810"), all).request).toEqual({
      kind: "enrol",
      pin: "135790",
      managerPin: "246810",
    });
  });

  it("waits until a manager has one", () => {
    const flow = begin(clerk, [clerk, manager]);
    expect(flow.step).toBe("blocked");
    expect(typeDigit(flow, "1")).toBe(flow);
  });

  it("starts over when the two entries differ or the PIN is too easy", () => {
    const all = [manager];
    const repeat = complete(typed(begin(manager, all), "246810"), all).flow;
    expect(complete(typed(repeat, "246811"), all).flow).toMatchObject({ step: "choose", mismatch: true });
    expect(refused(repeat, "pin_trivial")).toMatchObject({ step: "choose", chosen: "" });
  });

  it("asks only for the manager's PIN again when that one was wrong", () => {
    const flow: PinFlow = { step: "approve", digits: "000001", chosen: "135790", mismatch: false };
    expect(refused(flow, "pin_wrong")).toMatchObject({ step: "approve", digits: "", chosen: "135790" });
  });
});
