import { I18n, systemLocale } from "../i18n";
import type {
  AppError,
  Approval,
  Backend,
  Boot,
  Clerk,
  ContactInput,
  Locale,
  PhonePage,
  Prefs,
  Profile,
  Screen,
  SyncStatus,
  Theme,
  TrialPack,
} from "../ipc";
import { asAppError } from "../ipc";
import { Hands } from "./hands";
import { PinCheck } from "./pin-check.svelte";
import { DEFAULT_PREFS, textAfter, type TextStep } from "./prefs";
import { Queue } from "./queue";
import { Voice } from "./voice.svelte";

const THEMES: Theme[] = ["system", "light", "dark"];

/** Where the app stands: its phase, who is signed in, language and looks, and the state of sending. */
export class Session {
  readonly i18n = new I18n();
  readonly voice = new Voice();
  readonly hands = new Hands();
  readonly backend: Backend;
  boot = $state.raw<Boot | null>(null);
  prefs = $state.raw<Prefs>(DEFAULT_PREFS);
  readonly theme: Theme = $derived(this.prefs.theme);
  sync = $state.raw<SyncStatus | null>(null);
  /** A PIN that is being asked for once more. */
  pinCheck = $state.raw<PinCheck | null>(null);
  /** The receipt code of what a visitor has just left. They have the screen until they hand it back. */
  receipt = $state.raw<string | null>(null);
  /** The page for the visitor's own phone, while the screen is turned. */
  phone = $state.raw<PhonePage>({ kind: "none" });
  readonly profile: Profile | null = $derived(this.boot?.profile ?? null);
  readonly clerk: Clerk | null = $derived(
    this.profile?.clerks.find((clerk) => clerk.id === this.boot?.clerk_id) ?? null,
  );
  readonly isManager: boolean = $derived(this.clerk?.role === "manager");
  /** The last that was said of sending. */
  #told: SyncStatus | null = null;
  #telling = this.hands.later(() => (this.sync = this.#told));
  #shown = new Set<Screen>();
  /** The language that a visitor chose, for as long as they have the screen. */
  #visitors: Locale | null = null;
  /** One after another, so that the last choice is the one that is kept. */
  #keeping = new Queue();

  constructor(backend: Backend) {
    this.backend = backend;
  }

