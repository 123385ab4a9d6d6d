// A whole backend in memory: for the plain browser during development, for pictures and for tests.
// It behaves like the shell as far as the interface can tell, and keeps nothing. Never in a release.

import { pseudo } from "../i18n/pseudo";
import { DEFAULT_PREFS } from "../state/prefs";
import { failure, type Backend, type Patch, type Screen, type TrialPack } from "./backend";
import type {
  AppError,
  Board,
  Boot,
  Catalogue,
  Change,
  Clerk,
  Correction,
  DayRow,
  DayView,
  ErrorCode,
  Imported,
  Item,
  Outcome,
  Phase,
  Prefs,
  Profile,
  QuickWord,
  SyncStatus,
  Undo,
  VisitView,
} from "./bindings";
import { DEMO_PIN, UNSEEN, demoProfile, demoVisits, dayOf, openVisit, relabelled } from "./fake-data";
import { rowOf } from "../state/day-row";
import { bought, dayView } from "./fake-day";
import { CATALOGUE, found, readCatalogue } from "./fake-items";
import { quickWords } from "./fake-words";
import { alike, merged, withPatch } from "./fake-visit";

export type FakeOptions = {
  phase?: Phase;
  pack?: TrialPack;
  prefs?: Partial<Prefs>;
  /** Puts other words on the form. */
  relabel?: (text: string) => string;
  /** Leave the shop empty. */
  empty?: boolean;
  /** Nobody has a PIN yet. */
  fresh?: boolean;
  offline?: boolean;
  /** Arrivals go round among the clerks. */
  rotation?: boolean;
  /** How many parties are in the shop. */
  running?: number;
  trouble?: ErrorCode;
  /** Milliseconds every answer takes. */
  delay?: number;
};

