// The phrase of the stand-in, which keeps no key under it.

import { isSame, measure } from "../../state/phrase";
import { failure } from "../backend";

export const FAKE_PHRASE = "six grey cats sleep under boats";
export const PROPOSED_PHRASE = "bamu tidu roza nilo gusa hiko";
const FREE_TRIES = 5;

export class Phrase {
  #phrase = FAKE_PHRASE;
  #tries = 0;

  constructor(public isUsed: boolean) {}

  set(phrase: string): void {
    if (!measure(phrase).isEnough) throw failure("phrase_weak");
    this.#phrase = phrase;
    this.isUsed = true;
  }

  open(phrase: string): void {
    if (this.#tries >= FREE_TRIES) throw failure("phrase_wait", 30);
    if (!isSame(phrase, this.#phrase)) {
      this.#tries += 1;
      throw failure("phrase_wrong");
    }
    this.#tries = 0;
    this.isUsed = true;
  }
}
