import { asAppError, type AppError, type Carried, type ExportProgress, type SetAside } from "../ipc";
import type { Session } from "./session.svelte";

type Shell = Pick<Session, "backend" | "asManager">;

/** What a manager does about records that do not go to headquarters by themselves. */
export class OtherWays {
  /** What headquarters set aside; null until it was asked for. */
  aside = $state.raw<SetAside[] | null>(null);
  /** The same as text for headquarters. */
  copy = $state.raw<string | null>(null);
  /** The file that was made. */
  carried = $state.raw<Carried | null>(null);
  progress = $state.raw<ExportProgress | null>(null);
  error = $state.raw<AppError | null>(null);
  busy = $state(false);
  #shell: Shell;

  constructor(shell: Shell) {
    this.#shell = shell;
  }

  look(): Promise<boolean> {
    return this.#try(async (backend) => {
      this.aside = await backend.setAside();
    });
  }

  /** What is sent again leaves the list; what headquarters sets aside once more comes back with the next look. */
  sendAgain(records: number[]): Promise<boolean> {
    return this.#try(async (backend) => {
      await backend.sendAgain(records);
      this.aside = (this.aside ?? []).filter(({ n }) => !records.includes(n));
      this.copy = null;
    });
  }

  takeCopy(): Promise<boolean> {
    return this.#try(async (backend) => {
      this.copy = await backend.copySetAside();
    });
  }

  async carry(): Promise<boolean> {
    this.carried = null;
    const stop = await this.#shell.backend.onExport((progress) => (this.progress = progress));
    const made = await this.#try(async (backend) => {
      this.carried = await backend.exportUnsent();
    });
    stop();
    this.progress = null;
    return made;
  }

  async #try(work: (backend: Session["backend"]) => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.error = null;
    try {
      await this.#shell.asManager(() => work(this.#shell.backend));
      return true;
    } catch (thrown) {
      this.error = asAppError(thrown);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
