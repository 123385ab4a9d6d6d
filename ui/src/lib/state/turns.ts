import type { Backend, Board } from "../ipc";

/** Who is up for the next arrival, where the pack lets arrivals go round. */
export class Turns {
  #backend: Backend;
  #write: (job: () => Promise<Board>) => Promise<void>;

  constructor(backend: Backend, write: (job: () => Promise<Board>) => Promise<void>) {
    this.#backend = backend;
    this.#write = write;
  }

  /** Lets one arrival pass. */
  skip = (clerkId: string): Promise<void> => this.#write(() => this.#backend.skipTurn(clerkId));

  away = (clerkId: string): Promise<void> => this.#write(() => this.#backend.stepAway(clerkId));

  in = (clerkId: string): Promise<void> => this.#write(() => this.#backend.stepIn(clerkId));
}
