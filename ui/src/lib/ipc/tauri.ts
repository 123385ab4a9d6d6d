// The real backend: the generated commands of the shell.

import { invoke } from "@tauri-apps/api/core";
import type { Backend, QuickWord } from "./backend";
import { commands, events, type Item } from "./bindings";

export const tauriBackend: Backend = {
  ...commands,
  quickWords: () => invoke<QuickWord[]>("quick_words"),
  findItems: (query) => invoke<Item[]>("find_items", { query }),
  onSync: (heard) => events.syncChanged.listen((event) => heard(event.payload)),
  onBoard: (heard) => events.boardChanged.listen(heard),
};
