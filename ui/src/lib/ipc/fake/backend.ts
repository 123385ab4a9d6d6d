// A whole backend in memory: for the plain browser during development, for pictures and for tests.
// It behaves like the shell as far as the interface can tell, and keeps nothing. Never in a release.

import { rowOf } from "../../state/day-row";
import { DEFAULT_PREFS } from "../../state/prefs";
import { failure, type Backend, type Patch, type Screen, type TrialPack } from "../backend";
import type {
  AppError,
  Approval,
  Board,
  Boot,
  Carried,
  Catalogue,
  Change,
  ContactCard,
  ContactCopy,
  ContactInput,
  Correction,
  DayRow,
  DayView,
  ErrorCode,
  ExportProgress,
  GivenContact,
  Imported,
  Item,
  MaskedContact,
  Outcome,
  Phase,
  PhonePage,
  Prefs,
  QuickWord,
  SetAside,
  SyncStatus,
  VisitView,
} from "../bindings";
import { Book } from "./book";
import { Contacts } from "./contacts";
import { demoProfile, demoVisits, relabelled } from "./data";
import { dayView } from "./day";
import { CATALOGUE, found, readCatalogue } from "./items";
import { Paper } from "./paper";
import { Phrase, PROPOSED_PHRASE } from "./phrase";
import { offered } from "./phone";
import { Sending } from "./sending";
import { Shop } from "./shop";
import { alike } from "./visit";
import { quickWords } from "./words";

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
  /** Paired with a headquarters elsewhere, so that a recovery code is wanted. */
  paired?: boolean;
  /** A phrase stands for the keyring. */
  byPhrase?: boolean;
  offline?: boolean;
  /** So many records headquarters set aside. */
  aside?: number;
  /** Arrivals go round among the clerks. */
  rotation?: boolean;
  /** How many parties are in the shop. */
  running?: number;
  /** How often every PIN was wrong already. */
  wrong?: number;
  trouble?: ErrorCode;
  /** The clerks may go on although the database cannot be opened. */
  outfit?: boolean;
  /** The key does not come back. */
  keyAway?: boolean;
  /** Headquarters lets nobody in. */
  shutOut?: boolean;
  /** Headquarters had it wiped, with so many records sealed. */
  wiped?: number;
  /** Visitors may use their own phones. */
  phones?: boolean;
  /** Milliseconds every answer takes. */
  delay?: number;
};

export class FakeBackend implements Backend {
  /** Set to make the next write fail with it. */
  failNext: AppError | null = null;
  readonly painted: Screen[] = [];
  #options: FakeOptions;
  #phase: Phase;
  #prefs: Prefs;
  #shop: Shop;
  #book: Book;
  #sending: Sending;
  #paper = new Paper();
  #phrase: Phrase;
  #contacts = new Contacts();
  #withoutKey = false;
  #heardBoard: (() => void)[] = [];
  #heardDevice: () => void = () => undefined;
  #heardPhone: (page: PhonePage) => void = () => undefined;
  #items = CATALOGUE;
  #importedMs = Date.now();