  async start(): Promise<void> {
    await this.#enter(this.backend.boot()).catch((thrown: unknown) => this.#cannotStart(asAppError(thrown)));
    await this.backend.onSync((status) => this.#hear(status)).catch(() => undefined);
    await this.backend.onDevice(this.refresh).catch(() => undefined);
    await this.backend.onPhone((page) => this.#hearOfPhone(page)).catch(() => undefined);
  }

  retry = () => this.#enter(this.backend.retryStart());
  pair = (url: string, code: string, device: string) => this.#enter(this.backend.pair(url, code, device));
  tryHere = (pack: TrialPack, shop: string, device: string) =>
    this.#enter(this.backend.tryHere(pack, shop, device));
  unlock = (clerkId: string, pin: string) => this.#enter(this.backend.unlock(clerkId, pin));
  enrol = (clerkId: string, pin: string, approval: Approval | null) =>
    this.#enter(this.backend.enrolPin(clerkId, pin, approval));
  lock = () => this.#enter(this.backend.lock());
  turnToVisitor = (visitId: string) => this.#enter(this.backend.turnToVisitor(visitId));
  turnBack = () => this.#enter(this.backend.turnBack());
  confirmRecoveryCode = (code: string) =>
    this.asManager(() => this.#enter(this.backend.confirmRecoveryCode(code)));
  recover = (code: string) => this.#enter(this.backend.recover(code));
  goOn = () => this.#enter(this.backend.logWithoutKey());
  beginAnew = () => this.#enter(this.backend.beginAnew());
  proposePhrase = () => this.backend.proposePhrase();
  setPhrase = (phrase: string) => this.#enter(this.backend.setPhrase(phrase));
  openWithPhrase = (phrase: string) => this.#enter(this.backend.openWithPhrase(phrase));
  recoverWithPhrase = (code: string, phrase: string) =>
    this.#enter(this.backend.recoverWithPhrase(code, phrase));

  async changePhrase(phrase: string): Promise<void> {
    await this.asManager(() => this.backend.changePhrase(phrase));
  }

  /** The visitor leaves a contact and keeps the screen for the code that they are given. */
  async giveContact(given: ContactInput): Promise<void> {
    const { code, boot } = await this.backend.giveContact(given);
    this.receipt = code;
    await this.#enter(Promise.resolve(boot));
  }

  /** The visitor has their code, and hands the screen back. */
  endReceipt(): void {
    this.receipt = null;
    this.#visitors = null;
    this.#show(this.prefs);
  }

  /** Speaks another language to the visitor; the device keeps its own. */
  speakToVisitor(locale: Locale): void {
    this.#visitors = locale;
    this.#show(this.prefs);
  }

  /** A new code is due on paper again, so the shell is asked where it stands before anybody sees the code. */
  async makeRecoveryCode(): Promise<string> {
    const code = await this.asManager(() => this.backend.makeRecoveryCode());
    await this.#enter(this.backend.boot());
    return code;
  }

  /** Does what only a manager does. Where the shell wants their PIN once more, it is asked for, and the work done again. */
  async asManager<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      if (asAppError(thrown).code !== "pin_needed" || !(await this.#askPin())) throw thrown;
      return await work();
    }
  }

  /** The shell says it is locked, or another device: ask it where it stands instead of guessing. */
  refresh = () => void this.#enter(this.backend.boot()).catch(() => undefined);

  async sendNow(): Promise<void> {
    this.#know(await this.backend.sendNow());
  }

  /** Sets what is given; it shows at once and is kept without being asked. */
  choose(part: Partial<Prefs>): void {
    const prefs = { ...this.prefs, ...part };
    this.#show(prefs);
    // The choice already shows; if it cannot be kept, the next start just knows nothing of it.
    void this.#keeping.run(() => this.backend.setPrefs(prefs)).catch(() => undefined);
  }

  cycleTheme(): void {
    this.choose({ theme: THEMES[(THEMES.indexOf(this.theme) + 1) % THEMES.length] ?? "system" });
  }

  resizeText(step: TextStep): void {
    const text_pct = textAfter(this.prefs.text_pct, step);
    if (text_pct !== this.prefs.text_pct) this.choose({ text_pct });
  }

  print(): void {
    // The system shows its own dialog, and its own errors.
    void this.backend.printPage().catch(() => undefined);
  }

  /** Tells the shell, once per screen, that a screen has really been painted. */
  painted(screen: Screen): void {
    if (this.#shown.has(screen)) return;
    this.#shown.add(screen);
    // The second frame starts only after the first one has been drawn.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => void this.backend.uiReady(screen).catch(() => undefined)),
    );
  }

  async #askPin(): Promise<boolean> {
    const check = (this.pinCheck ??= new PinCheck(this.backend));
    const passed = await check.passed;
    if (this.pinCheck === check) this.pinCheck = null;
    return passed;
  }

  async #enter(answer: Promise<Boot>): Promise<void> {
    const boot = await answer;
    this.boot = boot;
    if (boot.phase !== "open") this.pinCheck?.cancel();
    if (boot.phase !== "turned" && this.receipt === null) this.#visitors = null;
    this.#show(boot.prefs);
    if (boot.profile) void this.#readSync();
  }

  // A sync line that cannot be read is left out; it must never block signing in.
  async #readSync(): Promise<void> {
    this.#know(await this.backend.syncStatus().catch(() => this.#told));
  }

  #hear(status: SyncStatus): void {
    this.#told = status;
    this.#telling.ask();
  }

  /** What a visitor did on their phone was done to the device: it shows their code, or nothing of theirs. */
  #hearOfPhone(page: PhonePage): void {
    this.phone = page;
    if (this.boot?.phase !== "turned") return;
    if (page.kind === "given") this.receipt = page.code;
    if (page.kind === "given" || page.kind === "refused") this.refresh();
  }

  #know(status: SyncStatus | null): void {
    this.#telling.cancel();
    this.#told = status;
    this.sync = status;
  }

  #show(prefs: Prefs): void {
    this.prefs = prefs;
    this.i18n.locale = this.#visitors ?? prefs.locale ?? systemLocale();
  }

  #cannotStart(trouble: AppError): void {
    this.boot = {
      phase: "trouble",
      trouble,
      can_try_here: false,
      profile: null,
      clerk_id: null,
      recovery_due: false,
      without_key: false,
      can_log_without_key: false,
      shut_out: false,
      wiped: null,
      by_phrase: false,
      prefs: DEFAULT_PREFS,
      version: "",
    };
  }
}
