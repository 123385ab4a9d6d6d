// A visit as a day lists it.

import type { DayRow, VisitView } from "../ipc";
import { codeOf, codesOf } from "./fields";

/** Closed by rule, and nobody has looked at it since. */
export function unchecked(visit: Pick<VisitView, "dwell_source" | "corrected">): boolean {
  return visit.dwell_source === "estimated" && !visit.corrected;
}

/** What a day lists of a visit. */
export function rowOf(visit: VisitView): DayRow {
  const { id, state, entered_ms, left_ms, dwell_source, corrected, earlier, size, serving, outcome, fields } =
    visit;
  return {
    id,
    state,
    entered_ms,
    left_ms,
    dwell_source,
    corrected,
    earlier,
    size,
    serving,
    outcome,
    age: codeOf(fields["age"]),
    company: codeOf(fields["company"]),
    style: codeOf(fields["style"]),
    interest: codeOf(fields["interest"]),
    attention: codesOf(fields["attention"]),
    gesture: codesOf(fields["gesture"]),
  };
}
