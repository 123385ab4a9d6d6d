// What the interface may ask of whatever stands behind it. Every promise rejects with an AppError.

import type {
  AppError,
  Approval,
  Board,
  Boot,
  Carried,
  Catalogue,
  Change,
  ContactCard,
  ContactCopy,
  ContactInput,
  Correction,
  DayRow,
  DayView,
  ErrorCode,
  ExportProgress,
  FieldValue,
  GivenContact,
  Imported,
  Item,
  MaskedContact,
  Outcome,
  PhonePage,
  Prefs,
  QuickWord,
  RevealReason,
  SetAside,
  SyncStatus,
  VisitView,
} from "./bindings";

/** Fields and the values they take. */
export type Patch = { [field: string]: FieldValue };

export type TrialPack = "apparel" | "jewellery" | "electronics";
export type Screen = "setup" | "recovery" | "trouble" | "lock" | "floor" | "daylog" | "turned" | "thanks";

export interface Backend {
  boot(): Promise<Boot>;
  retryStart(): Promise<Boot>;
  pair(hqUrl: string, code: string, deviceName: string): Promise<Boot>;
  tryHere(packId: TrialPack, storeName: string, deviceName: string): Promise<Boot>;
  /** A new recovery code, in groups; an earlier one opens nothing from now on. */
  makeRecoveryCode(): Promise<string>;
  confirmRecoveryCode(code: string): Promise<Boot>;
  /** Gives the key back to a keyring that lost it. */
  recover(code: string): Promise<Boot>;
  /** A phrase that is strong enough; it is kept nowhere. */
  proposePhrase(): Promise<string>;
  /** Goes on to setting up a device without a keyring. */
  setPhrase(phrase: string): Promise<Boot>;
  openWithPhrase(phrase: string): Promise<Boot>;
  /** Opens by the recovery code, and sets a new phrase. */
  recoverWithPhrase(code: string, phrase: string): Promise<Boot>;
  changePhrase(phrase: string): Promise<null>;
  /** The clerks go on although the database cannot be opened; what they log is sealed for headquarters. */
  logWithoutKey(): Promise<Boot>;
  /** Puts a damaged database aside, so that the device can be paired again. */
  beginAnew(): Promise<Boot>;
  enrolPin(clerkId: string, pin: string, approval: Approval | null): Promise<Boot>;
  unlock(clerkId: string, pin: string): Promise<Boot>;
  lock(): Promise<Boot>;
  /** Asks for a new key of the database, which is made at the next start. */
  rotateKey(): Promise<null>;
  /** Whoever is signed in types their PIN again. */
  confirmPin(pin: string): Promise<null>;
  board(): Promise<Board>;
  visit(visitId: string): Promise<VisitView>;
  arrive(visitId: string, size: number, later: boolean): Promise<Change>;
  note(visitId: string, patch: Patch): Promise<Change>;
  closeVisit(visitId: string, outcome: Outcome): Promise<Change>;
  handOver(visitId: string, clerkId: string, note: string | null): Promise<Change>;
  splitVisit(visitId: string, newVisitId: string, size: number): Promise<Change>;
  mergeVisits(visitId: string, intoId: string): Promise<Change>;
  setEntered(visitId: string, enteredMs: number): Promise<Change>;
  setLeft(visitId: string, leftMs: number): Promise<Change>;
  linkEarlier(visitId: string, earlierId: string | null): Promise<Change>;
  likelySame(visitId: string): Promise<DayRow[]>;
  correctVisit(visitId: string, correction: Correction): Promise<Change>;
  skipTurn(clerkId: string): Promise<Board>;
  stepAway(clerkId: string): Promise<Board>;
  stepIn(clerkId: string): Promise<Board>;
  /** The words of the form that the quick line knows. */
  quickWords(): Promise<QuickWord[]>;
  /** Articles by the beginning of their number or by name, at most 20. */
  findItems(query: string): Promise<Item[]>;
  /** Replaces the catalogue by a CSV file, its bytes in base64. */
  importCatalogue(csv: string): Promise<Imported>;
  catalogue(): Promise<Catalogue>;
  /** The visitor has the screen; nothing else is reached until somebody signs in again. */
  turnToVisitor(visitId: string): Promise<Boot>;
  giveContact(given: ContactInput): Promise<GivenContact>;
  /** The visitor leaves nothing. */
  turnBack(): Promise<Boot>;
  contactOf(visitId: string): Promise<MaskedContact | null>;
  /** By phone number or receipt code. */
  findContacts(query: string): Promise<MaskedContact[]>;
  revealContact(contactId: string, reason: RevealReason): Promise<ContactCard>;
  copyContact(contactId: string): Promise<ContactCopy>;
  /** Null when no purpose is left, and the contact with it. */
  withdrawConsent(contactId: string, purposes: string[]): Promise<MaskedContact | null>;
  eraseContact(contactId: string): Promise<null>;
  undo(): Promise<Change>;
  day(day: string | null, after: string | null, onlyUnchecked: boolean): Promise<DayView>;
  syncStatus(): Promise<SyncStatus>;
  sendNow(): Promise<SyncStatus>;
  /** What headquarters set aside, the last first. */
  setAside(): Promise<SetAside[]>;
  sendAgain(records: number[]): Promise<SyncStatus>;
  /** What was set aside, as JSON Lines for headquarters. */
  copySetAside(): Promise<string>;
  /** Seals what is unsent in a file that somebody carries to headquarters. */
  exportUnsent(): Promise<Carried>;
  setPrefs(prefs: Prefs): Promise<Prefs>;
  printPage(): Promise<null>;
  uiReady(screen: Screen): Promise<void>;
  /** Calls back on every change of the sync state; the promise gives the way to stop. */
  onSync(heard: (status: SyncStatus) => void): Promise<() => void>;
  /** Calls back while records are sealed in a file. */
  onExport(heard: (progress: ExportProgress) => void): Promise<() => void>;
  /** Calls back when the board changed without this window's doing. */
  onBoard(heard: () => void): Promise<() => void>;
  /** Calls back when headquarters made another device of this one: a newer kit, shut out, wiped. */
  onDevice(heard: () => void): Promise<() => void>;
  /** Calls back with how it stands with the page for a visitor's phone, whenever that changes. */
  onPhone(heard: (page: PhonePage) => void): Promise<() => void>;
}

/** Whatever was thrown, as an AppError: a bug on either side must still reach the clerk as words. */
export function asAppError(thrown: unknown): AppError {
  if (isAppError(thrown)) return thrown;
  return failure("internal");
}

export function failure(code: ErrorCode, retryAfterS: number | null = null): AppError {
  return { code, retry_after_s: retryAfterS, detail: null };
}

function isAppError(value: unknown): value is AppError {
  return typeof value === "object" && value !== null && "code" in value && typeof value.code === "string";
}
