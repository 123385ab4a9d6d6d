import { expect, it } from "vitest";
import { Scanner, type Timers } from "./scanner";

/** Time that passes only when told to. */
class Hand implements Timers {
  now = 1000;
  said: string[] = [];
  readonly scanner = new Scanner<string>((key) => this.said.push(key), this);
  #due: { id: number; at: number; run: () => void }[] = [];
  #ids = 0;

  start = (run: () => void, ms: number): number => {
    this.#due.push({ id: ++this.#ids, at: this.now + ms, run });
    return this.#ids;
  };

  stop = (id: number): void => {
    this.#due = this.#due.filter((timer) => timer.id !== id);
  };

  pass(ms: number): void {
    this.now += ms;
    for (let next = this.#next(); next; next = this.#next()) {
      this.stop(next.id);
      next.run();
    }
  }

  types(keys: string, gapMs: number): this {
    for (const key of keys) {
      this.pass(gapMs);
      this.scanner.key(key, this.now, key);
    }
    return this;
  }

  enter(gapMs = 5): string | null {
    this.pass(gapMs);
    return this.scanner.end(this.now);
  }

  #next() {
    return this.#due.find((timer) => timer.at <= this.now);
  }
}

it("takes a fast burst ended by Enter as a scan, and none of its keys as a command", () => {
  const hand = new Hand();
  expect(hand.types("AP-1001", 10).enter()).toBe("AP-1001");
  hand.pass(1000);
  expect(hand.said).toEqual([]);
});

it("gives back two keys of a quick hand, in order", () => {
  const hand = new Hand().types("2a", 30);
  expect(hand.said).toEqual([]);
  hand.pass(40);
  expect(hand.said).toEqual(["2", "a"]);
});

it("gives back every key of a burst that breaks", () => {
  const hand = new Hand().types("AP10", 10);
  hand.pass(101);
  expect(hand.said.join("")).toBe("AP10");
  expect(hand.enter()).toBeNull();
  expect(hand.said.join("")).toBe("AP10");
});

it("does not glue two bursts together", () => {
  const hand = new Hand().types("AP", 10);
  hand.pass(36);
  expect(hand.types("10", 10).enter()).toBeNull();
  expect(hand.said.join("")).toBe("AP10");
});

it("keeps a number whole when a scan stutters after its first four characters", () => {
  const hand = new Hand().types("6901", 10);
  expect(hand.types("23456", 60).enter(60)).toBe("690123456");
  hand.pass(1000);
  expect(hand.said).toEqual([]);
});

it("gives back a short burst before the Enter that follows it", () => {
  const hand = new Hand().types("abc", 10);
  expect(hand.enter()).toBeNull();
  expect(hand.said.join("")).toBe("abc");
});

it("leaves Enter alone when nothing was typed", () => {
  expect(new Hand().enter()).toBeNull();
});

it("is no scan when Enter comes late", () => {
  const hand = new Hand().types("AP1001", 10);
  expect(hand.enter(120)).toBeNull();
});

it("lets a key in that came in time although the timer ran first", () => {
  const hand = new Hand();
  const { scanner } = hand;
  scanner.key("A", 1000, "A");
  hand.now = 1035;
  // The timer is due, but the key typed at 1030 is still waiting behind it.
  scanner.key("B", 1030, "B");
  scanner.key("C", 1033, "C");
  scanner.key("D", 1035, "D");
  expect(scanner.end(1036)).toBe("ABCD");
});

it("keeps only what article numbers are made of", () => {
  const hand = new Hand();
  expect(hand.types("(01)0690*", 4).enter()).toBe("010690");
  expect(hand.types("****", 4).enter()).toBeNull();
  expect(hand.types("9".repeat(48), 4).enter()).toHaveLength(48);
  expect(hand.types("9".repeat(49), 4).enter()).toBeNull();
});

it("takes words with spaces for words, however fast they come", () => {
  expect(new Hand().types("sport bags", 4).enter()).toBeNull();
});

it("replays nothing once it is stopped", () => {
  const hand = new Hand().types("12", 10);
  hand.scanner.stop();
  hand.pass(100);
  expect(hand.said).toEqual([]);
});
