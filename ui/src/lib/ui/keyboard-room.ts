// Keeps the page above an on-screen keyboard. Where the system lays it over the page instead of making the
// window smaller (iPad), the page learns how much of it is still seen.

/** Below this it is a bar of the system's, not a keyboard. */
const KEYBOARD_MIN_PX = 120;

/** The height left to the page, or null while nothing covers it. A page pinched larger is not covered. */
export function roomLeft(windowHeight: number, seen: { height: number; scale: number }): number | null {
  const covered = windowHeight - seen.height;
  return seen.scale > 1.01 || covered < KEYBOARD_MIN_PX ? null : Math.round(seen.height);
}

/** Gives the page the height that is seen (app.css uses it); call the result to stop. */
export function followKeyboard(page: HTMLElement): () => void {
  const seen = window.visualViewport;
  if (!seen) return () => undefined;
  const place = () => {
    const room = roomLeft(window.innerHeight, seen);
    if (room === null) page.style.removeProperty("--room");
    else page.style.setProperty("--room", `${room}px`);
    // The system scrolls a focused field into sight by itself; with the page made smaller it already is.
    if (room !== null) window.scrollTo(0, 0);
  };
  seen.addEventListener("resize", place);
  seen.addEventListener("scroll", place);
  return () => {
    seen.removeEventListener("resize", place);
    seen.removeEventListener("scroll", place);
  };
}
