// The only door to the shell: everything else imports from here.

import type { Backend } from "./backend";
import { tauriBackend } from "./tauri";

export type * from "./bindings";
export { asAppError, failure } from "./backend";
export type { Backend, Patch, Screen, TrialPack } from "./backend";

/** The shell where there is one; in a plain browser, during development only, the in-memory stand-in. */
export async function chooseBackend(): Promise<Backend> {
  if (import.meta.env.DEV || import.meta.env.MODE === "demo") {
    if (!("__TAURI_INTERNALS__" in window)) {
      const { fakeFromAddress } = await import("./fake");
      return fakeFromAddress(window.location.search);
    }
  }
  return tauriBackend;
}
