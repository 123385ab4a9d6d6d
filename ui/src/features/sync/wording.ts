// What the chip says about sending. Only from the status the database gave; never an optimistic guess.

import { clockTime, type I18n } from "../../lib/i18n";
import type { SyncStatus } from "../../lib/ipc";

type ChipTone = "well" | "busy" | "wait";
type Words = Pick<I18n, "t" | "locale">;

export function chipTone(status: SyncStatus): ChipTone {
  if (status.state === "sending") return "busy";
  return status.reason !== null || status.quarantined > 0 || status.waiting > 0 ? "wait" : "well";
}

export function chipText(status: SyncStatus, timeZone: string, words: Words): string {
  const t = words.t.sync;
  if (status.state === "sending")
    return status.total === 0 ? t.connecting : t.sending(status.sent, status.total);
  if (status.reason === "hq_away") return t.offline(status.waiting);
  if (status.reason !== null) return t.held(status.waiting);
  if (status.quarantined > 0) return t.needsPerson(status.quarantined);
  if (status.waiting > 0) return t.pending(status.waiting);
  if (status.last_ok_ms === null) return t.ready;
  return t.synced(clockTime(status.last_ok_ms, timeZone, words.locale));
}

/** The longer line of the lock screen, where someone may decide whether to walk away from the device. */
export function lockLine(status: SyncStatus, timeZone: string, words: Words): string {
  if (status.reason === "hq_away" && status.state !== "sending")
    return words.t.sync.offlineKept(status.waiting);
  return chipText(status, timeZone, words);
}

/** What kind of event a record is; a later version may log kinds that have no word here. */
export function kindWord(kind: string | null, { t }: Pick<I18n, "t">): string {
  const { kinds } = t.aside;
  return kind !== null && kind in kinds ? kinds[kind as keyof typeof kinds] : kinds.other;
}
