// The real backend: the generated commands of the shell.

import type { Backend } from "./backend";
import { commands, events } from "./bindings";

export const tauriBackend: Backend = {
  ...commands,
  onSync: (heard) => events.syncChanged.listen((event) => heard(event.payload)),
  onExport: (heard) => events.exportProgress.listen((event) => heard(event.payload)),
  onBoard: (heard) => events.boardChanged.listen(heard),
  onDevice: (heard) => events.deviceChanged.listen(heard),
  onPhone: (heard) => events.phoneChanged.listen((event) => heard(event.payload)),
};
