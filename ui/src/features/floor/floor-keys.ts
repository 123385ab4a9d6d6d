import type { BoardState } from "../../lib/state/board.svelte";
import type { Desk } from "../../lib/state/desk.svelte";
import { characterOf, inDialog, inTextField, isCommand, ownsEnter } from "../../lib/state/keys";
import type { QuickLine } from "../../lib/state/quickline.svelte";
import { Wedge, type Stroke } from "../../lib/state/wedge";
import { keyAction, type KeyAction } from "./keys";

/** What keys do outside the state: they move the focus and open the sheet. */
type Reach = {
  sheet: () => void;
  contact: () => void;
  focusLine: () => void;
  focusReasons: () => void;
  focusCursor: () => void;
};

/** The keys of the floor: characters come by way of the scanner, the other keys directly. */
export class FloorKeys {
  readonly wedge: Wedge;
  #board: BoardState;
  #desk: Desk;
  #line: QuickLine;
  #reach: Reach;

  constructor(board: BoardState, desk: Desk, line: QuickLine, reach: Reach) {
    this.#board = board;
    this.#desk = desk;
    this.#line = line;
    this.#reach = reach;
    this.wedge = new Wedge({
      command: (stroke) => this.#character(stroke),
      scan: (code) => void board.scan(code),
    });
  }

  readonly onkeydown = (event: KeyboardEvent): void => {
    if (inDialog()) return;
    const chord = event.ctrlKey || event.metaKey || event.altKey;
    if (!chord && characterOf(event) !== null) return this.#space(event);
    const action = keyAction(event, this.#desk.live.targets);
    if (!action || event.isComposing) return;
    // Escape is the one key that also works from inside a text field.
    if (action.kind === "dismiss") return this.#now(action);
    if (!isCommand(event) || (action.kind === "enter" && ownsEnter(event.target))) return;
    event.preventDefault();
    this.#now(action);
  };

  #character(stroke: Stroke): void {
    if (inDialog()) return;
    // Typed before the line had the focus: it is meant for the line.
    if (this.#line.isOpen) return this.#toLine(stroke.key);
    const action = keyAction(stroke, this.#desk.live.targets);
    if (action) this.#now(action);
  }

  #space(event: KeyboardEvent): void {
    if (event.key !== " " || !this.#line.isOpen || inTextField(event.target) || ownsEnter(event.target))
      return;
    event.preventDefault();
    this.#toLine(" ");
  }

  #toLine(text: string): void {
    this.#line.type(this.#line.text + text);
    this.#reach.focusLine();
  }

  #now(action: KeyAction): void {
    switch (action.kind) {
      case "arrive":
        return void this.#board.arrive(action.size);
      case "target":
        this.#desk.press(action.target);
        return this.#reach.focusReasons();
      case "cursor":
        this.#desk.moveCursor(action.by);
        return this.#reach.focusCursor();
      case "card":
        return this.#desk.moveCard(action.by);
      case "enter":
        return this.#desk.enter();
      case "line":
        return this.#line.open();
      case "sheet":
        return this.#reach.sheet();
      case "contact":
        return this.#reach.contact();
      case "undo":
        return void this.#board.undo();
      case "dismiss":
        return this.#line.isOpen ? this.#line.close() : this.#board.panels.close();
    }
  }
}
