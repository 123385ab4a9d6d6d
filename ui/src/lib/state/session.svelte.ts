import { I18n, systemLocale } from "../i18n";
import type {
  AppError,
  Backend,
  Boot,
  Clerk,
  Locale,
  Profile,
  Screen,
  SyncStatus,
  Theme,
  TrialPack,
} from "../ipc";
import { asAppError } from "../ipc";

const THEMES: Theme[] = ["system", "light", "dark"];

/** Where the app stands: its phase, who is signed in, language and looks, and the state of sending. */
export class Session {
  readonly i18n = new I18n();
  readonly backend: Backend;
  boot = $state.raw<Boot | null>(null);
  theme = $state<Theme>("system");
  sync = $state.raw<SyncStatus | null>(null);
  readonly profile: Profile | null = $derived(this.boot?.profile ?? null);
  readonly clerk: Clerk | null = $derived(
    this.profile?.clerks.find((clerk) => clerk.id === this.boot?.clerk_id) ?? null,
  );
  #shown = new Set<Screen>();

  constructor(backend: Backend) {
    this.backend = backend;
  }

  async start(): Promise<void> {
    await this.#enter(this.backend.boot()).catch((thrown: unknown) => this.#cannotStart(asAppError(thrown)));
    await this.backend.onSync((status) => (this.sync = status)).catch(() => undefined);
  }

  retry = () => this.#enter(this.backend.retryStart());
  pair = (url: string, code: string, device: string) => this.#enter(this.backend.pair(url, code, device));
  tryHere = (pack: TrialPack, shop: string, device: string) =>
    this.#enter(this.backend.tryHere(pack, shop, device));
  unlock = (clerkId: string, pin: string) => this.#enter(this.backend.unlock(clerkId, pin));
  enrol = (clerkId: string, pin: string, managerPin: string | null) =>
    this.#enter(this.backend.enrolPin(clerkId, pin, managerPin));
  lock = () => this.#enter(this.backend.lock());

  /** The shell says it is locked: ask it where it stands instead of guessing. */
  refresh = () => void this.#enter(this.backend.boot()).catch(() => undefined);

  async sendNow(): Promise<void> {
    this.sync = await this.backend.sendNow();
  }

  setLocale(locale: Locale): void {
    this.i18n.locale = locale;
    this.#remember(locale);
  }

  cycleTheme(): void {
    this.theme = THEMES[(THEMES.indexOf(this.theme) + 1) % THEMES.length] ?? "system";
    this.#remember(this.boot?.prefs.locale ?? null);
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

  async #enter(answer: Promise<Boot>): Promise<void> {
    const boot = await answer;
    this.boot = boot;
    this.i18n.locale = boot.prefs.locale ?? systemLocale();
    this.theme = boot.prefs.theme;
    if (boot.profile) void this.#readSync();
  }

  // A sync line that cannot be read is left out; it must never block signing in.
  async #readSync(): Promise<void> {
    this.sync = await this.backend.syncStatus().catch(() => this.sync);
  }

  #remember(locale: Locale | null): void {
    const prefs = { locale, theme: this.theme };
    if (this.boot) this.boot = { ...this.boot, prefs };
    // The choice already shows; if it cannot be kept, the next start just follows the system again.
    void this.backend.setPrefs(prefs).catch(() => undefined);
  }

  #cannotStart(trouble: AppError): void {
    const prefs = { locale: null, theme: "system" as const };
    this.boot = { phase: "trouble", trouble, can_try_here: false, profile: null, clerk_id: null, prefs };
  }
}
