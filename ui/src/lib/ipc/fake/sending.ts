// How sending stands with the stand-in.

import type { SyncStatus } from "../bindings";

const SENDING_MS = 1_500;

export class Sending {
  status: SyncStatus;
  #heard: ((status: SyncStatus) => void)[] = [];

  constructor(offline: boolean) {
    this.status = {
      state: offline ? "waiting" : "idle",
      waiting: offline ? 14 : 0,
      sent: 0,
      total: 0,
      last_ok_ms: Date.now() - 60_000,
      reason: offline ? "hq_away" : null,
      retry_at_ms: offline ? Date.now() + 180_000 : null,
      quarantined: 0,
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
