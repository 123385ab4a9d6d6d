// A clerk with very quick hands, within the page, and their tools. `tapper.ask(number, job, order)` gives them a job;
// the jobs are in tapper-hand.js and tapper-read.js. Run these after this one, in the same function.

if (!window.tapper) {
  const faults = [];
  addEventListener("error", (event) => faults.push(`error: ${event.message}`));
  addEventListener("unhandledrejection", (event) =>
    faults.push(`rejection: ${JSON.stringify(event.reason) ?? event.reason}`),
  );
  const saying = console.error;
  console.error = (...words) => {
    faults.push(`console: ${words.join(" ")}`);
    saying.apply(console, words);
  };

  const all = (selector) => [...document.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  const byId = (id) => one(`[data-testid="${id}"]`);
  const idOf = (element) => element.dataset.testid;
  const canBeClicked = (element) => element !== null && !element.disabled;
  const unsaved = () => Number(one("[data-screen=floor]")?.dataset.unsaved ?? 0);
  const active = () => one("[data-testid=card][data-active=true]")?.dataset.visitId ?? null;
  const cards = () => all("[data-testid=card]").map((card) => card.dataset.visitId);
  const drawer = () => one("[data-drawer]")?.dataset.drawer ?? null;
  const isOn = (element) => element.getAttribute("aria-pressed") === "true";
  // A zone of a plan is a shape: it has no click() of its own.
  const click = (element) =>
    element.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));

  /** Everything that the page does by itself in this turn has been done: what was clicked shows. */
  const shown = async () => {
    for (let round = 0; round < 8; round += 1) await null;
  };
  const turns = new MessageChannel();
  const turn = () =>
    new Promise((go) => {
      turns.port1.onmessage = go;
      turns.port2.postMessage(null);
    });
  const pause = (ms) => new Promise((go) => setTimeout(go, ms));
  const SETTLE_MS = 15_000;
  const settled = async () => {
    await shown();
    const start = performance.now();
    while (unsaved() > 0) {
      if (performance.now() - start > SETTLE_MS)
        throw new Error(`${unsaved()} writes stay without an answer`);
      await pause(1);
    }
    await turn();
  };

  /** Mulberry32: small, seeded, good enough to tap with. */
  const chance = (seed) => () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let word = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 4294967296;
  };

  const minutes = (step) => {
    const [, sign, count] = idOf(step).split("-");
    return (sign === "minus" ? -1 : 1) * Number(count) * 60_000;
  };

  const press = (key, more = {}) =>
    document.body.dispatchEvent(
      new KeyboardEvent("keydown", {
        key,
        bubbles: true,
        cancelable: true,
        ...more,
      }),
    );

  let asked = -1;
  let said = null;
  window.tapper = {
    jobs: {},
    /** Does a job unless it is under way already; gives what came of it, or null so far. Can be asked again. */
    ask(number, job, order) {
      if (number !== asked) {
        [asked, said] = [number, null];
        const failed = (thrown) => ({ thrown: `${thrown} ${thrown.stack}` });
        void this.jobs[job](order)
          .then((answer) => ({ answer }), failed)
          .then((done) => (said = done));
      }
      return said;
    },
    faults,
    tools: {
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
    },
  };
}
