// How sending stands with the stand-in.

import type { AsideReason, Carried, ExportProgress, SetAside, SyncStatus } from "../bindings";

const SENDING_MS = 1_500;
const REASONS: AsideReason[] = ["conflict", "malformed", "foreign_origin", "unsendable"];
const KINDS = ["visit_closed", "visit_noted", "visit_opened", "a_later_kind"];

export class Sending {
  status: SyncStatus;
  aside: SetAside[];
  #heard: ((status: SyncStatus) => void)[] = [];
  #heardExport: (progress: ExportProgress) => void = () => undefined;

  constructor(offline: boolean, aside: number) {
    this.aside = Array.from({ length: aside }, (_, at) => setAside(aside - at));
    this.status = {
      state: offline ? "waiting" : "idle",
      waiting: offline ? 14 : 0,
      sent: 0,
      total: 0,
      last_ok_ms: Date.now() - 60_000,
      reason: offline ? "hq_away" : null,
      retry_at_ms: offline ? Date.now() + 180_000 : null,
      quarantined: aside,
    };
  }

  now(): SyncStatus {
    const total = this.status.waiting;
    setTimeout(() => this.#tell(done()), SENDING_MS);
    return this.#tell({ state: "sending", sent: 0, total, reason: null });
  }

  /** One more waits. */
  wait(): void {
    this.#tell({ waiting: this.status.waiting + 1 });
  }

  /** Headquarters is mended meanwhile, and takes them. */
  again(records: number[]): SyncStatus {
    this.aside = this.aside.filter(({ n }) => !records.includes(n));
    this.#tell({ quarantined: this.aside.length });
    return this.now();
  }

  copy(): string {
    return this.aside
      .map(({ n, reason }) => JSON.stringify({ code: reason, record: `{"seq":${n}}` }))
      .join("\n");
  }

  export(): Carried {
    const records = this.status.waiting;
    this.#heardExport({ done: records, total: records });
    return { path: "/home/shop/.local/share/app.floorbook.device/export/spool-0193.sealed", records };
  }

  onExport(heard: (progress: ExportProgress) => void): () => void {
    this.#heardExport = heard;
    return () => (this.#heardExport = () => undefined);
  }

  on(heard: (status: SyncStatus) => void): () => void {
    this.#heard.push(heard);
    return () => (this.#heard = this.#heard.filter((other) => other !== heard));
  }

  #tell(change: Partial<SyncStatus>): SyncStatus {
    this.status = { ...this.status, ...change };
    for (const heard of this.#heard) heard(structuredClone(this.status));
    return this.status;
  }
}

function done(): Partial<SyncStatus> {
  return { state: "idle", waiting: 0, last_ok_ms: Date.now(), reason: null, retry_at_ms: null };
}

function setAside(n: number): SetAside {
  const at = Date.now() - n * 3_600_000;
  const reason = REASONS[n % REASONS.length] ?? "malformed";
  const kind = KINDS[n % KINDS.length] ?? null;
  return {
    n,
    reason,
    since_ms: at + 60_000,
    at_ms: at,
    kind,
    entered_ms: kind === "a_later_kind" ? null : at,
  };
}
