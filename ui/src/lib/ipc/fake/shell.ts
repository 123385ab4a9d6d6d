// What the stand-in knows, and how it answers: after a while, with a copy, and only whom it may.

import { DEFAULT_PREFS } from "../../state/prefs";
import { failure } from "../backend";
import type { AppError, Boot, Phase, Prefs } from "../bindings";
import { Book } from "./book";
import { Contacts } from "./contacts";
import { demoProfile, relabelled } from "./data";
import { demoVisits } from "./demo";
import type { FakeOptions } from "./options";
import { Paper } from "./paper";
import { Phrase } from "./phrase";
import { Sending } from "./sending";
import { Shop } from "./shop";

export class Shell {
  failNext: AppError | null = null;
  phase: Phase;
  prefs: Prefs;
  shop: Shop;
  book: Book;
  contacts = new Contacts();
  withoutKey = false;
  readonly options: FakeOptions;
  readonly sending: Sending;
  readonly paper = new Paper();
  readonly phrase: Phrase;

  constructor(options: FakeOptions) {
    this.options = options;
    this.phase = options.phase ?? "open";
    this.phrase = new Phrase(options.byPhrase ?? false);
    this.prefs = { ...DEFAULT_PREFS, ...options.prefs };
    this.shop = shopOf(options);
    if (this.phase === "open") this.shop.clerkId = "c-li";
    const visits = options.empty ? [] : demoVisits(this.shop.profile.pack, Date.now(), options.running);
    this.book = new Book(visits);
    this.sending = new Sending(options.offline ?? false, options.aside ?? 0);
    if (this.phase === "turned") this.contacts.turned = this.book.visits[0]?.id ?? "";
  }

  async answer<T>(make: () => T, delay = this.options.delay ?? 0): Promise<T> {
    await new Promise((resolve) => setTimeout(resolve, delay));
    return structuredClone(make());
  }

  /** Answers whoever is signed in. */
  open<T>(make: () => T): Promise<T> {
    return this.answer(() => {
      if (this.phase !== "open") throw failure("locked");
      return make();
    });
  }

  managers<T>(make: () => T): Promise<T> {
    return this.open(() => {
      this.mayFail();
      this.shop.needManager();
      return make();
    });
  }

  /** A test wants this write to fail. */
  mayFail(): void {
    const failing = this.failNext;
    this.failNext = null;
    if (failing) throw failing;
  }

  enter(phase: Phase): Boot {
    this.phase = phase;
    return this.boot();
  }

  boot(): Boot {
    const { phase, options, shop } = this;
    const inShop = ["locked", "turned", "open"].includes(phase);
    const code = options.trouble ?? "internal";
    return {
      phase,
      trouble: phase === "trouble" ? { code, retry_after_s: null, detail: "floorbook.db" } : null,
      can_try_here: true,
      profile: inShop ? shop.profile : null,
      clerk_id: phase === "open" ? shop.clerkId : null,
      recovery_due: inShop && !this.withoutKey && !shop.profile.is_trial && !this.paper.isWritten,
      shut_out: options.shutOut ?? false,
      without_key: this.withoutKey,
      can_log_without_key: phase === "trouble" && (options.outfit ?? false),
      wiped: options.wiped === undefined ? null : { at_ms: Date.now(), sealed: options.wiped },
      by_phrase: this.phrase.isUsed,
      prefs: this.prefs,
      version: "0.0.0",
    };
  }
}

export function shopOf({
  pack = "apparel",
  rotation,
  relabel,
  fresh = false,
  paired = false,
  wrong = 0,
}: FakeOptions): Shop {
  const profile = { ...demoProfile(pack, "示范门店", "收银台 1"), is_trial: !paired };
  if (rotation) profile.pack = { ...profile.pack, rotation: true };
  if (relabel) profile.pack = relabelled(profile.pack, relabel);
  return new Shop(profile, fresh, wrong);
}
