// The people of the stand-in: who they are, their PINs, who is signed in and whose turn it is.

import { failure } from "../backend";
import type { Approval, Clerk, Profile } from "../bindings";
import { DEMO_PIN } from "./data";

/** Wrong PINs before the next try has to wait, and before none helps any more. */
const FREE_TRIES = 5;
const TRIES_MAX = 10;
const FIRST_WAIT_S = 30;
/** So long a PIN counts as just typed. */
const FRESH_MS = 60_000;

export class Shop {
  profile: Profile;
  /** Clerk ids, next one first. */
  lineup: string[];
  clerkId: string | null = null;
  #pins: Map<string, string>;
  #wrong: Map<string, number>;
  #typedMs = Date.now();

  /** `fresh`: nobody has a PIN yet. `wrong`: how often every PIN was wrong already. */
  constructor(profile: Profile, fresh: boolean, wrong = 0) {
    this.profile = profile;
    const able = fresh ? [] : profile.clerks.filter((clerk) => clerk.has_pin).map(({ id }) => id);
    for (const { id } of profile.clerks) this.#setHasPin(id, able.includes(id));
    this.profile = { ...this.profile, had_pins: !fresh };
    this.#pins = new Map(able.map((id) => [id, DEMO_PIN]));
    this.#wrong = new Map(able.map((id) => [id, wrong]));
    this.lineup = able;
  }

  /** The same people without names, PINs or more rights than a clerk's. */
  withoutKey(): Shop {
    const clerks = this.profile.clerks.map(({ id }): Clerk => ({
      id,
      name: id,
      role: "clerk",
      has_pin: false,
    }));
    const shop = new Shop({ ...this.profile, clerks, device_name: "", takes_contacts: false }, true);
    shop.#pins = new Map(clerks.map(({ id }) => [id, ""]));
    return shop;
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
    if (Date.now() - this.#typedMs > FRESH_MS) throw failure("pin_needed");
  }

  /** Anybody before the first PIN, a manager after that. */
  needWhoMayRecover(): void {
    if (!this.profile.had_pins) return;
    if (this.clerkId === null) throw failure("locked");
    this.needManager();
  }

  /** The recovery code has been looked at already. */
  enrol(clerkId: string, pin: string, approval: Approval | null): void {
    if (/^(\d)\1+$/.test(pin) || pin === "123456") throw failure("pin_trivial");
    const isManager = this.clerk(clerkId).role === "manager";
    if (approval === null && (!isManager || this.profile.had_pins)) throw failure("manager_needed");
    if (approval?.by === "recovery_code" && !isManager) throw failure("manager_needed");
    if (approval?.by === "manager") this.#vouches(approval.clerk_id, approval.pin, clerkId);
    this.#pins.set(clerkId, pin);
    this.#wrong.delete(clerkId);
    this.#setHasPin(clerkId, true);
    this.#signIn(clerkId);
  }

  unlock(clerkId: string, pin: string): void {
    this.#try(clerkId, pin);
    this.#signIn(clerkId);
  }

  confirm(pin: string): void {
    this.#try(this.me, pin);
    this.#typedMs = Date.now();
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

  #vouches(managerId: string, pin: string, forId: string): void {
    const manager = this.clerk(managerId);
    if (manager.role !== "manager" || managerId === forId) throw failure("manager_needed");
    this.#try(managerId, pin);
  }

  #try(clerkId: string, pin: string): void {
    const wrong = (this.#wrong.get(clerkId) ?? 0) + 1;
    if (wrong > TRIES_MAX) throw failure("pin_shut");
    const right = this.#pins.get(clerkId) === pin;
    this.#wrong.set(clerkId, right ? 0 : wrong);
    if (right) return;
    if (wrong === TRIES_MAX) throw failure("pin_shut");
    if (wrong < FREE_TRIES) throw failure("pin_wrong");
    throw failure("pin_wait", FIRST_WAIT_S * 2 ** (wrong - FREE_TRIES));
  }

  #signIn(clerkId: string): void {
    this.#typedMs = Date.now();
    this.clerkId = clerkId;
  }

  #setHasPin(clerkId: string, hasPin: boolean): void {
    const clerks = this.profile.clerks.map((clerk) =>
      clerk.id === clerkId ? { ...clerk, has_pin: hasPin } : clerk,
    );
    this.profile = { ...this.profile, clerks, had_pins: this.profile.had_pins || hasPin };
  }
}
