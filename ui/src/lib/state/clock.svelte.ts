import type { Board, VisitView } from "../ipc";
import type { Hands } from "./hands";

type Came = Pick<VisitView, "entered_ms" | "since_steady_ms">;

const SECOND_MS = 1_000;

/**
 * The shell's clocks, followed between its answers by the page's own steady one. A jump of the machine's
 * wall clock moves nothing here; what a sleeping page has missed comes with the next answer.
 */
export class Clock {
  /** The shell's steady clock, ticking once a second while someone looks and no hand taps: minutes are counted on it. */
  steady = $state(0);
  /** What the page's steady clock lacks to the shell's. */
  #ahead = 0;
  /** What the shell's steady clock lacks to its wall clock. */
  #wall = 0;

  /** The shell's wall clock, ticking alike. */
  get now(): number {
    return this.steady + this.#wall;
  }

  /** Takes both clocks as the board tells them. */
  set({ now_ms, steady_ms }: Pick<Board, "now_ms" | "steady_ms">): void {
    this.#wall = now_ms - steady_ms;
    this.#ahead = steady_ms - performance.now();
    this.#tick();
  }

  /** Takes the steady clock of an answer. It can be late but never early, so only what is ahead counts. */
  follow(steadyMs: number): void {
    const slept = steadyMs - this.exactSteady();
    if (slept <= 0) return;
    this.#ahead += slept;
    // Fifty cards drawn anew at every tap would be felt; what a sleep hid must not wait for the next second.
    if (slept >= SECOND_MS) this.#tick();
  }

  /** The wall time to the millisecond, for stamping a tap. */
  exact(): number {
    return Math.round(this.exactSteady() + this.#wall);
  }

  /** Now, as the wall clock would say that the party came in by: it may have been set since. Ticks. */
  nowFor({ entered_ms, since_steady_ms }: Came): number {
    return entered_ms + this.steady - since_steady_ms;
  }

  /** The same to the millisecond, never ahead of the shell's. */
  exactFor({ entered_ms, since_steady_ms }: Came): number {
    return entered_ms + Math.floor(this.exactSteady() - since_steady_ms);
  }

  exactSteady(): number {
    return performance.now() + this.#ahead;
  }

  /** Starts ticking, where `hands` rest; call the result to stop. */
  start(hands: Hands): () => void {
    const tick = hands.later(() => this.#tick());
    const timer = setInterval(tick.ask, SECOND_MS);
    return () => {
      clearInterval(timer);
      tick.cancel();
    };
  }

  #tick(): void {
    this.steady = this.exactSteady();
  }
}
