// The floor of the stand-in: visits, whose turn it is, and the day.

import { rowOf } from "../../state/day-row";
import { failure, type Backend } from "../backend";
import type { Board, Change, VisitView } from "../bindings";
import { dayView } from "./day";
import type { Shell } from "./shell";
import { alike } from "./visit";
import { quickWords } from "./words";

const ALIKE_MAX = 3;

export function floor(shell: Shell) {
  let heardBoard: (() => void)[] = [];

  const answers = {
    board: () => shell.open(board),
    visit: (visitId) => shell.open(() => shell.book.find(visitId)),

    arrive(visitId, size, later) {
      const known = shell.book.known(visitId);
      if (known) return shell.open(() => change([known]));
      return write(() => shell.book.arrive(visitId, size, later, shell.shop.takesTurn()));
    },

    note: (visitId, patch) => write(() => shell.book.note(visitId, patch)),
    closeVisit: (visitId, outcome) => write(() => shell.book.close(visitId, outcome)),
    handOver: (visitId, clerkId, note) =>
      write(() => shell.book.handOver(visitId, shell.shop.clerk(clerkId).id, note)),
    splitVisit: (visitId, newVisitId, size) => write(() => shell.book.split(visitId, newVisitId, size)),
    mergeVisits: (visitId, intoId) => write(() => shell.book.merge(visitId, intoId)),
    setEntered: (visitId, ms) => write(() => shell.book.setEntered(visitId, ms)),
    setLeft: (visitId, ms) => write(() => shell.book.setLeft(visitId, ms)),
    linkEarlier: (visitId, earlierId) => write(() => shell.book.linkEarlier(visitId, earlierId)),
    correctVisit: (visitId, correction) => write(() => shell.book.correct(visitId, correction)),
    undo: () => write(() => shell.book.undo()),

    likelySame: (visitId) =>
      shell.open(() => {
        const { visits } = shell.book;
        return alike(shell.book.find(visitId), visits).slice(0, ALIKE_MAX).map(rowOf);
      }),

    skipTurn: (clerkId) => lineUp(() => shell.shop.toTheEnd(clerkId)),
    stepIn: (clerkId) => lineUp(() => shell.shop.toTheEnd(clerkId)),
    stepAway: (clerkId) => lineUp(() => shell.shop.stepAway(clerkId)),

    quickWords: () => shell.open(() => quickWords(shell.shop.profile.pack)),

    day: (day, after, onlyUnchecked) =>
      shell.open(() => dayView(shell.book.visits, { day, after, onlyUnchecked }, Date.now())),

    onBoard: async (heard) => {
      heardBoard.push(heard);
      return () => (heardBoard = heardBoard.filter((other) => other !== heard));
    },
  } satisfies Partial<Backend>;

  function write(make: () => VisitView[]): Promise<Change> {
    return shell.open(() => {
      shell.mayFail();
      const visits = make();
      if (shell.options.offline) shell.sending.wait();
      return change(visits);
    });
  }

  function change([visit, ...also]: VisitView[]): Change {
    if (!visit) throw failure("internal");
    const { today, undo, steady_ms, lineup } = board();
    return { visit, also, today, undo, steady_ms, lineup };
  }

  function lineUp(move: () => void): Promise<Board> {
    return shell.open(() => {
      move();
      return board();
    });
  }

  function board(): Board {
    const { profile, lineup } = shell.shop;
    return { ...shell.book.board(), lineup: profile.pack.rotation ? lineup : null };
  }

  return {
    ...answers,
    /** A rule closes a visit that nobody touched, without the window's doing. */
    closeByRule(visitId: string): void {
      shell.book.closeByRule(visitId);
      for (const heard of heardBoard) heard();
    },
  };
}
