// A whole backend in memory: for the plain browser during development, for pictures and for tests.
// It behaves like the shell as far as the interface can tell, and keeps nothing. Never in a release.

import { failure, type Backend, type Patch, type Screen, type TrialPack } from "./backend";
import type {
  AppError,
  Board,
  Boot,
  Change,
  Clerk,
  DayView,
  ErrorCode,
  Outcome,
  Phase,
  Prefs,
  Profile,
  SyncStatus,
  Undo,
  VisitView,
} from "./bindings";
import { DEMO_PIN, demoProfile, demoVisits, dayOf } from "./fake-data";
import { bought, dayView } from "./fake-day";

export type FakeOptions = {
  phase?: Phase;
  pack?: TrialPack;
  prefs?: Prefs;
  /** Leave the shop empty. */
  empty?: boolean;
  /** Nobody has a PIN yet. */
  fresh?: boolean;
  offline?: boolean;
  trouble?: ErrorCode;
  /** Milliseconds every answer takes. */
  delay?: number;
};

type Step = { kind: Undo["kind"]; before: VisitView | null; visitId: string };

/** The stand-in with what the address asks for, e.g. `?phase=open&pack=jewellery&lang=en&theme=dark`. */
export function fakeFromAddress(query: string): FakeBackend {
  const asked = new URLSearchParams(query);
  const lang = asked.get("lang");
  const theme = asked.get("theme");
  return new FakeBackend({
    phase: (asked.get("phase") ?? "locked") as Phase,
    pack: (asked.get("pack") ?? "apparel") as TrialPack,
    prefs: {
      locale: lang === "en" || lang === "zh-CN" ? lang : null,
      theme: theme === "light" || theme === "dark" ? theme : "system",
    },
    empty: asked.has("empty"),
    fresh: asked.has("fresh"),
    offline: asked.has("offline"),
    trouble: (asked.get("trouble") ?? "database_damaged") as ErrorCode,
    delay: Number(asked.get("delay") ?? 12),
  });
}

export class FakeBackend implements Backend {
  /** Set to make the next write fail with it. */
  failNext: AppError | null = null;
  readonly painted: Screen[] = [];
  #phase: Phase;
  #prefs: Prefs;
  #profile: Profile;
  #clerkId: string | null = null;
  #visits: VisitView[];
  #steps: Step[] = [];
  #pins = new Map<string, string>();
  #wrong = 0;
  #sync: SyncStatus;
  #heard: ((status: SyncStatus) => void)[] = [];
  #ids = 0;
  #options: FakeOptions;

