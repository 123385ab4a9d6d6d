// Times every trusted click of the page: until the end of the frame that shows it, and until it is shown as saved:
// that frame is over and the shell's answer to what was written is taken in. `probe.take()` gives the clicks that
// have both, once each.

if (!window.probe) {
  let clicks = [];

  // Comes after everything that the page does at once, the end of a frame included. The window speaks to itself:
  // a channel's messages go through another process in WebKit, and that way would be what is measured.
  const jobs = [];
  addEventListener("message", (event) => {
    if (event.source === window && event.data === "probe") jobs.shift()();
  });
  const afterwards = (job) => {
    jobs.push(job);
    postMessage("probe");
  };

  // The shell is spoken to by requests, one write at a time, in the order of the clicks.
  const WRITES = /\/(note|arrive)$/;
  const fetched = window.fetch;
  window.fetch = async (address, ...rest) => {
    const click = WRITES.test(String(address)) ? clicks.find((other) => other.writes && !other.sent) : undefined;
    if (click) click.sent = true;
    const answer = await fetched(address, ...rest);
    const read = answer.json.bind(answer);
    if (click) answer.json = () => read().finally(() => afterwards(() => (click.saved = performance.now() - click.at)));
    return answer;
  };

  const cards = () => document.querySelectorAll("[data-testid=card]").length;
  const state = (button) => `${button.ariaPressed} ${button.dataset.active} ${cards()}`;

  function onclick(event) {
    const button = event.target.closest("button");
    if (!event.isTrusted || !button) return;
    const id = button.dataset.testid ?? "";
    const click = { id, at: event.timeStamp, writes: /^(chip|size)-/.test(id), sent: false, saved: null, shown: null };
    const before = state(button);
    const look = () => {
      if (state(button) === before) requestAnimationFrame(look);
      else afterwards(() => (click.shown = performance.now() - click.at));
    };
    clicks.push(click);
    requestAnimationFrame(look);
  }

  const isDone = (click) => click.shown !== null && (!click.writes || click.saved !== null);
  addEventListener("click", onclick, true);
  window.probe = {
    take() {
      const done = clicks.filter(isDone);
      clicks = clicks.filter((click) => !isDone(click));
      return done.map(({ id, shown, saved }) => ({ id, shown, saved: saved && Math.max(shown, saved) }));
    },
  };
}
