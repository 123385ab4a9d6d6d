// What the stand-in may be asked for.

import type { TrialPack } from "../backend";
import type { ErrorCode, Phase, Prefs } from "../bindings";

export type FakeOptions = {
  phase?: Phase;
  pack?: TrialPack;
  prefs?: Partial<Prefs>;
  /** Puts other words on the form. */
  relabel?: (text: string) => string;
  /** Leave the shop empty. */
  empty?: boolean;
  /** Nobody has a PIN yet. */
  fresh?: boolean;
  /** Paired with a headquarters elsewhere, so that a recovery code is wanted. */
  paired?: boolean;
  /** A phrase stands for the keyring. */
  byPhrase?: boolean;
  offline?: boolean;
  /** So many records headquarters set aside. */
  aside?: number;
  /** Arrivals go round among the clerks. */
  rotation?: boolean;
  /** How many parties are in the shop. */
  running?: number;
  /** How often every PIN was wrong already. */
  wrong?: number;
  trouble?: ErrorCode;
  /** The clerks may go on although the database cannot be opened. */
  outfit?: boolean;
  /** The key does not come back. */
  keyAway?: boolean;
  /** Headquarters lets nobody in. */
  shutOut?: boolean;
  /** Headquarters had it wiped, with so many records sealed. */
  wiped?: number;
  /** Visitors may use their own phones. */
  phones?: boolean;
  /** Milliseconds every answer takes. */
  delay?: number;
};
