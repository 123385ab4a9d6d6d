import type { ContactCard, ContactCopy, MaskedContact, RevealReason } from "../ipc";
import { Attempt } from "./attempt.svelte";
import type { Session } from "./session.svelte";

/** What was done last, said in words. */
type Done = "withdrawn" | "erased";

/** What a manager does for the one visitor who is there. What is revealed is here only while it is shown. */
export class Rights extends Attempt {
  /** Null until something was looked for. */
  found = $state.raw<MaskedContact[] | null>(null);
  revealed = $state.raw<{ id: string; card: ContactCard } | null>(null);
  copy = $state.raw<ContactCopy | null>(null);
  done = $state.raw<Done | null>(null);
  #shell: Pick<Session, "backend" | "asManager">;
  #changed: (visitId: string) => void;

  /** `changed` is called with the visit whose contact is another one now, or gone. */
  constructor(shell: Pick<Session, "backend" | "asManager">, changed: (visitId: string) => void) {
    super();
    this.#shell = shell;
    this.#changed = changed;
  }

  find(query: string): Promise<boolean> {
    this.leave();
    return this.#try(async (backend) => {
      this.found = await backend.findContacts(query);
    });
  }

  reveal({ id }: MaskedContact, reason: RevealReason): Promise<boolean> {
    return this.#try(async (backend) => {
      this.revealed = { id, card: await backend.revealContact(id, reason) };
    });
  }

  takeCopy({ id }: MaskedContact): Promise<boolean> {
    return this.#try(async (backend) => {
      this.copy = await backend.copyContact(id);
    });
  }

  /** Taking back the last purpose erases the contact. */
  withdraw(contact: MaskedContact, purpose: string): Promise<boolean> {
    return this.#try(async (backend) => {
      this.#replace(contact, await backend.withdrawConsent(contact.id, [purpose]));
    });
  }

  erase(contact: MaskedContact): Promise<boolean> {
    return this.#try(async (backend) => {
      await backend.eraseContact(contact.id);
      this.#replace(contact, null);
    });
  }

  leave(): void {
    this.found = null;
    this.revealed = null;
    this.copy = null;
    this.done = null;
    this.error = null;
  }

  #replace({ id, visit_id }: MaskedContact, next: MaskedContact | null): void {
    const others = (before: MaskedContact) => (before.id !== id ? [before] : next ? [next] : []);
    this.found = (this.found ?? []).flatMap(others);
    if (next === null && this.revealed?.id === id) this.revealed = null;
    this.done = next === null ? "erased" : "withdrawn";
    this.#changed(visit_id);
  }

  #try(work: (backend: Session["backend"]) => Promise<void>): Promise<boolean> {
    return this.run(() => {
      this.done = null;
      return this.#shell.asManager(() => work(this.#shell.backend));
    });
  }
}
