// Which questions are asked, given what was answered. Pure; the same for the visitor and for the clerk.

import type { Group, Patch, Question } from "../ipc";
import { applied, isOn, tap, type Intent } from "./fields";

/** The questions to ask: one that hangs on another only after one of the answers it waits for. */
export function asked(questions: Question[], answers: Patch): Question[] {
  const shown: Question[] = [];
  for (const question of questions) {
    const { only_if } = question;
    // What hangs on a question that is not asked itself is not asked either.
    const before = shown.find(({ group }) => group.key === only_if?.key)?.group;
    const isDue = before && only_if?.any_of.some((code) => isOn(before, answers, code));
    if (only_if === null || isDue) shown.push(question);
  }
  return shown;
}

/** The answers that count: those to questions that are still asked. */
export function answersTo(questions: Question[], answers: Patch): Patch {
  const keys = asked(questions, answers).map(({ group }) => group.key);
  return Object.fromEntries(Object.entries(answers).filter(([key]) => keys.includes(key)));
}

/** A tap on an answer. What was answered to questions that are no longer asked goes with it. */
export function answer(
  questions: Question[],
  group: Group,
  shown: Patch,
  code: string,
  atMs: number,
): Intent {
  const tapped = tap(group, shown, code, atMs);
  return (fields) => {
    const patch = tapped(fields);
    const next = applied(fields, patch);
    const still = answersTo(questions, next);
    const stale = questions.filter(({ group: { key } }) => key in next && !(key in still));
    return { ...patch, ...Object.fromEntries(stale.map(({ group: { key } }) => [key, null])) };
  };
}

/** How many questions are answered. */
export function answeredCount(questions: Question[], fields: Patch): number {
  return Object.keys(answersTo(questions, fields)).length;
}
