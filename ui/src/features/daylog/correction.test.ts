import { beforeEach, describe, expect, it } from "vitest";
import type { VisitView } from "../../lib/ipc";
import { PACKS, UNSEEN, demoProfile, openVisit } from "../../lib/ipc/fake/data";
import { groupOf } from "../../lib/state/summary";
import { CorrectionDraft } from "./correction.svelte";

const profile = demoProfile("apparel", "示范门店", "收银台 1");
const group = (key: string) => groupOf(PACKS.apparel, key)!;
const MINUTE = 60_000;
const bought: VisitView = {
  ...openVisit("v", 1_000_000_000, 1, "c-li"),
  state: "closed",
  left_ms: 1_000_000_000 + 10 * MINUTE,
  dwell_source: "observed",
  fields: { age: "a20", attention: ["bag"] },
  outcome: { ...UNSEEN, code: "buy", amount_minor: 128_050, pieces: 2, receipt: "A-1" },
};
const unseen: VisitView = { ...bought, dwell_source: "estimated", outcome: UNSEEN };

let draft: CorrectionDraft;
beforeEach(() => void (draft = new CorrectionDraft(bought, profile)));

describe("a correction", () => {
  it("is nothing until something is changed and someone said why", () => {
    draft.why = "mistap";
    expect(draft.correction()).toBeNull();
    draft.tap(group("age"), "a35");
    draft.why = null;
    expect(draft.correction()).toBeNull();
    draft.why = "mistap";
    expect(draft.correction()).toEqual({
      patch: { age: "a35" },
      outcome: null,
      entered_ms: null,
      left_ms: null,
      reason: "mistap",
    });
  });

  it("says only what differs, and clears what was taken away", () => {
    draft.why = "other";
    draft.tap(group("age"), "a20");
    draft.tap(group("attention"), "coat");
    draft.tap(group("attention"), "coat");
    draft.tap(group("style"), "sport");
    expect(draft.correction()?.patch).toEqual({ age: null, style: "sport" });
  });

  it("is none when everything is as it was again", () => {
    draft.tap(group("age"), "a35");
    draft.tap(group("age"), "a20");
    draft.leftMs += MINUTE;
    draft.leftMs -= MINUTE;
    draft.code = "none";
    draft.code = "buy";
    expect(draft.changed).toBe(false);
  });

  it("keeps of the old outcome what the new one asks for as well", () => {
    draft.why = "late_news";
    draft.code = "deposit";
    expect(draft.correction()?.outcome).toEqual({ ...UNSEEN, code: "deposit", amount_minor: 128_050 });
    draft.code = "none";
    draft.toggleReason("price");
    expect(draft.correction()?.outcome).toEqual({ ...UNSEEN, code: "none", reasons: ["price"] });
  });

  it("keeps pieces and receipt of a sale whose amount was wrong", () => {
    draft.why = "mistap";
    expect(draft.amount).toBe("1280.50");
    draft.amount = "99";
    expect(draft.correction()?.outcome).toEqual({ ...bought.outcome, amount_minor: 9_900 });
  });

  it("waits for an amount that can be read", () => {
    draft.why = "mistap";
    draft.amount = "12.345";
    expect([draft.badAmount, draft.ready]).toEqual([true, false]);
  });
});

describe("a visit nobody saw leave", () => {
  it("keeps its outcome when only its time is put right", () => {
    draft = new CorrectionDraft(unseen, profile);
    expect(draft.unchecked).toBe(true);
    draft.why = "time";
    draft.leftMs -= 5 * MINUTE;
    expect(draft.correction()).toMatchObject({ outcome: null, left_ms: unseen.left_ms! - 5 * MINUTE });
  });

  it("can be confirmed as it is", () => {
    draft = new CorrectionDraft(unseen, profile);
    expect(draft.asIs()).toMatchObject({ patch: {}, outcome: null, entered_ms: null, left_ms: null });
  });
});
