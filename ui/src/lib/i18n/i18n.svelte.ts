import type { ErrorCode, Label, Locale } from "../ipc";
import { en } from "./en";
import { zhCN, type Messages } from "./zh-CN";

/** The language in force. Everything that reads `t` or `label` follows a switch in place. */
export class I18n {
  locale = $state<Locale>(systemLocale());
  dictionaries = $state.raw<Record<Locale, Messages>>({ "zh-CN": zhCN, en });
  readonly t: Messages = $derived(this.dictionaries[this.locale]);

  /** A label of the pack in the language in force. */
  label(label: Label): string {
    return this.locale === "en" ? label.en : label.zh;
  }

  /** The words for an error; a code from a newer shell still gets some. */
  error(code: ErrorCode): Messages["errors"][ErrorCode] {
    return this.t.errors[code] ?? this.t.errors.internal;
  }
}

export function systemLocale(languages: readonly string[] = navigator.languages): Locale {
  const first = languages.find((language) => /^(zh|en)/i.test(language));
  return first === undefined || /^zh/i.test(first) ? "zh-CN" : "en";
}
