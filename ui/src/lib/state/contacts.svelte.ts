import type { Backend, MaskedContact, Patch, VisitView } from "../ipc";

/** Ages of whom nobody asks anything. */
const TOO_YOUNG = ["child", "teen"];

export function tooYoung({ age }: Patch): boolean {
  return typeof age === "string" && TOO_YOUNG.includes(age);
}

/** What visitors on the floor left, masked: read behind the scenes, never waited for. */
export class Contacts {
  #known = $state.raw<Record<string, MaskedContact | null>>({});
  #asked = new Set<string>();
  #backend: Pick<Backend, "contactOf">;

  constructor(backend: Pick<Backend, "contactOf">) {
    this.#backend = backend;
  }

  /** The contact that was left in a visit; null where there is none here, undefined until that is known. */
  of(visit: VisitView): MaskedContact | null | undefined {
    return visit.has_contact ? this.#known[visit.id] : null;
  }

  /** Call it for the open visit after every change of it. */
  look({ id, has_contact }: VisitView): void {
    if (!has_contact || this.#asked.has(id)) return;
    this.#asked.add(id);
    void this.#read(id);
  }

  /** What is known of a visit is no longer so. */
  forget(visitId: string): void {
    this.#asked.delete(visitId);
  }

  async #read(visitId: string): Promise<void> {
    try {
      const contact = await this.#backend.contactOf(visitId);
      this.#known = { ...this.#known, [visitId]: contact };
    } catch {
      // Asked again with the next change; the form says that there is one, which is all that is lost.
      this.#asked.delete(visitId);
    }
  }
}
