import { asAppError, failure, type AppError, type Catalogue, type Imported } from "../ipc";
import type { Session } from "./session.svelte";

/** The shell takes no larger file, and a larger one is not worth reading to learn that. */
const BYTES_MAX = 8 * 1024 * 1024;

/** The catalogue as it stands, and the import that a manager makes. */
export class CatalogueState {
  catalogue = $state.raw<Catalogue | null>(null);
  imported = $state.raw<Imported | null>(null);
  error = $state.raw<AppError | null>(null);
  /** Whether a file is being imported. */
  busy = $state(false);
  #session: Pick<Session, "backend" | "asManager">;

  constructor(session: Pick<Session, "backend" | "asManager">) {
    this.#session = session;
  }

  open(): Promise<void> {
    return this.#try(async () => {
      this.catalogue = await this.#session.backend.catalogue();
    });
  }

  async importFile(file: File): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.imported = null;
    await this.#try(async () => {
      if (file.size > BYTES_MAX) throw failure("file_too_large");
      const csv = await base64(file);
      this.imported = await this.#session.asManager(() => this.#session.backend.importCatalogue(csv));
      this.catalogue = await this.#session.backend.catalogue();
    });
    this.busy = false;
  }

  async #try(work: () => Promise<void>): Promise<void> {
    this.error = null;
    try {
      await work();
    } catch (thrown) {
      this.error = asAppError(thrown);
    }
  }
}

/** The bytes as text: as a list of numbers they take the web view seconds to hand over. */
function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",")[1] ?? "");
    reader.onerror = () => reject(failure("file_unreadable"));
    reader.readAsDataURL(file);
  });
}
