// What is shown beside the visits themselves.

import type { OutcomeChoice, UndoKind, VisitView } from "../ipc";
import type { ClosingDetails } from "./details.svelte";
import type { Move } from "./moves.svelte";
import type { NoteDraft } from "./note.svelte";

/** A drawer of which there is one. */
export type PlainDrawer = "outcomes" | "items" | "moves" | "earlier" | "questions" | "contact" | "time";

/** What is open above the pads of the visit form; at most one at a time. */
export type Drawer =
  | { kind: "reasons"; outcome: OutcomeChoice }
  | { kind: PlainDrawer }
  /** One that stays is there again for the next visit, until someone closes it. */
  | { kind: "group"; key: string; stays?: boolean }
  | { kind: "amend"; details: ClosingDetails }
  | { kind: "note"; draft: NoteDraft };

/** What stands in the place of the running cards; at most one at a time. */
export type Sheet = "tray" | "lineup";

/** The last thing that happened, kept without words so that it follows a language switch. */
export type Said =
  | { kind: "arrived"; size: number }
  | { kind: "counted" }
  | { kind: "moved"; move: Move }
  | { kind: "closed"; visit: VisitView; outcome: string }
  | { kind: "scanned"; code: string }
  | { kind: "scan_unplaced" }
  | { kind: "undone"; what: UndoKind };
