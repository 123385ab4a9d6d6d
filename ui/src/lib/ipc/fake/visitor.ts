// What visitors leave with the stand-in, on its screen or on their own phone, and what becomes of it.

import { failure, type Backend } from "../backend";
import type { ContactInput, PhonePage } from "../bindings";
import { offered } from "./phone";
import type { Shell } from "./shell";

export function visitor(shell: Shell) {
  let heardPhone: (page: PhonePage) => void = () => undefined;

  const answers = {
    turnToVisitor: (visitId) =>
      shell.open(() => {
        shell.mayFail();
        shell.contacts.turn(shell.book.find(visitId), shell.shop.profile.pack.contact);
        shell.shop.clerkId = null;
        offerPhone();
        return shell.enter("turned");
      }),

    giveContact: (given) =>
      visitors(() => {
        shell.mayFail();
        return { code: take(given), boot: shell.enter("locked") };
      }),

    turnBack: () =>
      visitors(() => {
        shell.contacts.turned = null;
        return shell.enter("locked");
      }),

    contactOf: (visitId) => shell.open(() => shell.contacts.of(visitId)),
    findContacts: (query) => shell.managers(() => shell.contacts.find(query)),
    revealContact: (contactId) => shell.managers(() => shell.contacts.reveal(contactId)),

    copyContact: (contactId) =>
      shell.managers(() => {
        const visit = shell.book.find(shell.contacts.visitOf(contactId));
        return shell.contacts.copy(contactId, visit);
      }),

    withdrawConsent: (contactId, purposes) =>
      shell.managers(() => {
        const visitId = shell.contacts.visitOf(contactId);
        const left = shell.contacts.withdraw(contactId, purposes);
        if (left === null) shell.book.tellContact(visitId, false);
        return left;
      }),

    eraseContact: (contactId) =>
      shell.managers(() => {
        shell.book.tellContact(shell.contacts.erase(contactId), false);
        return null;
      }),

    onPhone: async (heard) => {
      heardPhone = heard;
      if (shell.phase === "turned") offerPhone();
      return () => (heardPhone = () => undefined);
    },
  } satisfies Partial<Backend>;

  /** What only whoever has the screen does. */
  function visitors<T>(make: () => T): Promise<T> {
    return shell.answer(() => {
      if (shell.phase !== "turned" || shell.contacts.turned === null) throw failure("internal");
      return make();
    });
  }

  function take(given: ContactInput): string {
    const visitId = shell.contacts.turned ?? "";
    const code = shell.contacts.give(given, shell.shop.profile.pack);
    shell.book.tellContact(visitId, true, given.answers);
    return code;
  }

  function offerPhone(): void {
    if (shell.options.phones) heardPhone(offered(false));
  }

  return {
    ...answers,
    /** A phone opens the page. */
    phoneOpens: (): void => heardPhone(offered(true)),

    /** A visitor hands in on their phone what the device takes. */
    phoneGives(given: ContactInput): string {
      const code = take(given);
      shell.enter("locked");
      heardPhone({ kind: "given", code });
      return code;
    },

    /** A visitor says on their phone that they leave nothing. */
    phoneRefuses(): void {
      shell.contacts.turned = null;
      shell.enter("locked");
      heardPhone({ kind: "refused" });
    },

    /** Headquarters does not answer any more. */
    phoneGoes: (): void => heardPhone({ kind: "none" }),
  };
}
