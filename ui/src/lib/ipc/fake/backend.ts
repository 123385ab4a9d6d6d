// A whole backend in memory: for the plain browser during development, for pictures and for tests.
// It behaves like the shell as far as the interface can tell, and keeps nothing. Never in a release.

import type { Backend } from "../backend";
import type { AppError } from "../bindings";
import { catalogue } from "./catalogue";
import { floor } from "./floor";
import { keys } from "./keys";
import type { FakeOptions } from "./options";
import { Shell } from "./shell";
import { start } from "./start";
import { upkeep } from "./upkeep";
import { visitor } from "./visitor";

function everything(shell: Shell) {
  return {
    ...start(shell),
    ...keys(shell),
    ...floor(shell),
    ...visitor(shell),
    ...catalogue(shell),
    ...upkeep(shell),
  } satisfies Backend;
}

/** What a test does to it, or sees of it, from outside. */
type Outside = Omit<ReturnType<typeof everything>, keyof Backend>;

export interface FakeBackend extends Backend, Outside {}

export class FakeBackend {
  readonly #shell: Shell;

  constructor(options: FakeOptions = {}) {
    this.#shell = new Shell(options);
    Object.assign(this, everything(this.#shell));
  }

  /** Makes the next write fail with it. */
  set failNext(failing: AppError) {
    this.#shell.failNext = failing;
  }
}
