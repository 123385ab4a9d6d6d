import type { Group, Pack, VisitView } from "../ipc";
import type { BoardState } from "./board.svelte";
import type { Hands, Later } from "./hands";
import {
  firstOpen,
  lettersOf,
  liveKeys,
  nextOpen,
  type Letters,
  type LiveKeys,
  type Target,
} from "./letters";

const NO_KEYS: LiveKeys = { targets: new Map(), keyOf: () => undefined };

/** The clerk's hands on the open visit: what a tap or a key does, and where the cursor of the keys stands. */
export class Desk {
  readonly letters: Letters = $derived.by(() => lettersOf(this.#pack()));
  /** The group that A S D F G choose from. */
  readonly cursor: Group | null = $derived.by(() => this.#standing());
  readonly live: LiveKeys = $derived.by(() =>
    this.#writing() ? NO_KEYS : liveKeys(this.#pack(), this.letters, this.cursor, this.#board.panels.drawer),
  );
  #at = $state.raw<{ visitId: string; key: string } | null>(null);
  /** Where a tap by hand leads. Moving the letters of the keys draws two groups anew. */
  #next: { visitId: string; group: Group } | null = null;
  #moving: Later;
  #board: BoardState;
  #pack: () => Pack;
  #writing: () => boolean;

  /** `writing` is true while keys are words of the quick line. */
  constructor(board: BoardState, pack: () => Pack, writing: () => boolean, hands: Hands) {
    this.#moving = hands.later(() => this.#next && this.#moveOn(this.#next.visitId, this.#next.group));
    this.#board = board;
    this.#pack = pack;
    this.#writing = writing;
  }

  /** A chip was tapped by hand: the cursor follows once the hand rests. */
  tap(visit: VisitView, group: Group, code: string): void {
    this.#stand(visit.id, this.cursor);
    this.#choose(visit, group, code);
    this.#next = { visitId: visit.id, group };
    this.#moving.ask();
  }

  /** Does what a key stands for; without an open visit there is nothing to do it to. */
  press(target: Target): void {
    const visit = this.#board.active;
    if (!visit) return;
    switch (target.kind) {
      case "choice":
        this.#choose(visit, target.group, target.code);
        return this.#moveOn(visit.id, target.group);
      case "outcome":
        return void this.#board.tapOutcome(visit, target.choice);
      case "reason":
        return void this.#board.close(visit, target.outcome, [target.code]);
    }
  }

  /** Moves the cursor up or down, round the end. */
  moveCursor(by: 1 | -1): void {
    const groups = this.letters.cursor;
    const at = groups.findIndex((group) => group.key === this.cursor?.key);
    const next = groups.at((at + by) % Math.max(1, groups.length));
    const visit = this.#board.active;
    if (visit) this.#stand(visit.id, next);
  }

  /** Goes to the card before or after the open one. */
  moveCard(by: 1 | -1): void {
    const { running, activeId } = this.#board;
    const at = running.findIndex((visit) => visit.id === activeId);
    const next = at < 0 ? running[0] : running[at + by];
    if (next) this.#board.activate(next.id);
  }

  /** Enter: ends what is open above the pads, or opens the first card. Everything is saved already. */
  enter(): void {
    const drawer = this.#board.panels.drawer;
    if (drawer === null) return this.#board.active ? undefined : this.moveCard(1);
    // A reason is missing there, and Enter cannot know which.
    if (drawer.kind !== "reasons" && drawer.kind !== "outcomes") this.#board.panels.close();
  }

  #choose(visit: VisitView, group: Group, code: string): void {
    void this.#board.tapChoice(visit, group, code);
    // The form of the next visit is in use: the strip of the last visit has had its moment.
    if (this.#board.details?.untouched) this.#board.details = null;
    // One code is all such a group takes, so its drawer is done.
    const drawer = this.#board.panels.drawer;
    if (drawer?.kind === "group" && drawer.key === group.key && group.kind === "single") {
      this.#board.panels.close();
    }
  }

  #standing(): Group | null {
    const visit = this.#board.active;
    if (!visit || this.#writing()) return null;
    const groups = this.letters.cursor;
    const key = this.#at?.visitId === visit.id ? this.#at.key : firstOpen(groups, visit.fields);
    return groups.find((group) => group.key === key) ?? groups[0] ?? null;
  }

  #moveOn(visitId: string, group: Group): void {
    const visit = this.#board.visits.find((other) => other.id === visitId);
    if (!visit || !this.letters.cursor.some((other) => other.key === group.key)) return;
    const moves = group.kind === "single" && visit.fields[group.key] !== undefined;
    const key = moves ? nextOpen(this.letters.cursor, visit.fields, group.key) : group.key;
    this.#stand(visitId, { key });
  }

  #stand(visitId: string, group: Pick<Group, "key"> | null | undefined): void {
    this.#moving.cancel();
    if (group) this.#at = { visitId, key: group.key };
  }
}
