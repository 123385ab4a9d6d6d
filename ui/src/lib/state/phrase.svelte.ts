import { asAppError, type AppError } from "../ipc";
import type { Session } from "./session.svelte";
import { Waits } from "./waits.svelte";

type Shell = Pick<
  Session,
  "proposePhrase" | "setPhrase" | "openWithPhrase" | "recoverWithPhrase" | "changePhrase"
>;

const WHO = "phrase";

/** The phrase that stands for a keyring, on its way to the shell. It is kept nowhere. */
export class PhraseState {
  error = $state.raw<AppError | null>(null);
  busy = $state(false);
  readonly waits = new Waits();
  /** Seconds until it may be tried again. */
  readonly waitS: number = $derived(this.waits.leftS(WHO));
  #shell: Shell;

  constructor(shell: Shell) {
    this.#shell = shell;
  }

  async propose(): Promise<string | null> {
    let proposal: string | null = null;
    await this.#try(async () => {
      proposal = await this.#shell.proposePhrase();
    });
    return proposal;
  }

  set = (phrase: string) => this.#try(() => this.#shell.setPhrase(phrase));
  open = (phrase: string) => this.#try(() => this.#shell.openWithPhrase(phrase));
  recover = (code: string, phrase: string) => this.#try(() => this.#shell.recoverWithPhrase(code, phrase));
  change = (phrase: string) => this.#try(() => this.#shell.changePhrase(phrase));

  async #try(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.error = null;
    try {
      await work();
      return true;
    } catch (thrown) {
      this.error = asAppError(thrown);
      if (this.error.retry_after_s !== null) this.waits.begin(WHO, this.error.retry_after_s);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
