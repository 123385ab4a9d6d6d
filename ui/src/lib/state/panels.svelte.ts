import type { Drawer, PlainDrawer, Sheet } from "./shown";

/** What is open beside the visits: a drawer above the pads, a sheet in the place of the cards. */
export class Panels {
  drawer = $state.raw<Drawer | null>(null);
  sheet = $state<Sheet | null>(null);
  #staying: Drawer | null = null;

  /** Opens a drawer; null closes the one that is open. */
  toggle(drawer: Drawer | null): void {
    if (drawer === null) return this.close();
    this.leave();
    if (drawer.kind === "group" && drawer.stays) this.#staying = drawer;
    this.drawer = drawer;
  }

  /** Opens the drawer of this kind, or closes it. */
  flip(kind: PlainDrawer): void {
    this.toggle(this.drawer?.kind === kind ? null : { kind });
  }

  toggleSheet(sheet: Sheet): void {
    const open = this.sheet === sheet;
    this.close();
    this.sheet = open ? null : sheet;
  }

  /** Also saves a note on its way: closing must come after the words. */
  close(): void {
    if (this.drawer === this.#staying) this.#staying = null;
    this.leave();
  }

  /** Goes on to something else; a drawer that stays is open there, too. */
  leave(): void {
    if (this.drawer?.kind === "note") this.drawer.draft.flush();
    this.drawer = this.#staying;
    this.sheet = null;
  }
}
