// The articles of the stand-in.

import type { Backend } from "../backend";
import { CATALOGUE, found, readCatalogue } from "./items";
import type { Shell } from "./shell";

export function catalogue(shell: Shell) {
  let items = CATALOGUE;
  let importedMs = Date.now();

  return {
    findItems: (query) => shell.open(() => found(query, items)),
    catalogue: () => shell.open(() => ({ count: items.length, imported_ms: importedMs })),

    importCatalogue: (csv) =>
      shell.managers(() => {
        const { items: read, imported } = readCatalogue(csv);
        if (read.length > 0) [items, importedMs] = [read, Date.now()];
        return imported;
      }),
  } satisfies Partial<Backend>;
}
