import {
  asAppError,
  type AppError,
  type ContactCard,
  type Group,
  type Pack,
  type Patch,
} from "../../lib/ipc";
import { applied, toggled } from "../../lib/state/fields";
import { answer, answersTo } from "../../lib/state/questions";
import type { Session } from "../../lib/state/session.svelte";

export type CardField = keyof ContactCard;
/** Where something is missing or wrong. */
export type Place = CardField | "purposes" | "age" | "form";

/** As WeChat takes them. */
const WECHAT = /^[\w-]{5,20}$/;

type Shell = Pick<Session, "giveContact" | "turnBack" | "i18n">;

/** What a visitor types and ticks. It is kept nowhere else, and here only until they hand the screen back. */
export class VisitorForm {
  card = $state(blank());
  answers = $state.raw<Patch>({});
  /** Codes of the purposes ticked. */
  purposes = $state.raw<string[]>([]);
  isOfAge = $state(false);
  /** Whether the further ways to be reached are in sight. */
  wide = $state(false);
  busy = $state(false);
  refused = $state.raw<{ at: Place; error: AppError } | null>(null);
  #shell: Shell;
  #pack: Pack;

  constructor(shell: Shell, pack: Pack) {
    this.#shell = shell;
    this.#pack = pack;
  }

  tap(group: Group, code: string): void {
    const tapped = answer(this.#pack.questions, group, this.answers, code, 0);
    this.answers = applied(this.answers, tapped(this.answers));
  }

  tick(purpose: string): void {
    this.purposes = toggled(this.purposes, purpose);
    this.mend("purposes");
  }

  /** Somebody puts right what was wrong there. */
  mend(at: Place): void {
    if (this.refused?.at === at) this.refused = null;
  }

  /** Hands it in. What is refused stays as it was typed. */
  async submit(): Promise<void> {
    const typed = Object.entries(this.card).map(([field, text]) => [field, text.trim() || null]);
    await this.#try(() =>
      this.#shell.giveContact({
        card: Object.fromEntries(typed) as ContactCard,
        purposes: this.purposes,
        is_of_age: this.isOfAge,
        locale: this.#shell.i18n.locale,
        answers: answersTo(this.#pack.questions, this.answers),
      }),
    );
  }

  /** Leaves nothing, whatever the shell says to it. */
  async leave(): Promise<void> {
    this.clear();
    await this.#try(() => this.#shell.turnBack());
  }

  clear(): void {
    this.card = blank();
    this.answers = {};
    this.purposes = [];
    this.isOfAge = false;
  }

  async #try(work: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.refused = null;
    try {
      await work();
    } catch (thrown) {
      const error = asAppError(thrown);
      const at = this.#placeOf(error);
      this.wide ||= at === "wechat" || at === "email";
      this.refused = { at, error };
    } finally {
      this.busy = false;
    }
  }

  #placeOf({ code }: AppError): Place {
    if (code === "phone_invalid" || code === "contact_missing") return "phone";
    if (code === "email_invalid") return "email";
    if (code === "consent_missing") return this.purposes.length === 0 ? "purposes" : "age";
    const wechat = this.card.wechat.trim();
    return code === "bad_input" && wechat !== "" && !WECHAT.test(wechat) ? "wechat" : "form";
  }
}

function blank(): Record<CardField, string> {
  return { name: "", phone: "", wechat: "", email: "", address: "" };
}
