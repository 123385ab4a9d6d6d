import { asAppError, type AppError, type Backend } from "../ipc";
import { PIN_LENGTH } from "./pin";
import { Waits } from "./waits.svelte";

/** A PIN that is asked for once more, before what only a manager does. Sends by itself at the sixth digit. */
export class PinCheck {
  digits = $state("");
  busy = $state(false);
  error = $state.raw<AppError | null>(null);
  readonly waits = new Waits();
  readonly waitS: number = $derived(this.waits.leftS("me"));
  readonly shut: boolean = $derived(this.busy || this.waitS > 0 || this.error?.code === "pin_shut");
  /** Whether it was right; not so when somebody thought better of it. */
  readonly passed: Promise<boolean>;
  #end!: (passed: boolean) => void;
  #backend: Pick<Backend, "confirmPin">;

  constructor(backend: Pick<Backend, "confirmPin">) {
    this.#backend = backend;
    this.passed = new Promise((resolve) => (this.#end = resolve));
  }

  type(digit: string): void {
    if (this.shut) return;
    this.error = null;
    this.digits += digit;
    if (this.digits.length === PIN_LENGTH) void this.#send();
  }

  backspace(): void {
    if (!this.shut) this.digits = this.digits.slice(0, -1);
  }

  cancel(): void {
    this.#end(false);
  }

  async #send(): Promise<void> {
    this.busy = true;
    try {
      await this.#backend.confirmPin(this.digits);
      this.#end(true);
    } catch (thrown) {
      this.error = asAppError(thrown);
      if (this.error.retry_after_s !== null) this.waits.begin("me", this.error.retry_after_s);
    } finally {
      this.digits = "";
      this.busy = false;
    }
  }
}
