// What opens the stand-in: PINs, the recovery code, and the phrase of a device without a keyring.

import type { Backend } from "../backend";
import { PROPOSED_PHRASE } from "./phrase";
import type { Shell } from "./shell";

export function keys(shell: Shell) {
  const { paper, phrase: kept } = shell;

  return {
    makeRecoveryCode: () =>
      shell.answer(() => {
        shell.mayFail();
        shell.shop.needWhoMayRecover();
        return paper.make();
      }),

    confirmRecoveryCode: (code) =>
      shell.answer(() => {
        shell.shop.needWhoMayRecover();
        paper.confirm(code);
        return shell.boot();
      }),

    recover: (code) =>
      shell.answer(() => {
        paper.read(code);
        return shell.enter("locked");
      }),

    proposePhrase: () => shell.answer(() => PROPOSED_PHRASE),

    setPhrase: (phrase) =>
      shell.answer(() => {
        shell.mayFail();
        kept.set(phrase);
        return shell.enter("setup");
      }),

    openWithPhrase: (phrase) =>
      shell.answer(() => {
        shell.mayFail();
        kept.open(phrase);
        return shell.enter("locked");
      }),

    recoverWithPhrase: (code, phrase) =>
      shell.answer(() => {
        paper.read(code);
        kept.set(phrase);
        return shell.enter("locked");
      }),

    changePhrase: (phrase) =>
      shell.managers(() => {
        kept.set(phrase);
        return null;
      }),

    /** There is no key here; that a manager is wanted for one is the same. */
    rotateKey: () => shell.managers(() => null),

    enrolPin: (clerkId, pin, approval) =>
      shell.answer(() => {
        if (approval?.by === "recovery_code") paper.check(approval.code);
        shell.shop.enrol(clerkId, pin, approval);
        return shell.enter("open");
      }),

    unlock: (clerkId, pin) =>
      shell.answer(() => {
        shell.shop.unlock(clerkId, pin);
        return shell.enter("open");
      }),

    confirmPin: (pin) =>
      shell.open(() => {
        shell.shop.confirm(pin);
        return null;
      }),

    lock: () =>
      shell.answer(() => {
        shell.shop.clerkId = null;
        return shell.enter("locked");
      }),
  } satisfies Partial<Backend>;
}
