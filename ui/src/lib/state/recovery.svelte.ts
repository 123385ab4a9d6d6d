import { Attempt } from "./attempt.svelte";
import { bareCode, groupedCode } from "./codes";
import type { Session } from "./session.svelte";

/** Characters of a whole recovery code. */
export const RECOVERY_LENGTH = 30;
/** Characters of the groups that are typed back, to show that they are on paper. */
export const TAIL_LENGTH = 10;

type Shell = Pick<Session, "makeRecoveryCode" | "confirmRecoveryCode" | "recover">;

/** A recovery code on its way to the paper, or back from it. It is kept nowhere else, and here only while it is shown. */
export class RecoveryState extends Attempt {
  /** In groups; null while none is shown. */
  code = $state.raw<string | null>(null);
  #shell: Shell;

  constructor(shell: Shell) {
    super();
    this.#shell = shell;
  }

  make(): Promise<boolean> {
    return this.run(async () => {
      this.code = await this.#shell.makeRecoveryCode();
    });
  }

  /** Takes the last groups as they stand on the paper; whether they were right. */
  confirm(tail: string): Promise<boolean> {
    const head = bareCode(this.code ?? "", RECOVERY_LENGTH - TAIL_LENGTH);
    return this.run(async () => {
      await this.#shell.confirmRecoveryCode(groupedCode(head + tail, RECOVERY_LENGTH));
      this.leave();
    });
  }

  /** Takes the whole code off the paper, to get the key of the database back. */
  recover(code: string): Promise<boolean> {
    return this.run(() => this.#shell.recover(code));
  }

  leave(): void {
    this.code = null;
    this.error = null;
  }
}
