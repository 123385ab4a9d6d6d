// What the floor shows once every tap is written: the job `read` turns to each card and looks at its form;
// the card at the place it is given is looked at from all sides. Run after tapper.js in the same function.

if (!window.tapper.jobs.read) {
  const { faults, tools } = window.tapper;
  const { all, one, byId, idOf, canBeClicked, active, cards, isOn, click, shown, settled } = tools;

  const chipsShown = () =>
    all('[data-testid^="chip-"]').map((chip) => {
      const [, group, code] = idOf(chip).split("-");
      return {
        group,
        code,
        on: isOn(chip),
        stops: chip.querySelector(".mark, .stops")?.textContent ?? "",
      };
    });

  /** One card from all sides: its chips, those behind the drawers, and how many may leave its party. */
  async function readClosely() {
    const found = chipsShown();
    for (const more of all('[data-testid^="more-"]:not([data-testid="more-visit"])').map(idOf)) {
      click(byId(more));
      await shown();
      found.push(...chipsShown().filter(({ group }) => group === more.slice(5)));
      click(byId(more));
      await shown();
    }
    click(byId("more-visit"));
    await shown();
    const split = all('[data-testid^="split-"]').length;
    click(byId("more-visit"));
    await shown();
    return { chips: found, split };
  }

  const stayOf = (card) => ({ minutes: parseInt(card.querySelector(".time").textContent), at: performance.now() });

  async function readCard(id, closely) {
    const card = one(`[data-testid=card][data-visit-id="${id}"]`);
    // One that waits to be described leaves the list with the turn to another card, for the tray.
    if (!card) return null;
    const time = stayOf(card);
    click(card);
    await shown();
    if (active() !== id) return { id, ...time, stay: null, chips: null, split: null };
    const stay = one(".dwell").textContent.replaceAll(/[^\d:]/g, "");
    const more = closely ? await readClosely() : { chips: chipsShown(), split: null };
    return { id, ...time, stay, ...more };
  }

  /** Everything that the floor shows, once every tap is written. */
  async function read(closely) {
    await settled();
    const error = one("[data-code]")?.dataset.code ?? null;
    const dismiss = one("[data-code] button");
    if (dismiss) click(dismiss);
    byId("drawer-close")?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    await shown();
    const found = [];
    const tray = byId("later-tray");
    if (tray.getAttribute("aria-expanded") === "true") click(tray);
    await shown();
    for (const id of cards()) {
      const card = await readCard(id, closely === found.length);
      if (card) found.push(card);
    }
    const waiting = Number(tray.dataset.waiting);
    if (waiting > 0) {
      click(tray);
      await shown();
      for (const id of cards()) {
        if (!found.some((other) => other.id === id))
          found.push({
            id,
            ...stayOf(one(`[data-visit-id="${id}"]`)),
            stay: null,
            chips: null,
            split: null,
          });
      }
      click(tray);
      await shown();
    }
    return {
      error,
      cards: found,
      undo: canBeClicked(byId("undo")),
      faults: faults.splice(0),
      now: performance.now(),
    };
  }

  window.tapper.jobs.read = read;
}
