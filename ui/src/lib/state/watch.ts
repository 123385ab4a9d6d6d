import type { Backend } from "../ipc";
import type { BoardState } from "./board.svelte";
import type { Hands } from "./hands";

/** The page's two clocks run apart by more than this only when one was set or the machine slept. */
const APART_MS = 2_000;

/**
 * Keeps a board true while it is shown: its clock ticks, and it is read again when a rule closed a visit, when
 * the page comes back from behind, and when the machine has slept or its clock was set. Call the result to stop.
 */
export function watch(board: BoardState, backend: Backend, hands: Hands): () => void {
  const reload = () => void board.reload();
  const back = () => document.visibilityState === "visible" && reload();
  const apart = () => Date.now() - performance.now();
  let before = apart();
  const stopHands = hands.watch(window);
  const stopClock = board.clock.start(hands);
  const waking = setInterval(() => {
    const now = apart();
    if (Math.abs(now - before) > APART_MS) reload();
    before = now;
  }, 1000);
  const stopBoard = backend.onBoard(reload);
  document.addEventListener("visibilitychange", back);
  window.addEventListener("pageshow", restored);
  return () => {
    stopHands();
    stopClock();
    clearInterval(waking);
    document.removeEventListener("visibilitychange", back);
    window.removeEventListener("pageshow", restored);
    // A shell that cannot be listened to has nothing to stop.
    void stopBoard.then((stop) => stop()).catch(() => undefined);
  };

  function restored(event: PageTransitionEvent): void {
    // The first showing is not a return.
    if (event.persisted) reload();
  }
}
