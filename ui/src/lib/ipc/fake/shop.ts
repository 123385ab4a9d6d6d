// The people of the stand-in: who they are, their PINs, who is signed in and whose turn it is.

import { failure } from "../backend";
import type { Clerk, Profile } from "../bindings";
import { DEMO_PIN } from "./data";

/** Wrong PINs before the next try has to wait. */
const TRIES = 3;
const WAIT_S = 15;

export class Shop {
  profile: Profile;
  /** Clerk ids, next one first. */
  lineup: string[];
  clerkId: string | null = null;
  #pins: Map<string, string>;
  #wrong = 0;

  /** `fresh`: nobody has a PIN yet. */
  constructor(profile: Profile, fresh: boolean) {
    this.profile = profile;
    const able = fresh ? [] : profile.clerks.filter((clerk) => clerk.has_pin).map(({ id }) => id);
    for (const { id } of profile.clerks) this.#setHasPin(id, able.includes(id));
    this.#pins = new Map(able.map((id) => [id, DEMO_PIN]));
    this.lineup = able;
  }

  /** The clerk who is signed in. */
  get me(): string {
    return this.clerkId ?? "c-li";
  }

  clerk(id: string): Clerk {
    const clerk = this.profile.clerks.find((other) => other.id === id);
    if (!clerk) throw failure("bad_input");
    return clerk;
  }

  needManager(): void {
    if (this.clerk(this.me).role !== "manager") throw failure("manager_needed");
  }

  /** Anybody while nobody has a PIN, a manager after that. */
  needWhoMayRecover(): void {
    if (!this.profile.clerks.some((clerk) => clerk.has_pin)) return;
    if (this.clerkId === null) throw failure("locked");
    this.needManager();
  }

  enrol(clerkId: string, pin: string, managerPin: string | null): void {
    const managers = this.profile.clerks.filter((clerk) => clerk.role === "manager");
    const known = managers.flatMap((clerk) => this.#pins.get(clerk.id) ?? []);
    const first = known.length === 0;
    if (first && this.clerk(clerkId).role !== "manager") throw failure("manager_needed");
    if (/^(\d)\1+$/.test(pin) || pin === "123456") throw failure("pin_trivial");
    if (!first && !known.includes(managerPin ?? "")) throw failure("pin_wrong");
    this.#pins.set(clerkId, pin);
    this.#setHasPin(clerkId, true);
    this.#signIn(clerkId);
  }

  unlock(clerkId: string, pin: string): void {
    if (this.#pins.get(clerkId) === pin) return this.#signIn(clerkId);
    this.#wrong += 1;
    throw this.#wrong >= TRIES ? failure("pin_wait", WAIT_S) : failure("pin_wrong");
  }

  /** Who serves the party that comes in now; where arrivals go round, the next one waits again. */
  takesTurn(): string {
    const next = this.profile.pack.rotation ? this.lineup[0] : undefined;
    if (next) this.toTheEnd(next);
    return next ?? this.me;
  }

  toTheEnd(clerkId: string): void {
    this.lineup = [...this.lineup.filter((id) => id !== clerkId), this.clerk(clerkId).id];
  }

  stepAway(clerkId: string): void {
    this.lineup = this.lineup.filter((id) => id !== clerkId);
  }

  #signIn(clerkId: string): void {
    this.#wrong = 0;
    this.clerkId = clerkId;
  }

  #setHasPin(clerkId: string, hasPin: boolean): void {
    const clerks = this.profile.clerks.map((clerk) =>
      clerk.id === clerkId ? { ...clerk, has_pin: hasPin } : clerk,
    );
    this.profile = { ...this.profile, clerks };
  }
}
