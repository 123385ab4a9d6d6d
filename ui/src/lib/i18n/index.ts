export { I18n, systemLocale } from "./i18n.svelte";
export type { Messages } from "./zh-CN";
export * from "./format";
export { dateFormat } from "./formatters";
export { amountText, parseAmount } from "./amount";
