// What the stand-in sends, and how it is kept.

import type { Backend, Screen } from "../backend";
import type { Shell } from "./shell";

export function upkeep(shell: Shell) {
  const { sending } = shell;
  const painted: Screen[] = [];

  const answers = {
    syncStatus: () => shell.answer(() => sending.status),
    sendNow: () => shell.answer(() => sending.now()),
    setAside: () => shell.managers(() => sending.aside),
    sendAgain: (records) => shell.managers(() => sending.again(records)),
    copySetAside: () => shell.managers(() => sending.copy()),
    exportUnsent: () => shell.managers(() => sending.export()),
    onSync: async (heard) => sending.on(heard),
    onExport: async (heard) => sending.onExport(heard),
    setPrefs: (prefs) => shell.answer(() => (shell.prefs = prefs)),

    printPage() {
      window.print();
      return shell.answer(() => null);
    },

    uiReady(screen) {
      painted.push(screen);
      return shell.answer(() => undefined);
    },
  } satisfies Partial<Backend>;

  return { ...answers, painted };
}
