import { asAppError, type AppError, type Clerk } from "../../lib/ipc";
import { PIN_LENGTH } from "../../lib/state/pin";
import type { Session } from "../../lib/state/session.svelte";
import { Waits } from "../../lib/state/waits.svelte";
import {
  approved,
  backspace,
  begin,
  beginNew,
  chooseWay,
  complete,
  refused,
  takesDigits,
  triedOf,
  typeDigit,
  type People,
  type PinFlow,
  type Request,
  type Way,
} from "./pin-flow";

/** Who is signing in and how far they are. Sends by itself at the sixth digit. */
export class LockState {
  clerk = $state.raw<Clerk | null>(null);
  flow = $state.raw<PinFlow | null>(null);
  busy = $state(false);
  error = $state.raw<AppError | null>(null);
  /** After too many wrong tries; each PIN has its own. */
  readonly waits = new Waits();
  /** Whose PIN is tried now. */
  readonly #tried: string | null = $derived(this.clerk && this.flow ? triedOf(this.flow, this.clerk) : null);
  readonly waitS: number = $derived(this.#tried === null ? 0 : this.waits.leftS(this.#tried));
  readonly shut: boolean = $derived(
    this.busy || this.waitS > 0 || this.flow === null || !takesDigits(this.flow),
  );
  /** Whose PIN is known to be shut. */
  #shutOf = new Set<string>();
  #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  get #people(): People {
    return this.#session.profile ?? { clerks: [], had_pins: true };
  }

  choose(clerk: Clerk): void {
    if (this.#session.boot?.without_key) return this.#chooseWithoutKey(clerk);
    this.#begin(clerk, begin(clerk, this.#people, this.#shutOf.has(clerk.id)));
  }

  /** The PIN was forgotten, or is shut. */
  chooseNew(): void {
    if (this.clerk) this.#begin(this.clerk, beginNew(this.clerk, this.#people));
  }

  chooseWay(way: Way): void {
    if (this.busy || !this.flow) return;
    this.error = null;
    this.flow = chooseWay(this.flow, way);
  }

  type(digit: string): void {
    if (this.shut || !this.flow) return;
    this.error = null;
    this.flow = typeDigit(this.flow, digit);
    if (this.flow.digits.length < PIN_LENGTH) return;
    const { flow, request } = complete(this.flow);
    this.flow = flow;
    if (request) void this.#send(request);
  }

  backspace(): void {
    if (!this.shut && this.flow) this.flow = backspace(this.flow);
  }

  /** The recovery code, as whole groups. */
  approveByCode(code: string): void {
    const request = this.flow && approved(this.flow, code);
    if (request && !this.busy) void this.#send(request);
  }

  restart(): void {
    if (this.clerk) this.choose(this.clerk);
  }

  /** While the key is away there are no PINs; whoever says a code is its clerk. */
  #chooseWithoutKey(clerk: Clerk): void {
    if (this.busy) return;
    this.clerk = clerk;
    void this.#send({ kind: "unlock", pin: "" });
  }

  #begin(clerk: Clerk, flow: PinFlow): void {
    if (this.busy) return;
    this.clerk = clerk;
    this.error = null;
    this.flow = flow;
  }

  async #send(request: Request): Promise<void> {
    const clerk = this.clerk;
    if (!clerk) return;
    this.busy = true;
    this.error = null;
    try {
      if (request.kind === "unlock") await this.#session.unlock(clerk.id, request.pin);
      else await this.#session.enrol(clerk.id, request.pin, request.approval);
    } catch (thrown) {
      this.#refuse(asAppError(thrown));
    } finally {
      this.busy = false;
    }
  }

  #refuse(error: AppError): void {
    const tried = this.#tried;
    this.error = error;
    if (tried !== null && error.code === "pin_shut") this.#shutOf.add(tried);
    if (tried !== null && error.retry_after_s !== null) this.waits.begin(tried, error.retry_after_s);
    if (this.flow) this.flow = refused(this.flow, error.code);
    if (this.flow?.step === "shut") this.error = null; // the pad itself says so from now on
  }
}
