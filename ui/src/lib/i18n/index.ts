export { I18n, systemLocale } from "./i18n.svelte";
export type { Messages } from "./zh-CN";
export * from "./format";
export { amountText, parseAmount } from "./amount";
