/** The shell's time, ticking once a second while someone looks. */
export class Clock {
  now = $state(Date.now());
  #ahead = 0;

  /** Follows the shell's clock: visits carry its times, not the window's. */
  set(nowMs: number): void {
    this.#ahead = nowMs - Date.now();
    this.now = nowMs;
  }

  /** The time to the millisecond, for stamping a tap. */
  exact(): number {
    return Date.now() + this.#ahead;
  }

  /** Starts ticking; call the result to stop. */
  start(): () => void {
    const timer = setInterval(() => (this.now = this.exact()), 1000);
    return () => clearInterval(timer);
  }
}
