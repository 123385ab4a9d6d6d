import type { Carried, ExportProgress, SetAside } from "../ipc";
import { Attempt } from "./attempt.svelte";
import type { Session } from "./session.svelte";

type Shell = Pick<Session, "backend" | "asManager">;

/** What a manager does about records that do not go to headquarters by themselves. */
export class OtherWays extends Attempt {
  /** What headquarters set aside; null until it was asked for. */
  aside = $state.raw<SetAside[] | null>(null);
  /** The same as text for headquarters. */
  copy = $state.raw<string | null>(null);
  /** The file that was made. */
  carried = $state.raw<Carried | null>(null);
  progress = $state.raw<ExportProgress | null>(null);
  #shell: Shell;

  constructor(shell: Shell) {
    super();
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

  #try(work: (backend: Session["backend"]) => Promise<void>): Promise<boolean> {
    return this.run(() => this.#shell.asManager(() => work(this.#shell.backend)));
  }
}
