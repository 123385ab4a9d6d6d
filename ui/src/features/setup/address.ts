/** The address with a scheme; people write the bare host. */
export function fullUrl(text: string): string {
  const trimmed = text.normalize("NFKC").trim().replace(/\/+$/, "");
  return trimmed === "" || trimmed.includes("://") ? trimmed : `https://${trimmed}`;
}
