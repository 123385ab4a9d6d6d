// What the status line says of a move.

import type { I18n } from "../../lib/i18n";
import type { Clerk } from "../../lib/ipc";
import type { Move } from "../../lib/state/moves.svelte";
import { clerkName } from "../../lib/state/summary";

export function movedLine(move: Move, clerks: Clerk[], { t }: Pick<I18n, "t">): string {
  switch (move.kind) {
    case "handed":
      return t.said.handed(clerkName(clerks, move.to));
    case "split":
    case "merged":
      return t.said[move.kind](t.floor.party(move.size));
    default:
      return t.said[move.kind];
  }
}
