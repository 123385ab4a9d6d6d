// What must not happen to buttons and to the form, beside cut texts: plain script, run after cut.js in the same
// function. `formFlaws()` gives a list of sentences, empty when all is well.

function formFlaws() {
  const found = [];
  const form = document.querySelector("[data-screen=floor] .groups");
  if (form && form.scrollHeight > form.clientHeight) found.push(`the form scrolls: ${form.scrollHeight} in ${form.clientHeight}`);
  if (document.documentElement.scrollWidth > innerWidth) found.push("the page scrolls sideways");
  const buttons = [...document.querySelectorAll("button, input, textarea")].filter((button) => isSeen(button) && isOnTop(button));
  for (const button of buttons) if (wrapsBadly(button)) found.push(`wraps badly: ${named(button)}`);
  buttons.forEach((one, place) => {
    for (const other of buttons.slice(place + 1)) {
      if (lieOnOneAnother(one, other)) found.push(`on one another: ${named(one)} | ${named(other)}`);
    }
  });
  return found;
}

/** Nothing lies over its middle, and it is not scrolled away. */
function isOnTop(element) {
  const box = element.getBoundingClientRect();
  const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return hit !== null && element.contains(hit);
}

/** A third line, or a last one of a single sign. */
function wrapsBadly(button) {
  return [button, ...button.querySelectorAll("*")].filter(holdsText).some((element) => {
    const lines = new Map();
    for (const box of written(element)) {
      const line = [...lines.keys()].find((top) => Math.abs(top - box.top) < 4) ?? box.top;
      lines.set(line, (lines.get(line) ?? 0) + box.right - box.left);
    }
    const last = lines.get(Math.max(...lines.keys()));
    return lines.size > 2 || (lines.size === 2 && last < 1.4 * parseFloat(getComputedStyle(element).fontSize));
  });
}

function lieOnOneAnother(one, other) {
  // A panel lies over the page by design.
  if (one.contains(other) || other.contains(one) || layerOf(one) !== layerOf(other)) return false;
  const [here, there] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
  const across = Math.min(here.right, there.right) - Math.max(here.left, there.left);
  return across > SLACK_PX && Math.min(here.bottom, there.bottom) - Math.max(here.top, there.top) > SLACK_PX;
}