  constructor(options: FakeOptions = {}) {
    this.#options = options;
    this.#phase = options.phase ?? "open";
    this.#phrase = new Phrase(options.byPhrase ?? false);
    this.#prefs = { ...DEFAULT_PREFS, ...options.prefs };
    this.#shop = shopOf(options);
    if (this.#phase === "open") this.#shop.clerkId = "c-li";
    const visits = options.empty ? [] : demoVisits(this.#shop.profile.pack, Date.now(), options.running);
    this.#book = new Book(visits);
    this.#sending = new Sending(options.offline ?? false, options.aside ?? 0);
    if (this.#phase === "turned") this.#contacts.turned = this.#book.visits[0]?.id ?? "";
  }

  boot = () => this.#answer(() => this.#bootNow());
  retryStart(): Promise<Boot> {
    return this.#answer(() => {
      if (!this.#withoutKey) return this.#enter(this.#options.outfit ? "locked" : "setup");
      if (this.#options.keyAway) return this.#bootNow();
      this.#withoutKey = false;
      this.#shop = shopOf(this.#options);
      this.#book = new Book([]);
      return this.#enter("locked");
    }, 600);
  }

  logWithoutKey(): Promise<Boot> {
    return this.#answer(() => {
      this.#fail();
      this.#withoutKey = true;
      this.#shop = this.#shop.withoutKey();
      this.#book = new Book([]);
      return this.#enter("locked");
    });
  }

  beginAnew(): Promise<Boot> {
    return this.#answer(() => {
      this.#fail();
      return this.#enter("setup");
    }, 600);
  }

  pair(_hqUrl: string, code: string, deviceName: string): Promise<Boot> {
    return this.#answer(() => {
      if (code.startsWith("00000")) throw failure("code_unknown");
      return this.#begin("apparel", this.#shop.profile.store_name, deviceName, false);
    }, 900);
  }

  tryHere(packId: TrialPack, storeName: string, deviceName: string): Promise<Boot> {
    return this.#answer(() => this.#begin(packId, storeName, deviceName, true), 1500);
  }

  makeRecoveryCode(): Promise<string> {
    return this.#answer(() => {
      this.#fail();
      this.#shop.needWhoMayRecover();
      return this.#paper.make();
    });
  }

  confirmRecoveryCode(code: string): Promise<Boot> {
    return this.#answer(() => {
      this.#shop.needWhoMayRecover();
      this.#paper.confirm(code);
      return this.#bootNow();
    });
  }

  recover(code: string): Promise<Boot> {
    return this.#answer(() => {
      this.#paper.read(code);
      return this.#enter("locked");
    });
  }

  proposePhrase = () => this.#answer(() => PROPOSED_PHRASE);

  setPhrase(phrase: string): Promise<Boot> {
    return this.#answer(() => {
      this.#fail();
      this.#phrase.set(phrase);
      return this.#enter("setup");
    });
  }

  openWithPhrase(phrase: string): Promise<Boot> {
    return this.#answer(() => {
      this.#fail();
      this.#phrase.open(phrase);
      return this.#enter("locked");
    });
  }

  recoverWithPhrase(code: string, phrase: string): Promise<Boot> {
    return this.#answer(() => {
      this.#paper.read(code);
      this.#phrase.set(phrase);
      return this.#enter("locked");
    });
  }

  changePhrase(phrase: string): Promise<null> {
    return this.#managers(() => {
      this.#phrase.set(phrase);
      return null;
    });
  }

  enrolPin(clerkId: string, pin: string, approval: Approval | null): Promise<Boot> {
    return this.#answer(() => {
      if (approval?.by === "recovery_code") this.#paper.check(approval.code);
      this.#shop.enrol(clerkId, pin, approval);
      return this.#enter("open");
    });
  }

  unlock(clerkId: string, pin: string): Promise<Boot> {
    return this.#answer(() => {
      this.#shop.unlock(clerkId, pin);
      return this.#enter("open");
    });
  }

  confirmPin(pin: string): Promise<null> {
    return this.#open(() => {
      this.#shop.confirm(pin);
      return null;
    });
  }

  lock = () =>
    this.#answer(() => {
      this.#shop.clerkId = null;
      return this.#enter("locked");
    });

  board = (): Promise<Board> => this.#open(() => this.#boardNow());
  visit = (visitId: string): Promise<VisitView> => this.#open(() => this.#book.find(visitId));

  arrive(visitId: string, size: number, later: boolean): Promise<Change> {
    const known = this.#book.known(visitId);
    if (known) return this.#open(() => this.#change([known]));
    return this.#write(() => this.#book.arrive(visitId, size, later, this.#shop.takesTurn()));
  }

  note = (visitId: string, patch: Patch) => this.#write(() => this.#book.note(visitId, patch));
  closeVisit = (visitId: string, outcome: Outcome) => this.#write(() => this.#book.close(visitId, outcome));

  handOver(visitId: string, clerkId: string, note: string | null): Promise<Change> {
    return this.#write(() => this.#book.handOver(visitId, this.#shop.clerk(clerkId).id, note));
  }

  splitVisit(visitId: string, newVisitId: string, size: number): Promise<Change> {
    return this.#write(() => this.#book.split(visitId, newVisitId, size));
  }

  mergeVisits = (visitId: string, intoId: string) => this.#write(() => this.#book.merge(visitId, intoId));
  setEntered = (visitId: string, ms: number) => this.#write(() => this.#book.setEntered(visitId, ms));
  setLeft = (visitId: string, ms: number) => this.#write(() => this.#book.setLeft(visitId, ms));

  linkEarlier(visitId: string, earlierId: string | null): Promise<Change> {
    return this.#write(() => this.#book.linkEarlier(visitId, earlierId));
  }

  likelySame(visitId: string): Promise<DayRow[]> {
    return this.#open(() => {
      const { visits } = this.#book;
      return alike(this.#book.find(visitId), visits).slice(0, 3).map(rowOf);
    });
  }

  correctVisit(visitId: string, correction: Correction): Promise<Change> {
    return this.#write(() => this.#book.correct(visitId, correction));
  }

  turnToVisitor(visitId: string): Promise<Boot> {
    return this.#open(() => {
      this.#fail();
      this.#contacts.turn(this.#book.find(visitId), this.#shop.profile.pack.contact);
      this.#shop.clerkId = null;
      this.#offerPhone();
      return this.#enter("turned");
    });
  }

  giveContact(given: ContactInput): Promise<GivenContact> {
    return this.#visitors(() => {
      this.#fail();
      return { code: this.#take(given), boot: this.#enter("locked") };
    });
  }

  turnBack(): Promise<Boot> {
    return this.#visitors(() => {
      this.#contacts.turned = null;
      return this.#enter("locked");
    });
  }

  contactOf = (visitId: string): Promise<MaskedContact | null> =>
    this.#open(() => this.#contacts.of(visitId));

  findContacts = (query: string): Promise<MaskedContact[]> =>
    this.#managers(() => this.#contacts.find(query));

  revealContact = (contactId: string): Promise<ContactCard> =>
    this.#managers(() => this.#contacts.reveal(contactId));

  copyContact(contactId: string): Promise<ContactCopy> {
    return this.#managers(() => {
      const visit = this.#book.find(this.#contacts.visitOf(contactId));
      return this.#contacts.copy(contactId, visit);
    });
  }

  withdrawConsent(contactId: string, purposes: string[]): Promise<MaskedContact | null> {
    return this.#managers(() => {
      const visitId = this.#contacts.visitOf(contactId);
      const left = this.#contacts.withdraw(contactId, purposes);
      if (left === null) this.#book.tellContact(visitId, false);
      return left;
    });
  }

  eraseContact(contactId: string): Promise<null> {
    return this.#managers(() => {
      this.#book.tellContact(this.#contacts.erase(contactId), false);
      return null;
    });
  }

  undo = (): Promise<Change> => this.#write(() => this.#book.undo());

  skipTurn = (clerkId: string): Promise<Board> => this.stepIn(clerkId);
  stepIn = (clerkId: string): Promise<Board> => this.#lineUp(() => this.#shop.toTheEnd(clerkId));
  stepAway = (clerkId: string): Promise<Board> => this.#lineUp(() => this.#shop.stepAway(clerkId));

  quickWords = (): Promise<QuickWord[]> => this.#open(() => quickWords(this.#shop.profile.pack));
  findItems = (query: string): Promise<Item[]> => this.#open(() => found(query, this.#items));

  /** There is no key here; that a manager is wanted for one is the same. */
  rotateKey = () => this.#managers(() => null);

  importCatalogue(csv: string): Promise<Imported> {
    return this.#open(() => {
      this.#fail();
      this.#shop.needManager();
      const { items, imported } = readCatalogue(csv);
      if (items.length > 0) [this.#items, this.#importedMs] = [items, Date.now()];
      return imported;
    });
  }

  catalogue = (): Promise<Catalogue> =>
    this.#open(() => ({ count: this.#items.length, imported_ms: this.#importedMs }));

  day = (day: string | null, after: string | null, onlyUnchecked: boolean): Promise<DayView> =>
    this.#open(() => dayView(this.#book.visits, { day, after, onlyUnchecked }, Date.now()));

  /** A rule closes a visit that nobody touched, without the window's doing. */
  closeByRule(visitId: string): void {
    this.#book.closeByRule(visitId);
    for (const heard of this.#heardBoard) heard();
  }

  syncStatus = (): Promise<SyncStatus> => this.#answer(() => this.#sending.status);
  sendNow = (): Promise<SyncStatus> => this.#answer(() => this.#sending.now());
  setAside = (): Promise<SetAside[]> => this.#managers(() => this.#sending.aside);
  sendAgain = (records: number[]): Promise<SyncStatus> => this.#managers(() => this.#sending.again(records));
  copySetAside = (): Promise<string> => this.#managers(() => this.#sending.copy());
  exportUnsent = (): Promise<Carried> => this.#managers(() => this.#sending.export());
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
    return this.#sending.on(heard);
  }

  async onExport(heard: (progress: ExportProgress) => void): Promise<() => void> {
    return this.#sending.onExport(heard);
  }

  async onBoard(heard: () => void): Promise<() => void> {
    this.#heardBoard.push(heard);
    return () => (this.#heardBoard = this.#heardBoard.filter((other) => other !== heard));
  }

  async onDevice(heard: () => void): Promise<() => void> {
    this.#heardDevice = heard;
    return () => (this.#heardDevice = () => undefined);
  }

  async onPhone(heard: (page: PhonePage) => void): Promise<() => void> {
    this.#heardPhone = heard;
    if (this.#phase === "turned") this.#offerPhone();
    return () => (this.#heardPhone = () => undefined);
  }

  /** A phone opens the page. */
  phoneOpens(): void {
    this.#heardPhone(offered(true));
  }

  /** A visitor hands in on their phone what the device takes. */
  phoneGives(given: ContactInput): string {
    const code = this.#take(given);
    this.#enter("locked");
    this.#heardPhone({ kind: "given", code });
    return code;
  }

  /** A visitor says on their phone that they leave nothing. */
  phoneRefuses(): void {
    this.#contacts.turned = null;
    this.#enter("locked");
    this.#heardPhone({ kind: "refused" });
  }

  /** Headquarters does not answer any more. */
  phoneGoes(): void {
    this.#heardPhone({ kind: "none" });
  }

  #take(given: ContactInput): string {
    const visitId = this.#contacts.turned ?? "";
    const code = this.#contacts.give(given, this.#shop.profile.pack);
    this.#book.tellContact(visitId, true, given.answers);
    return code;
  }

  #offerPhone(): void {
    if (this.#options.phones) this.#heardPhone(offered(false));
  }

  /** Headquarters wants something of the device. */
  becomes(options: Pick<FakeOptions, "phase" | "shutOut" | "wiped">): void {
    Object.assign(this.#options, options);
    this.#phase = options.phase ?? this.#phase;
    this.#heardDevice();
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

  #managers<T>(make: () => T): Promise<T> {
    return this.#open(() => {
      this.#fail();
      this.#shop.needManager();
      return make();
    });
  }

  /** What only whoever has the screen does, in the visit that it was turned to. */
  #visitors<T>(make: (visitId: string) => T): Promise<T> {
    return this.#answer(() => {
      const visitId = this.#contacts.turned;
      if (this.#phase !== "turned" || visitId === null) throw failure("internal");
      return make(visitId);
    });
  }

  #write(make: () => VisitView[]): Promise<Change> {
    return this.#open(() => {
      this.#fail();
      const visits = make();
      if (this.#options.offline) this.#sending.wait();
      return this.#change(visits);
    });
  }

  #lineUp(move: () => void): Promise<Board> {
    return this.#open(() => {
      move();
      return this.#boardNow();
    });
  }

  #fail(): void {
    const failing = this.failNext;
    this.failNext = null;
    if (failing) throw failing;
  }

  #change([visit, ...also]: VisitView[]): Change {
    if (!visit) throw failure("internal");
    const { today, undo, steady_ms, lineup } = this.#boardNow();
    return { visit, also, today, undo, steady_ms, lineup };
  }

  #boardNow(): Board {
    const { profile, lineup } = this.#shop;
    return { ...this.#book.board(), lineup: profile.pack.rotation ? lineup : null };
  }

  #begin(pack: TrialPack, storeName: string, deviceName: string, isTrial: boolean): Boot {
    this.#shop = new Shop({ ...demoProfile(pack, storeName, deviceName), is_trial: isTrial }, true);
    this.#book = new Book([]);
    this.#contacts = new Contacts();
    return this.#enter("locked");
  }

  #enter(phase: Phase): Boot {
    this.#phase = phase;
    return this.#bootNow();
  }

  #bootNow(): Boot {
    const inShop = ["locked", "turned", "open"].includes(this.#phase);
    const code = this.#options.trouble ?? "internal";
    return {
      phase: this.#phase,
      trouble: this.#phase === "trouble" ? { code, retry_after_s: null, detail: "floorbook.db" } : null,
      can_try_here: true,
      profile: inShop ? this.#shop.profile : null,
      clerk_id: this.#phase === "open" ? this.#shop.clerkId : null,
      recovery_due: inShop && !this.#withoutKey && !this.#shop.profile.is_trial && !this.#paper.isWritten,
      shut_out: this.#options.shutOut ?? false,
      without_key: this.#withoutKey,
      can_log_without_key: this.#phase === "trouble" && (this.#options.outfit ?? false),
      wiped: this.#options.wiped === undefined ? null : { at_ms: Date.now(), sealed: this.#options.wiped },
      by_phrase: this.#phrase.isUsed,
      prefs: this.#prefs,
      version: "0.0.0",
    };
  }
}

function shopOf({
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
