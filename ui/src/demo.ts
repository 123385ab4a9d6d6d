// What only the demo build can show.

import { pseudoWords } from "./lib/i18n/pseudo";
import type { Session } from "./lib/state/session.svelte";

/** With `?pseudo` its English is the language nobody speaks. */
export function dress({ i18n }: Session): void {
  if (!new URLSearchParams(window.location.search).has("pseudo")) return;
  i18n.dictionaries = { ...i18n.dictionaries, en: pseudoWords(i18n.dictionaries.en) };
}
