/** Until when whose PIN may not be tried. Somebody has to say what time it is, some times a second. */
export class Waits {
  now = $state(Date.now());
  #until = $state.raw<Record<string, number>>({});

  begin(who: string, seconds: number): void {
    this.now = Date.now();
    this.#until = { ...this.#until, [who]: this.now + seconds * 1000 };
  }

  /** Whole seconds that are left. */
  leftS(who: string): number {
    return Math.max(0, Math.ceil(((this.#until[who] ?? 0) - this.now) / 1000));
  }

  /** Follows the clock until the result is called. */
  follow(): () => void {
    const timer = setInterval(() => (this.now = Date.now()), 250);
    return () => clearInterval(timer);
  }
}