  constructor(options: FakeOptions = {}) {
    this.#options = options;
    this.#phase = options.phase ?? "open";
    this.#prefs = options.prefs ?? { locale: null, theme: "system" };
    this.#profile = demoProfile(options.pack ?? "apparel", "示范门店", "收银台 1");
    if (options.fresh) this.#forgetPins();
    else for (const clerk of this.#profile.clerks) if (clerk.has_pin) this.#pins.set(clerk.id, DEMO_PIN);
    if (this.#phase === "open") this.#clerkId = "c-li";
    this.#visits = options.empty ? [] : demoVisits(this.#profile.pack, Date.now());
    this.#sync = {
      state: options.offline ? "waiting" : "idle",
      waiting: options.offline ? 14 : 0,
      sent: 0,
      total: 0,
      last_ok_ms: Date.now() - 60_000,
      reason: options.offline ? "hq_away" : null,
      retry_at_ms: options.offline ? Date.now() + 180_000 : null,
      quarantined: 0,
    };
  }

  boot = () => this.#answer(() => this.#bootNow());
  retryStart = () => this.#answer(() => this.#enter("setup"), 600);

  pair(_hqUrl: string, code: string, deviceName: string): Promise<Boot> {
    return this.#answer(() => {
      if (code.startsWith("00000")) throw failure("code_unknown");
      return this.#begin("apparel", this.#profile.store_name, deviceName);
    }, 900);
  }

  tryHere(packId: TrialPack, storeName: string, deviceName: string): Promise<Boot> {
    return this.#answer(() => this.#begin(packId, storeName, deviceName), 1500);
  }

  enrolPin(clerkId: string, pin: string, managerPin: string | null): Promise<Boot> {
    return this.#answer(() => {
      const managers = this.#profile.clerks.filter((clerk) => clerk.role === "manager");
      const known = managers.flatMap((clerk) => this.#pins.get(clerk.id) ?? []);
      const first = known.length === 0;
      if (first && this.#clerk(clerkId).role !== "manager") throw failure("manager_needed");
      if (/^(\d)\1+$/.test(pin) || pin === "123456") throw failure("pin_trivial");
      if (!first && !known.includes(managerPin ?? "")) throw failure("pin_wrong");
      this.#pins.set(clerkId, pin);
      this.#setHasPin(clerkId, true);
      return this.#signIn(clerkId);
    });
  }

  unlock(clerkId: string, pin: string): Promise<Boot> {
    return this.#answer(() => {
      if (this.#pins.get(clerkId) === pin) return this.#signIn(clerkId);
      this.#wrong += 1;
      throw this.#wrong >= 3 ? failure("pin_wait", 15) : failure("pin_wrong");
    });
  }

  lock = () =>
    this.#answer(() => {
      this.#clerkId = null;
      return this.#enter("locked");
    });

  board = (): Promise<Board> =>
    this.#open(() => ({
      now_ms: Date.now(),
      open: this.#visits.filter((visit) => visit.state === "open"),
      today: this.#today(),
      undo: this.#undoable(),
    }));

  arrive(size: number): Promise<Change> {
    return this.#write(() => {
      const now = Date.now();
      const visit: VisitView = {
        id: `n-${++this.#ids}`,
        state: "open",
        day: dayOf(now),
        entered_ms: now,
        left_ms: null,
        size,
        serving: this.#clerkId ?? "c-li",
        fields: {},
        outcome: null,
      };
      this.#steps.push({ kind: "arrival", before: null, visitId: visit.id });
      return visit;
    });
  }

  note(visitId: string, patch: Patch): Promise<Change> {
    return this.#write(() => {
      const visit = this.#find(visitId);
      if (visit.state !== "open") throw failure("visit_not_open");
      this.#steps.push({ kind: "tap", before: visit, visitId });
      const merged = Object.entries({ ...visit.fields, ...patch });
      const kept = merged.filter(
        ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0),
      );
      return { ...visit, fields: Object.fromEntries(kept) };
    });
  }

  closeVisit(visitId: string, outcome: Outcome): Promise<Change> {
    return this.#write(() => {
      const visit = this.#find(visitId);
      if (visit.state === "voided") throw failure("visit_not_open");
      this.#steps.push({ kind: "outcome", before: visit, visitId });
      return { ...visit, state: "closed", left_ms: visit.left_ms ?? Date.now(), outcome };
    });
  }

  undo(): Promise<Change> {
    return this.#write(() => {
      const step = this.#steps.pop();
      if (!step) throw failure("nothing_to_undo");
      return step.before ?? { ...this.#find(step.visitId), state: "voided" };
    });
  }

  day = (day: string | null, after: string | null): Promise<DayView> =>
    this.#open(() => dayView(this.#visits, day, after, Date.now()));
  visit = (visitId: string): Promise<VisitView> => this.#open(() => this.#find(visitId));
  syncStatus = (): Promise<SyncStatus> => this.#answer(() => this.#sync);

  sendNow(): Promise<SyncStatus> {
    const total = this.#sync.waiting;
    const done = {
      state: "idle" as const,
      waiting: 0,
      last_ok_ms: Date.now(),
      reason: null,
      retry_at_ms: null,
    };
    setTimeout(() => this.#tell(done), 1500);
    return this.#answer(() => this.#tell({ state: "sending", sent: 0, total, reason: null }));
  }

  setPrefs = (prefs: Prefs): Promise<Prefs> => this.#answer(() => (this.#prefs = prefs));

  uiReady(screen: Screen): Promise<void> {
    this.painted.push(screen);
    return this.#answer(() => undefined);
  }

  async onSync(heard: (status: SyncStatus) => void): Promise<() => void> {
    this.#heard.push(heard);
    return () => (this.#heard = this.#heard.filter((other) => other !== heard));
  }

  async #answer<T>(make: () => T, delay = this.#options.delay ?? 0): Promise<T> {
    await new Promise((resolve) => setTimeout(resolve, delay));
    return structuredClone(make());
  }

  #open<T>(make: () => T): Promise<T> {
    return this.#answer(() => {
      if (this.#phase !== "open") throw failure("locked");
      return make();
    });
  }

  #write(make: () => VisitView): Promise<Change> {
    return this.#open(() => {
      const failing = this.failNext;
      this.failNext = null;
      if (failing) throw failing;
      const visit = make();
      this.#visits = [visit, ...this.#visits.filter((other) => other.id !== visit.id)];
      if (this.#options.offline) this.#tell({ waiting: this.#sync.waiting + 1 });
      return { visit, today: this.#today(), undo: this.#undoable() };
    });
  }

  #tell(change: Partial<SyncStatus>): SyncStatus {
    this.#sync = { ...this.#sync, ...change };
    for (const heard of this.#heard) heard(structuredClone(this.#sync));
    return this.#sync;
  }

  #begin(pack: TrialPack, storeName: string, deviceName: string): Boot {
    this.#profile = demoProfile(pack, storeName, deviceName);
    this.#forgetPins();
    this.#visits = [];
    return this.#enter("locked");
  }

  #forgetPins(): void {
    this.#pins.clear();
    for (const clerk of this.#profile.clerks) this.#setHasPin(clerk.id, false);
  }

  #setHasPin(clerkId: string, hasPin: boolean): void {
    const clerks = this.#profile.clerks.map((clerk) =>
      clerk.id === clerkId ? { ...clerk, has_pin: hasPin } : clerk,
    );
    this.#profile = { ...this.#profile, clerks };
  }

  #signIn(clerkId: string): Boot {
    this.#wrong = 0;
    this.#clerkId = clerkId;
    return this.#enter("open");
  }

  #enter(phase: Phase): Boot {
    this.#phase = phase;
    return this.#bootNow();
  }

  #bootNow(): Boot {
    const inShop = this.#phase === "locked" || this.#phase === "open";
    const code = this.#options.trouble ?? "internal";
    return {
      phase: this.#phase,
      trouble: this.#phase === "trouble" ? { code, retry_after_s: null, detail: "floorbook.db" } : null,
      can_try_here: true,
      profile: inShop ? this.#profile : null,
      clerk_id: this.#phase === "open" ? this.#clerkId : null,
      prefs: this.#prefs,
    };
  }

  #clerk(id: string): Clerk {
    const clerk = this.#profile.clerks.find((other) => other.id === id);
    if (!clerk) throw failure("bad_input");
    return clerk;
  }

  #find(id: string): VisitView {
    const visit = this.#visits.find((other) => other.id === id);
    if (!visit) throw failure("visit_not_open");
    return visit;
  }

  #today(): Board["today"] {
    const today = this.#visits.filter((visit) => visit.day === dayOf(Date.now()) && visit.state !== "voided");
    return { parties: today.length, bought: today.filter(bought).length };
  }

  #undoable(): Undo | null {
    const last = this.#steps.at(-1);
    return last ? { kind: last.kind, visit_id: last.visitId } : null;
  }
}
