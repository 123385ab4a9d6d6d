// The recovery code of the stand-in, and whether somebody has it on paper.

import { failure } from "../backend";

/** They are made in turns; the stand-in's keyring comes back with either. */
export const RECOVERY_CODES = ["7KQ3M-X0R9T-AB2CD-58HJN-VWYZE-4FGPS", "DM1Q8-ZT6YB-0XW4R-KH95A-C2N7V-3JEGP"];

export class Paper {
  isWritten = false;
  #code = "";

  make(): string {
    this.isWritten = false;
    this.#code = RECOVERY_CODES.find((code) => code !== this.#code) ?? "";
    return this.#code;
  }

  confirm(code: string): void {
    if (code !== this.#code) throw failure("recovery_mistyped");
    this.isWritten = true;
  }

  check(code: string): void {
    if (!RECOVERY_CODES.includes(code)) throw failure("recovery_mistyped");
  }

  read(code: string): void {
    this.check(code);
    this.isWritten = true;
  }
}
