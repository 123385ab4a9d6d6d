import { Attempt } from "./attempt.svelte";
import type { Session } from "./session.svelte";
import { Waits } from "./waits.svelte";

type Shell = Pick<
  Session,
  "proposePhrase" | "setPhrase" | "openWithPhrase" | "recoverWithPhrase" | "changePhrase"
>;

const WHO = "phrase";

/** The phrase that stands for a keyring, on its way to the shell. It is kept nowhere. */
export class PhraseState extends Attempt {
  readonly waits = new Waits();
  /** Seconds until it may be tried again. */
  readonly waitS: number = $derived(this.waits.leftS(WHO));
  #shell: Shell;

  constructor(shell: Shell) {
    super();
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
    const isDone = await this.run(work);
    const waitS = this.error?.retry_after_s ?? null;
    if (waitS !== null) this.waits.begin(WHO, waitS);
    return isDone;
  }
}
