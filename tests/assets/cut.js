// Which texts of a page are cut or lie on one another. Plain script: a driver of any browser runs it and calls
// `cutTexts(document.body)`; the answer is a list of sentences, empty when all is well.

"use strict";

/** Less than this is the rounding of a browser. */
const SLACK_PX = 1.5;

function cutTexts(root) {
  const found = [];
  const shown = [...root.querySelectorAll("*")].filter(isSeen);
  for (const element of shown) {
    const how = isCut(element);
    if (how) found.push(`${how}: ${named(element)}`);
  }
  for (const [one, other] of overlaps(shown.filter(holdsText))) {
    found.push(`on one another: ${named(one)} | ${named(other)}`);
  }
  return found;
}

function isSeen(element) {
  if (element.closest(".unseen, svg, [aria-hidden='true'], script, style"))
    return false;
  if (
    !element.checkVisibility({
      visibilityProperty: true,
      opacityProperty: true,
    })
  )
    return false;
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0;
}

/** An ellipsis is a decision and a title says the rest; anything else that does not fit is a mistake. */
function isCut(element) {
  const style = getComputedStyle(element);
  const hides = (overflow) => overflow === "hidden" || overflow === "clip";
  const wide = element.scrollWidth - element.clientWidth > SLACK_PX;
  const high = element.scrollHeight - element.clientHeight > SLACK_PX;
  if (
    hides(style.overflowX) &&
    wide &&
    style.textOverflow !== "ellipsis" &&
    !element.title
  )
    return "cut at the side";
  if (
    hides(style.overflowY) &&
    high &&
    !element.title &&
    element !== document.body
  )
    return "cut below";
  if (!holdsText(element) || style.display === "inline") return null;
  if (style.overflowX === "visible" && wide && element.clientWidth > 0)
    return "wider than its box";
  if (
    style.overflowY === "visible" &&
    high &&
    element.clientHeight > 0 &&
    isBoxed(style)
  )
    return "higher than its box";
  return leavesPage(element) ? "outside the page" : null;
}

function isBoxed(style) {
  return style.borderTopWidth !== "0px" && style.borderBottomWidth !== "0px";
}

/** Out of sight at the side and nothing scrolls that way. */
function leavesPage(element) {
  const box = element.getBoundingClientRect();
  if (box.left > -SLACK_PX && box.right < innerWidth + SLACK_PX) return false;
  for (
    let around = element.parentElement;
    around;
    around = around.parentElement
  ) {
    const overflow = getComputedStyle(around).overflowX;
    if (overflow === "auto" || overflow === "scroll") return false;
  }
  return true;
}

function holdsText(element) {
  return [...element.childNodes].some(
    (node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "",
  );
}

/** The box of what is written, which may be larger than the element's own. */
function written(element) {
  const range = document.createRange();
  const boxes = [];
  for (const node of element.childNodes) {
    if (node.nodeType !== Node.TEXT_NODE || node.data.trim() === "") continue;
    range.selectNodeContents(node);
    boxes.push(...range.getClientRects());
  }
  return boxes
    .map((box) => clipped(element, box))
    .filter((box) => box.right > box.left && box.bottom > box.top);
}

/** The part of a box that its surroundings let through. */
function clipped(element, { left, right, top, bottom }) {
  const box = { left, right, top, bottom };
  for (let around = element; around; around = around.parentElement) {
    const style = getComputedStyle(around);
    if (style.overflowX === "visible" && style.overflowY === "visible")
      continue;
    const edge = around.getBoundingClientRect();
    if (style.overflowX !== "visible") {
      box.left = Math.max(box.left, edge.left);
      box.right = Math.min(box.right, edge.right);
    }
    if (style.overflowY !== "visible") {
      box.top = Math.max(box.top, edge.top);
      box.bottom = Math.min(box.bottom, edge.bottom);
    }
  }
  return box;
}

/** Texts that lie on one another in the same layer: what floats above the page by design is a layer of its own. */
function overlaps(elements) {
  const texts = elements.map((element) => ({
    element,
    layer: layerOf(element),
    boxes: written(element),
  }));
  const pairs = [];
  texts.forEach((one, place) => {
    for (const other of texts.slice(place + 1)) {
      if (one.layer !== other.layer) continue;
      if (
        one.element.contains(other.element) ||
        other.element.contains(one.element)
      )
        continue;
      if (one.boxes.some((box) => other.boxes.some((next) => meet(box, next))))
        pairs.push([one.element, other.element]);
    }
  });
  return pairs;
}

function layerOf(element) {
  for (let around = element; around; around = around.parentElement) {
    if (
      ["absolute", "fixed", "sticky"].includes(
        getComputedStyle(around).position,
      ) ||
      around.tagName === "DIALOG"
    )
      return around;
  }
  return null;
}

function meet(one, other) {
  const across =
    Math.min(one.right, other.right) - Math.max(one.left, other.left);
  const down =
    Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
  // A font's box is higher than its letters: lines reach into each other's leading.
  return (
    across > SLACK_PX &&
    down > 0.3 * Math.min(one.bottom - one.top, other.bottom - other.top)
  );
}

function named(element) {
  const id =
    element.closest("[data-testid]")?.dataset.testid ??
    element.closest("[data-screen]")?.dataset.screen ??
    "";
  const box = element.getBoundingClientRect();
  const text = element.textContent.trim().replace(/\s+/g, " ").slice(0, 40);
  return `${element.tagName.toLowerCase()} in ${id} “${text}” ${Math.round(box.width)}×${Math.round(box.height)}`;
}
