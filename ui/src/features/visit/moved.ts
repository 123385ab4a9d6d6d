// What the status line says of a move.

import type { I18n } from "../../lib/i18n";
import type { Clerk } from "../../lib/ipc";
import type { Move } from "../../lib/state/moves.svelte";

export function movedLine(move: Move, clerks: Clerk[], { t }: Pick<I18n, "t">): string {
  switch (move.kind) {
    case "handed":
      return t.said.handed(clerks.find((clerk) => clerk.id === move.to)?.name ?? "–");
    case "split":
    case "merged":
      return t.said[move.kind](t.floor.party(move.size));
    default:
      return t.said[move.kind];
  }
}
