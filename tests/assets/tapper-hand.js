// What the quick hands do: the job `burst` clicks and strikes at random what stands there at that moment, and never waits
// for a write. It gives a log of what was clicked, for which card and how it looked then; nothing of the page's own
// state is asked.

if (!window.tapper.jobs.burst) {
  const {
    all,
    one,
    byId,
    idOf,
    canBeClicked,
    unsaved,
    active,
    cards,
    drawer,
    isOn,
    click,
    press,
    minutes,
    shown,
    turn,
    pause,
    settled,
    chance,
  } = window.tapper.tools;

  const everSeen = new Set();

  class Hand {
    constructor({ seed, acts, kinds, me, crowd, known, strip }) {
      this.random = chance(seed);
      this.acts = acts;
      this.kinds = kinds;
      this.me = me;
      this.crowd = crowd;
      // Whoever left may come back when that is taken back, and is nobody new.
      this.known = everSeen;
      for (const id of [...known, ...cards()]) this.known.add(id);
      /** The visit that the strip over the pads is about: the one closed last. */
      this.strip = strip;
      this.last = active();
      this.undoing = false;
      this.log = [];
      this.codes = new Set();
      this.ways = [
        [13, this.arrives],
        [2, this.countsOne],
        [47, this.taps],
        [7, this.opensMore],
        [11, this.closes],
        [10, this.undoes],
        [8, this.amends],
        [8, this.turnsTo],
        [7, this.strikes],
        [2, this.retimes],
        [1, this.retimesEnd],
        [1.5, this.notes],
        [1.5, this.moves],
        [1, this.looksAtTray],
        [1, this.speaks],
        [1, this.shuts],
        [3, this.waits],
      ];
    }

    /** The visit whose form is open. Its card is not among those of the tray. */
    visit() {
      const tray = byId("later-tray");
      return active() ?? (tray.getAttribute("aria-expanded") === "true" ? this.last : null);
    }

    below(bound) {
      return Math.floor(this.random() * bound);
    }

    pick(list) {
      return list[this.below(list.length)];
    }

    note(entry) {
      this.log.push({ at: performance.now(), ...entry });
    }

    async works() {
      while (this.log.length < this.acts) {
        // Several acts may fall between two frames, and between two answers of the shell.
        await (this.below(5) === 0 ? turn() : shown());
        this.last = this.visit();
        if (this.undoing && unsaved() === 0) this.undoing = false;
        for (const error of all("[data-code]")) this.codes.add(error.dataset.code);
        await this.way().call(this);
      }
      return {
        log: this.log,
        codes: [...this.codes],
        strip: this.strip,
        unsaved: unsaved(),
        now: performance.now(),
      };
    }

    way() {
      const sum = this.ways.reduce((soFar, [weight]) => soFar + weight, 0);
      let left = this.random() * sum;
      return (this.ways.find(([weight]) => (left -= weight) < 0) ?? this.ways[0])[1];
    }

    async arrives() {
      if (cards().length >= this.crowd) return this.closes();
      const pad = byId(`size-${1 + this.below(5)}`);
      const size = Number(idOf(pad).slice(-1));
      const twice = this.below(6) === 0;
      const at = performance.now();
      click(pad);
      if (twice) {
        await shown();
        click(pad);
      }
      await this.welcomes(size, twice ? 2 : 1, at);
    }

    /** The cards that have just come; the open one came last. */
    async welcomes(size, count, at) {
      await shown();
      const fresh = cards().filter((id) => !this.known.has(id));
      fresh.sort((a, b) => (a === active()) - (b === active()));
      if (fresh.length !== count || fresh.at(-1) !== active())
        this.note({ act: "lost", what: `${fresh} of ${count} cards, open is ${active()}` });
      for (const visit of fresh) {
        this.known.add(visit);
        this.note({ at, act: "arrive", visit, size });
      }
    }

    async countsOne() {
      if (all("[data-testid=card]").length >= this.crowd) return;
      const at = performance.now();
      click(byId("later-add"));
      await shown();
      const tray = byId("later-tray");
      if (tray.getAttribute("aria-expanded") !== "true") click(tray);
      await shown();
      const fresh = cards().filter((id) => !this.known.has(id));
      if (fresh.length !== 1)
        this.note({
          act: "lost",
          what: `${fresh.length} cards in the tray instead of one`,
        });
      for (const visit of fresh) {
        this.known.add(visit);
        this.note({ at, act: "arrive", visit, size: 1 });
      }
      if (this.below(2) === 0) click(byId("later-tray"));
    }

    looksAtTray() {
      const tray = byId("later-tray");
      if (!canBeClicked(tray)) return;
      click(tray);
      this.note({ act: "look", what: "tray" });
    }

    turnsTo() {
      const card = this.pick(all("[data-testid=card]"));
      if (!card) return;
      click(card);
      this.note({ act: "look", what: "card" });
    }

    opensMore() {
      const more = this.pick(all('[data-testid^="more-"]:not([data-testid="more-visit"])'));
      if (!more) return;
      click(more);
      this.note({ act: "look", what: "more" });
    }

    shuts() {
      const close = byId("drawer-close") ?? byId("sale-close");
      if (!close) return;
      click(close);
      this.note({ act: "look", what: "close" });
    }

    chips() {
      // What a way through the store ends with is not to be seen while something is being taken back.
      return all('[data-testid^="chip-"]').filter(
        (chip) => !(this.undoing && isOn(chip) && this.kindOf(chip) === "path"),
      );
    }

    kindOf(chip) {
      return this.kinds[idOf(chip).split("-")[1]];
    }

    chipEntry(visit, chip, again = false) {
      const [, group, code] = idOf(chip).split("-");
      return {
        act: "chip",
        visit,
        group,
        code,
        on: isOn(chip),
        again,
        clear: !this.undoing,
      };
    }

    async taps() {
      const visit = this.visit();
      const open = all('[data-drawer] [data-testid^="chip-"]');
      const chip = this.pick(
        open.length > 0 && this.below(2) === 0
          ? this.chips().filter((one) => open.includes(one))
          : this.chips(),
      );
      if (!visit || !chip) return;
      this.note(this.chipEntry(visit, chip));
      click(chip);
      // A finger that trembles, or two of them: again before anything was painted.
      const next = this.below(12);
      if (next > 1) return;
      await shown();
      const second = next === 0 ? chip : this.pick(this.chips());
      // A drawer of which one choice is all that it takes has gone with it.
      if (!second?.isConnected) return;
      this.note(this.chipEntry(visit, second, second === chip));
      click(second);
    }

    closes() {
      const visit = this.visit();
      const reasons = all('[data-drawer="reasons"] [data-testid^="reason-"]');
      const pads = [...all('[data-testid^="outcome-"]')].filter(canBeClicked);
      const button = reasons.length > 0 && this.below(4) > 0 ? this.pick(reasons) : this.pick(pads);
      if (!visit || !button) return;
      const id = idOf(button);
      const asks = button.hasAttribute("aria-expanded");
      if (id.startsWith("reason-"))
        this.leaves(
          visit,
          one('[data-testid^="outcome-"][aria-expanded=true]:not([data-testid="outcome-more"])'),
          [id.slice(7)],
        );
      else if (asks) this.note({ act: "look", what: "pad" });
      else this.leaves(visit, button, []);
      click(button);
    }

    leaves(visit, pad, reasons) {
      this.strip = visit;
      this.note({ act: "close", visit, outcome: idOf(pad).slice(8), reasons });
    }

    async undoes() {
      const button = byId("undo");
      const strokes = this.below(5) === 0 ? 2 : 1;
      const byKey = this.below(3) === 0;
      for (let stroke = 0; stroke < strokes; stroke += 1) {
        if (!byKey && !canBeClicked(button)) return;
        this.note({ act: "undo" });
        this.undoing = true;
        if (byKey) press("z", { ctrlKey: true });
        else click(button);
        await shown();
      }
    }

    /** The strip of the visit that has just been closed. */
    async amends() {
      const strip = byId("sale");
      // What stands there belongs to what is being taken back.
      if (!strip || this.undoing) return;
      const fields = [...strip.querySelectorAll("[data-testid]")]
        .map(idOf)
        .filter((id) =>
          /^(pieces-[123]|sale-amount|sale-receipt|reason-more|follow-(?!date|input))/.test(id),
        );
      const reasons = all('[data-drawer="amend"] [data-testid^="reason-"]');
      const id = reasons.length > 0 && this.below(2) === 0 ? idOf(this.pick(reasons)) : this.pick(fields);
      if (!id) return;
      const element =
        id.startsWith("reason-") && id !== "reason-more"
          ? one(`[data-drawer="amend"] [data-testid="${id}"]`)
          : byId(id);
      const [what, code] = id.split("-");
      if (what === "sale") this.types(element, code);
      else {
        this.note(
          id === "reason-more"
            ? { act: "look", what: id }
            : {
                act: "amend",
                visit: this.strip,
                what,
                code,
                on: isOn(element),
              },
        );
        click(element);
      }
      await shown();
    }

    types(field, code) {
      const text = String(1 + this.below(900_000));
      if (text === field.value) return;
      this.note({
        act: "amend",
        visit: this.strip,
        what: code,
        code: text,
        on: false,
      });
      field.value = text;
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
      field.dispatchEvent(new FocusEvent("blur"));
    }

    async strikes() {
      const visit = this.visit();
      const chips = new Set(this.chips());
      const lettered = all("[aria-keyshortcuts]").filter(
        (key) => /^[A-Z0-9]$/.test(key.getAttribute("aria-keyshortcuts")) && canBeClicked(key),
      );
      const target = this.pick(lettered.filter((key) => !idOf(key).startsWith("chip-") || chips.has(key)));
      if (!target) return;
      const id = idOf(target);
      const at = performance.now();
      if (id.startsWith("size-")) {
        if (cards().length >= this.crowd) return;
        await this.struck(target);
        return this.welcomes(Number(id.slice(5)), 1, at);
      }
      if (!visit) return;
      if (id.startsWith("chip-")) this.note(this.chipEntry(visit, target));
      else if (id.startsWith("reason-"))
        this.leaves(
          visit,
          one('[data-testid^="outcome-"][aria-expanded=true]:not([data-testid="outcome-more"])'),
          [id.slice(7)],
        );
      else if (target.hasAttribute("aria-expanded")) this.note({ act: "look", what: "pad by key" });
      else this.leaves(visit, target, []);
      await this.struck(target);
    }

    /** A character waits whether a scanner's others follow; any other key says that none do. */
    async struck(target) {
      press(target.getAttribute("aria-keyshortcuts").toLowerCase());
      if (!this.undoing && this.below(8) === 0) await pause(60);
      // On a busy machine it waits longer.
      press("F9");
    }

    async retimes() {
      if (!byId("retime")) return;
      if (drawer() !== "time") click(byId("retime"));
      await shown();
      const visit = this.visit();
      const steps = all('[data-drawer="time"] [data-testid^="entered-"]');
      for (let left = 1 + this.below(3); left > 0; left -= 1) {
        const step = this.pick(steps.filter(canBeClicked));
        if (!step) return;
        this.note({ act: "shift", visit, by: minutes(step) });
        click(step);
        await shown();
      }
    }

    /** When the one left who has just been closed. */
    async retimesEnd() {
      const pill = byId("retime-left");
      if (!pill || this.undoing) return;
      click(pill);
      this.note({ act: "look", what: "time of leaving" });
      await shown();
      const step = this.pick(all('[data-testid="sale"] [data-testid^="left-"]').filter(canBeClicked));
      if (!step) return;
      this.note({ act: "left", visit: this.strip, by: minutes(step) });
      click(step);
    }

    async notes() {
      if (!byId("note-open") || drawer() === "note") return;
      const visit = this.visit();
      click(byId("note-open"));
      await shown();
      const field = byId("note");
      const text = `第 ${this.below(1_000_000)} 句`;
      field.value = text;
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
      this.note({ act: "note", visit, text });
      click(this.below(2) === 0 ? byId("drawer-close") : byId("note-open"));
    }

    /** What happens to a card as a whole shows when it is written: the clerk looks before and afterwards. */
    async moves() {
      if (!byId("more-visit")) return;
      await settled();
      if (!byId("more-visit")) return;
      if (drawer() !== "moves") click(byId("more-visit"));
      await shown();
      const visit = this.visit();
      const button = this.pick(
        all('[data-drawer="moves"] button[data-testid]').filter((other) => idOf(other) !== "drawer-close"),
      );
      if (!button) return;
      const [move, ...rest] = idOf(button).split("-");
      const what = rest.join("-");
      const entry =
        move === "split"
          ? { act: "split", visit, size: Number(what) }
          : move === "merge"
            ? { act: "merge", visit, gone: what }
            : { act: "hand", visit, to: move === "take" ? this.me : rest[1] };
      if (move === "split" && cards().length >= this.crowd) return;
      this.note(entry);
      const mine = this.log.at(-1);
      click(button);
      await settled();
      if (move !== "split") return;
      mine.part = cards().find((id) => !this.known.has(id)) ?? null;
      if (mine.part) this.known.add(mine.part);
    }

    speaks() {
      const button = byId(this.below(4) === 0 ? "theme" : "lang");
      click(button);
      this.note({ act: "look", what: idOf(button) });
    }

    async waits() {
      await settled();
      this.undoing = false;
    }
  }

  window.tapper.jobs.burst = (order) => new Hand(order).works();
}
