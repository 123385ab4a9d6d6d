import { asAppError, failure, type Catalogue, type Imported } from "../ipc";
import { Attempt } from "./attempt.svelte";
import type { Session } from "./session.svelte";

/** The shell takes no larger file, and a larger one is not worth reading to learn that. */
const BYTES_MAX = 8 * 1024 * 1024;

/** The catalogue as it stands, and the import that a manager makes. */
export class CatalogueState extends Attempt {
  catalogue = $state.raw<Catalogue | null>(null);
  imported = $state.raw<Imported | null>(null);
  #session: Pick<Session, "backend" | "asManager">;

  constructor(session: Pick<Session, "backend" | "asManager">) {
    super();
    this.#session = session;
  }

  async open(): Promise<void> {
    await this.#look().catch((thrown: unknown) => (this.error = asAppError(thrown)));
  }

  async importFile(file: File): Promise<void> {
    await this.run(async () => {
      this.imported = null;
      if (file.size > BYTES_MAX) throw failure("file_too_large");
      const csv = await base64(file);
      this.imported = await this.#session.asManager(() => this.#session.backend.importCatalogue(csv));
      await this.#look();
    });
  }

  async #look(): Promise<void> {
    this.catalogue = await this.#session.backend.catalogue();
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