/** What a step changed: the visits as they were, null for those that came with it. */
type Step = { kind: Undo["kind"]; visitId: string; before: Map<string, VisitView | null> };

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
      hand: asked.get("hand") === "left" ? "left" : "right",
    },
    ...(asked.has("pseudo") ? { relabel: pseudo } : {}),
    empty: asked.has("empty"),
    fresh: asked.has("fresh"),
    offline: asked.has("offline"),
    rotation: asked.has("rotation"),
    running: Number(asked.get("running") ?? 4),
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
  #heardBoard: (() => void)[] = [];
  #lineup: string[];
  /** The steady clock agrees with the wall clock at the start, and with nothing later. */
  readonly #began = Date.now() - performance.now();
  #items = CATALOGUE;
  #importedMs = Date.now();
  #options: FakeOptions;

  constructor(options: FakeOptions = {}) {
    this.#options = options;
    this.#phase = options.phase ?? "open";
    this.#prefs = { ...DEFAULT_PREFS, ...options.prefs };
    this.#profile = demoProfile(options.pack ?? "apparel", "示范门店", "收银台 1");
    if (options.rotation) this.#profile.pack = { ...this.#profile.pack, rotation: true };
    if (options.relabel)
      this.#profile = { ...this.#profile, pack: relabelled(this.#profile.pack, options.relabel) };
    if (options.fresh) this.#forgetPins();
    else for (const clerk of this.#profile.clerks) if (clerk.has_pin) this.#pins.set(clerk.id, DEMO_PIN);
    if (this.#phase === "open") this.#clerkId = "c-li";
    this.#lineup = this.#profile.clerks.filter((clerk) => clerk.has_pin).map((clerk) => clerk.id);
    this.#visits = options.empty ? [] : demoVisits(this.#profile.pack, Date.now(), options.running);
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

  board = (): Promise<Board> => this.#open(() => this.#boardNow());
  visit = (visitId: string): Promise<VisitView> => this.#open(() => this.#find(visitId));

  arrive(visitId: string, size: number, later: boolean): Promise<Change> {
    const known = this.#visits.find((visit) => visit.id === visitId);
    if (known) return this.#open(() => this.#change([known]));
    return this.#write("arrival", () => {
      const next = this.#profile.pack.rotation ? this.#lineup[0] : undefined;
      if (next) this.#toTheEnd(next);
      const visit = openVisit(visitId, Date.now(), size, next ?? this.#me());
      return [{ ...visit, since_steady_ms: this.#steady(), later }];
    });
  }

  note(visitId: string, patch: Patch): Promise<Change> {
    return this.#write("tap", () => [withPatch(this.#running(visitId), patch)]);
  }

  closeVisit(visitId: string, outcome: Outcome): Promise<Change> {
    return this.#write("outcome", () => {
      const visit = this.#find(visitId);
      if (visit.state !== "open" && visit.state !== "closed") throw failure("visit_not_open");
      const dwell_source = visit.dwell_source ?? "observed";
      return [{ ...visit, state: "closed", left_ms: visit.left_ms ?? Date.now(), dwell_source, outcome }];
    });
  }

  handOver(visitId: string, clerkId: string, note: string | null): Promise<Change> {
    return this.#write("hand_over", () => {
      const visit = this.#running(visitId);
      if (visit.serving === this.#clerk(clerkId).id) throw failure("bad_input");
      return [{ ...visit, serving: clerkId, handed: { from: visit.serving, note, at_ms: Date.now() } }];
    });
  }

  splitVisit(visitId: string, newVisitId: string, size: number): Promise<Change> {
    return this.#write("split", () => {
      const visit = this.#running(visitId);
      if (size >= visit.size && visit.size < 5) throw failure("bad_input");
      const left = visit.size === 5 ? 5 : visit.size - size;
      const { entered_ms, since_steady_ms, serving } = visit;
      const part = { ...openVisit(newVisitId, entered_ms, size, serving), since_steady_ms };
      return [{ ...visit, size: left }, part];
    });
  }

  mergeVisits(visitId: string, intoId: string): Promise<Change> {
    return this.#write("merge", () => {
      const [gone, kept] = [this.#running(visitId), this.#running(intoId)];
      return [merged(kept, gone), { ...gone, state: "merged" }];
    });
  }

  setEntered(visitId: string, enteredMs: number): Promise<Change> {
    return this.#write("time", () => {
      const visit = this.#running(visitId);
      if (enteredMs > Date.now()) throw failure("bad_input");
      const since_steady_ms = visit.since_steady_ms + enteredMs - visit.entered_ms;
      return [{ ...visit, entered_ms: enteredMs, since_steady_ms }];
    });
  }

  setLeft(visitId: string, leftMs: number): Promise<Change> {
    return this.#write("time", () => {
      const visit = this.#find(visitId);
      if (visit.state !== "closed" || leftMs < visit.entered_ms) throw failure("bad_input");
      return [{ ...visit, left_ms: leftMs, dwell_source: "adjusted" }];
    });
  }

  linkEarlier(visitId: string, earlierId: string | null): Promise<Change> {
    return this.#write("earlier", () => [{ ...this.#running(visitId), earlier: earlierId }]);
  }

  likelySame(visitId: string): Promise<DayRow[]> {
    return this.#open(() => alike(this.#find(visitId), this.#visits).slice(0, 3).map(rowOf));
  }

  correctVisit(visitId: string, correction: Correction): Promise<Change> {
    return this.#write("correction", () => {
      const visit = this.#find(visitId);
      if (visit.state !== "closed") throw failure("visit_not_open");
      const { patch, outcome, entered_ms, left_ms } = correction;
      return [
        {
          ...withPatch(visit, patch),
          entered_ms: entered_ms ?? visit.entered_ms,
          left_ms: left_ms ?? visit.left_ms,
          dwell_source: left_ms === null ? visit.dwell_source : "adjusted",
          outcome: outcome ?? visit.outcome,
          corrected: true,
        },
      ];
    });
  }

  skipTurn = (clerkId: string): Promise<Board> => this.stepIn(clerkId);

  stepIn(clerkId: string): Promise<Board> {
    return this.#open(() => {
      this.#toTheEnd(this.#clerk(clerkId).id);
      return this.#boardNow();
    });
  }

  stepAway(clerkId: string): Promise<Board> {
    return this.#open(() => {
      this.#lineup = this.#lineup.filter((id) => id !== clerkId);
      return this.#boardNow();
    });
  }

  quickWords = (): Promise<QuickWord[]> => this.#open(() => quickWords(this.#profile.pack));
  findItems = (query: string): Promise<Item[]> => this.#open(() => found(query, this.#items));

  importCatalogue(csv: string): Promise<Imported> {
    return this.#open(() => {
      this.#fail();
      if (this.#clerk(this.#me()).role !== "manager") throw failure("manager_needed");
      const { items, imported } = readCatalogue(csv);
      if (items.length > 0) [this.#items, this.#importedMs] = [items, Date.now()];
      return imported;
    });
  }

  catalogue = (): Promise<Catalogue> =>
    this.#open(() => ({ count: this.#items.length, imported_ms: this.#importedMs }));

  undo(): Promise<Change> {
    return this.#open(() => {
      this.#fail();
      const step = this.#steps.pop();
      if (!step) throw failure("nothing_to_undo");
      const back = [...step.before].map(
        ([id, was]) => was ?? { ...this.#find(id), state: "voided" as const },
      );
      return this.#change(back);
    });
  }

  day = (day: string | null, after: string | null, onlyUnchecked: boolean): Promise<DayView> =>
    this.#open(() => dayView(this.#visits, { day, after, onlyUnchecked }, Date.now()));

  /** A rule closes a visit that nobody touched, without the window's doing. */
  closeByRule(visitId: string): void {
    const visit = this.#find(visitId);
    const closed: VisitView = {
      ...visit,
      state: "closed",
      left_ms: Date.now(),
      dwell_source: "estimated",
      outcome: UNSEEN,
    };
    this.#keep([closed]);
    for (const heard of this.#heardBoard) heard();
  }

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

  printPage(): Promise<null> {
    window.print();
    return this.#answer(() => null);
  }

  uiReady(screen: Screen): Promise<void> {
    this.painted.push(screen);
    return this.#answer(() => undefined);
  }

  async onSync(heard: (status: SyncStatus) => void): Promise<() => void> {
    this.#heard.push(heard);
    return () => (this.#heard = this.#heard.filter((other) => other !== heard));
  }

  async onBoard(heard: () => void): Promise<() => void> {
    this.#heardBoard.push(heard);
    return () => (this.#heardBoard = this.#heardBoard.filter((other) => other !== heard));
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

  /** Makes the visits that change, the first one being what the step is about. */
  #write(kind: Undo["kind"], make: () => VisitView[]): Promise<Change> {
    return this.#open(() => {
      this.#fail();
      const visits = make();
      const was = (id: string) => this.#visits.find((other) => other.id === id) ?? null;
      const before = new Map(visits.map(({ id }) => [id, was(id)]));
      this.#steps.push({ kind, visitId: visits[0]?.id ?? "", before });
      if (this.#options.offline) this.#tell({ waiting: this.#sync.waiting + 1 });
      return this.#change(visits);
    });
  }

  #fail(): void {
    const failing = this.failNext;
    this.failNext = null;
    if (failing) throw failing;
  }

  #change(visits: VisitView[]): Change {
    const [visit, ...also] = visits;
    if (!visit) throw failure("internal");
    this.#keep(visits);
    const { today, undo, steady_ms, lineup } = this.#boardNow();
    return { visit, also, today, undo, steady_ms, lineup };
  }

  #keep(visits: VisitView[]): void {
    const ids = visits.map(({ id }) => id);
    this.#visits = [...visits, ...this.#visits.filter((other) => !ids.includes(other.id))];
  }

  #boardNow(): Board {
    const today = this.#visits.filter(
      (visit) => visit.day === dayOf(Date.now()) && (visit.state === "open" || visit.state === "closed"),
    );
    const last = this.#steps.at(-1);
    return {
      now_ms: Date.now(),
      steady_ms: this.#steady(),
      open: this.#visits.filter((visit) => visit.state === "open"),
      today: { parties: today.length, bought: today.filter(bought).length },
      undo: last ? { kind: last.kind, visit_id: last.visitId } : null,
      lineup: this.#profile.pack.rotation ? this.#lineup : null,
    };
  }

  #steady(): number {
    return this.#began + performance.now();
  }

  #toTheEnd(clerkId: string): void {
    this.#lineup = [...this.#lineup.filter((id) => id !== clerkId), clerkId];
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
      version: "0.0.0",
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

  #running(id: string): VisitView {
    const visit = this.#find(id);
    if (visit.state !== "open") throw failure("visit_not_open");
    return visit;
  }

  #me(): string {
    return this.#clerkId ?? "c-li";
  }
}
