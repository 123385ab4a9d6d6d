import { amountText, minorDigits, parseAmount } from "../../lib/i18n";
import type {
  Ask,
  Correction,
  CorrectionReason,
  Group,
  Outcome,
  Patch,
  Profile,
  VisitView,
} from "../../lib/ipc";
import { unchecked } from "../../lib/state/day-row";
import { applied, tap, toggled } from "../../lib/state/fields";

const differs = (one: unknown, other: unknown) => JSON.stringify(one) !== JSON.stringify(other);

/** A visit as it should have been written. Nothing leaves here before someone says why. */
export class CorrectionDraft {
  readonly visit: VisitView;
  readonly unchecked: boolean;
  fields = $state.raw<Patch>({});
  code = $state("");
  reasons = $state.raw<string[]>([]);
  amount = $state("");
  enteredMs = $state(0);
  leftMs = $state(0);
  why = $state<CorrectionReason | null>(null);
  readonly asks: Ask[] = $derived.by(() => this.#choice()?.asks ?? []);
  readonly badAmount: boolean = $derived.by(() => this.#amount() === undefined);
  readonly changed: boolean = $derived.by(() => {
    const { patch, outcome, entered_ms, left_ms } = this.#changes();
    return outcome !== null || entered_ms !== null || left_ms !== null || Object.keys(patch).length > 0;
  });
  readonly ready: boolean = $derived(this.changed && this.why !== null && !this.badAmount);
  #profile: Profile;

  constructor(visit: VisitView, profile: Profile) {
    this.visit = visit;
    this.unchecked = unchecked(visit);
    this.#profile = profile;
    this.fields = visit.fields;
    this.code = visit.outcome?.code ?? "";
    this.reasons = visit.outcome?.reasons ?? [];
    const minor = visit.outcome?.amount_minor ?? null;
    this.amount = minor === null ? "" : amountText(minor, minorDigits(profile.currency));
    this.enteredMs = visit.entered_ms;
    this.leftMs = visit.left_ms ?? visit.entered_ms;
  }

  tap(group: Group, code: string): void {
    // When a forgotten stop was made is not known; it belongs to the visit all the same.
    this.fields = applied(this.fields, tap(group, this.fields, code, this.leftMs)(this.fields));
  }

  toggleReason(code: string): void {
    this.reasons = toggled(this.reasons, code);
  }

  /** What to write; null while there is nothing to write or nobody said why. */
  correction(): Correction | null {
    return this.ready && this.why !== null ? { ...this.#changes(), reason: this.why } : null;
  }

  /** That a guess of the rule is right as it stands. */
  asIs(): Correction {
    return { patch: {}, outcome: null, entered_ms: null, left_ms: null, reason: "other" };
  }

  #changes(): Omit<Correction, "reason"> {
    const outcome = this.#outcome();
    return {
      patch: this.#patch(),
      outcome: outcome && differs(outcome, this.visit.outcome) ? outcome : null,
      entered_ms: this.enteredMs === this.visit.entered_ms ? null : this.enteredMs,
      left_ms: this.leftMs === this.visit.left_ms ? null : this.leftMs,
    };
  }

  #patch(): Patch {
    const keys = [...new Set([...Object.keys(this.visit.fields), ...Object.keys(this.fields)])];
    const changed = keys.filter((key) => differs(this.fields[key], this.visit.fields[key]));
    return Object.fromEntries(changed.map((key) => [key, this.fields[key] ?? null]));
  }

  /** The outcome with what it asks for; another one keeps only what it has in common with the old. */
  #outcome(): Outcome | null {
    // A visit nobody saw leave has an outcome that no pack knows, and keeps it.
    if (!this.#choice()) return null;
    const old = this.visit.outcome;
    const keeps = (ask: Ask) => this.asks.includes(ask) || this.code === old?.code;
    return {
      code: this.code,
      reasons: keeps("reasons") ? this.reasons : [],
      amount_minor: keeps("amount") ? (this.#amount() ?? null) : null,
      pieces: keeps("pieces") ? (old?.pieces ?? null) : null,
      receipt: keeps("receipt") ? (old?.receipt ?? null) : null,
      follow_up: keeps("follow_up") ? (old?.follow_up ?? null) : null,
    };
  }

  /** Undefined for what is no amount. */
  #amount(): number | null | undefined {
    if (this.amount.trim() === "") return null;
    return parseAmount(this.amount, minorDigits(this.#profile.currency)) ?? undefined;
  }

  #choice() {
    return this.#profile.pack.outcomes.find((choice) => choice.code === this.code);
  }
}
