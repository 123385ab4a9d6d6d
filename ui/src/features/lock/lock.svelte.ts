import { asAppError, type AppError, type Clerk } from "../../lib/ipc";
import type { Session } from "../../lib/state/session.svelte";
import {
  PIN_LENGTH,
  backspace,
  begin,
  complete,
  refused,
  typeDigit,
  type PinFlow,
  type Request,
} from "./pin-flow";

/** Who is signing in and how far they are. Sends by itself at the sixth digit. */
export class LockState {
  clerk = $state.raw<Clerk | null>(null);
  flow = $state.raw<PinFlow | null>(null);
  busy = $state(false);
  error = $state.raw<AppError | null>(null);
  now = $state(Date.now());
  /** Until when each clerk has to wait after too many wrong tries. */
  #waits = $state.raw<Record<string, number>>({});
  readonly waitS: number = $derived.by(() => {
    const until = this.clerk ? this.#waits[this.clerk.id] : undefined;
    return until === undefined ? 0 : Math.max(0, Math.ceil((until - this.now) / 1000));
  });
  readonly shut: boolean = $derived(
    this.busy || this.waitS > 0 || this.flow === null || this.flow.step === "blocked",
  );
  #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  get #clerks(): Clerk[] {
    return this.#session.profile?.clerks ?? [];
  }

  choose(clerk: Clerk): void {
    if (this.busy) return;
    this.clerk = clerk;
    this.error = null;
    this.flow = begin(clerk, this.#clerks);
  }

  type(digit: string): void {
    if (this.shut || !this.flow) return;
    this.error = null;
    this.flow = typeDigit(this.flow, digit);
    if (this.flow.digits.length < PIN_LENGTH) return;
    const { flow, request } = complete(this.flow, this.#clerks);
    this.flow = flow;
    if (request) void this.#send(request);
  }

  backspace(): void {
    if (!this.shut && this.flow) this.flow = backspace(this.flow);
  }

  restart(): void {
    if (this.clerk) this.choose(this.clerk);
  }

  async #send(request: Request): Promise<void> {
    const clerk = this.clerk;
    if (!clerk) return;
    this.busy = true;
    try {
      if (request.kind === "unlock") await this.#session.unlock(clerk.id, request.pin);
      else await this.#session.enrol(clerk.id, request.pin, request.managerPin);
    } catch (thrown) {
      this.#refuse(clerk, asAppError(thrown));
    } finally {
      this.busy = false;
    }
  }

  #refuse(clerk: Clerk, error: AppError): void {
    this.error = error;
    if (this.flow) this.flow = refused(this.flow, error.code);
    if (error.retry_after_s === null) return;
    this.now = Date.now();
    this.#waits = { ...this.#waits, [clerk.id]: this.now + error.retry_after_s * 1000 };
  }
}
