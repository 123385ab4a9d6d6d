import { expect, it } from "vitest";
import { I18n } from "../../lib/i18n";
import type { SyncStatus } from "../../lib/ipc";
import { chipText, chipTone, lockLine } from "./wording";

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

it("counts while sending", () => {
  expect(text({ state: "sending", sent: 5, total: 14, waiting: 9 })).toBe("发送中 5 / 14");
});

it("reassures on the lock screen that records are kept", () => {
  const offline = status({ state: "waiting", waiting: 14, reason: "hq_away" });
  expect(lockLine(offline, "Asia/Shanghai", words)).toBe("离线中，记录照常保存 · 14 条待发");
});
