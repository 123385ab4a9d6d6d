import { expect, it } from "vitest";
import { I18n } from "../../lib/i18n";
import type { SyncStatus } from "../../lib/ipc";
import { chipText, chipTone, kindWord, lockLine } from "./wording";

const words = new I18n();
words.locale = "zh-CN";
const at = Date.UTC(2026, 10, 23, 6, 32);

function status(change: Partial<SyncStatus> = {}): SyncStatus {
  return {
    state: "idle",
    waiting: 0,
    sent: 0,
    total: 0,
    last_ok_ms: at,
    reason: null,
    retry_at_ms: null,
    quarantined: 0,
    ...change,
  };
}

const text = (change: Partial<SyncStatus>) => chipText(status(change), "Asia/Shanghai", words);

it("says when all was sent", () => {
  expect(text({})).toBe("已同步 14:32");
  expect(text({ last_ok_ms: null })).toBe("暂无待发");
});

it("never claims to be in sync while something waits", () => {
  expect(text({ waiting: 3 })).toBe("3 条待发");
  expect(text({ state: "waiting", waiting: 14, reason: "hq_away" })).toBe("离线 · 14 条待发");
  expect(text({ state: "waiting", waiting: 2, reason: "hq_refused" })).toBe("暂停 · 2 条待发");
  expect(chipTone(status({ waiting: 3 }))).toBe("wait");
  expect(chipTone(status({ quarantined: 1 }))).toBe("wait");
});

it("says when a person is needed", () => {
  expect(text({ quarantined: 2, waiting: 3 })).toBe("2 条要人处理");
  expect(text({ quarantined: 2, state: "waiting", waiting: 3, reason: "hq_away" })).toBe("离线 · 3 条待发");
});

it("has a word for every kind of record, and one for those to come", () => {
  expect(kindWord("visit_closed", words)).toBe("离店");
  expect(kindWord("a_later_kind", words)).toBe("记录");
  expect(kindWord(null, words)).toBe("记录");
});

it("counts while sending", () => {
  expect(text({ state: "sending", sent: 5, total: 14, waiting: 9 })).toBe("发送中 5 / 14");
});

it("reassures on the lock screen that records are kept", () => {
  const offline = status({ state: "waiting", waiting: 14, reason: "hq_away" });
  expect(lockLine(offline, "Asia/Shanghai", words)).toBe("离线中，记录照常保存 · 14 条待发");
});
