import type { Backend, Group, Item, Pack, QuickWord } from "../ipc";
import type { BoardState } from "./board.svelte";
import { isOn, stepsOf } from "./fields";
import {
  ITEM_LIKE,
  planOf,
  readLine,
  tokensOf,
  wordId,
  type Plan,
  type Token,
  type WordToken,
} from "./quickline";

/** Why Enter did nothing. */
type LineProblem = "unknown" | "nobody" | "not_ready";

/** The quick line while it is open: what is typed, how it is read, and what Enter makes of it. */
export class QuickLine {
  text = $state("");
  isOpen = $state(false);
  problem = $state.raw<LineProblem | null>(null);
  readonly tokens: Token[] = $derived.by(() => this.#read());
  /** The doubtful word whose meanings are on offer: the one asked for, else the last one. */
  readonly doubt: WordToken | null = $derived.by(() => this.#doubt());
  #words = $state.raw<QuickWord[]>([]);
  #items = $state.raw<ReadonlyMap<string, Item | null>>(new Map());
  #picks = $state.raw<ReadonlyMap<string, string>>(new Map());
  #asked = $state<string | null>(null);
  #wordsOf: string | null = null;
  #loading: Promise<void> = Promise.resolve();
  #committing = false;
  #backend: Backend;
  #board: BoardState;
  #pack: () => Pack;

  constructor(backend: Backend, board: BoardState, pack: () => Pack) {
    this.#backend = backend;
    this.#board = board;
    this.#pack = pack;
  }

  open(): void {
    this.#board.panels.close();
    this.isOpen = true;
    this.#loading = this.#load();
  }

  /** What was typed goes; only Esc, Enter and leaving the floor come here. */
  close(): void {
    this.isOpen = false;
    this.text = "";
    this.problem = null;
    this.#picks = new Map();
    this.#items = new Map();
    this.#asked = null;
  }

  type(text: string): void {
    this.text = text;
    this.problem = null;
    for (const token of tokensOf(text)) void this.#lookUp(token);
  }

  ask(slot: string): void {
    this.#asked = slot;
  }

  pick(token: WordToken, word: QuickWord): void {
    this.#picks = new Map([...this.#picks, [token.slot, wordId(word)]]);
    this.#asked = null;
  }

  /** Writes everything down in order, once. Nothing typed is lost when it cannot. */
  async commit(): Promise<void> {
    if (this.#committing) return;
    this.#committing = true;
    await this.#commit().finally(() => (this.#committing = false));
  }

  async #commit(): Promise<void> {
    await this.#loading;
    await Promise.all(tokensOf(this.text).map((token) => this.#lookUp(token)));
    if (this.text.trim() === "") return;
    const plan = planOf(this.tokens, this.#pack());
    this.problem = this.#problemOf(plan);
    if (plan === null || this.problem !== null) return;
    if (plan.size !== null && !(await this.#arrived(plan.size))) return;
    this.close();
    this.#write(plan);
  }

  #problemOf(plan: Plan | null): LineProblem | null {
    if (this.#words.length === 0) return "not_ready";
    if (plan === null) return "unknown";
    return plan.size === null && this.#board.active === null ? "nobody" : null;
  }

  async #arrived(size: number): Promise<boolean> {
    const before = this.#board.activeId;
    await this.#board.arrive(size);
    return this.#board.activeId !== before;
  }

  #write({ choices, items, outcome, reasons }: Plan): void {
    const id = this.#board.activeId;
    for (const { group, code } of choices) this.#choose(group, code);
    for (const code of items) if (this.#board.active) void this.#board.addItem(this.#board.active, code);
    const visit = this.#board.visits.find((other) => other.id === id);
    if (!visit || !outcome) return;
    if (reasons.length > 0) void this.#board.close(visit, outcome, reasons);
    else void this.#board.tapOutcome(visit, outcome);
  }

  /** A line says what is so: naming what is chosen already must not take it away, as a second tap would. */
  #choose(group: Group, code: string): void {
    const visit = this.#board.active;
    if (!visit) return;
    const stands =
      group.kind === "path"
        ? stepsOf(visit.fields[group.key]).at(-1)?.zone === code
        : isOn(group, visit.fields, code);
    if (!stands) void this.#board.tapChoice(visit, group, code);
  }

  #read(): Token[] {
    // Nothing is called unknown before there is anything to know.
    if (this.#words.length === 0) return [];
    const known = { words: this.#words, pack: this.#pack(), items: this.#items, picks: this.#picks };
    return readLine(this.text, known);
  }

  #doubt(): WordToken | null {
    const doubtful = this.tokens.filter(
      (token): token is WordToken => token.kind === "word" && token.others.length > 0,
    );
    return doubtful.find((token) => token.slot === this.#asked) ?? doubtful.at(-1) ?? null;
  }

  /** The words of this pack, once. A failure is tried again the next time the line opens. */
  async #load(): Promise<void> {
    const { id, version } = this.#pack();
    if (this.#wordsOf === `${id} ${version}`) return;
    this.#words = await this.#backend.quickWords().catch(() => []);
    if (this.#words.length > 0) this.#wordsOf = `${id} ${version}`;
  }

  async #lookUp(text: string): Promise<void> {
    const code = text.toLowerCase();
    if (!ITEM_LIKE.test(text) || this.#items.has(code)) return;
    const found = await this.#backend.findItems(text).catch(() => []);
    const item = found.find((other) => other.code.toLowerCase() === code) ?? null;
    this.#items = new Map([...this.#items, [code, item]]);
  }
}
