/** A UUIDv7 (RFC 9562): the time, then chance. Made here so that a tap that is said twice is one visit. */
export function newId(nowMs = Date.now(), random = crypto.getRandomValues(new Uint8Array(10))): string {
  const time = Math.max(0, Math.trunc(nowMs)).toString(16).padStart(12, "0").slice(-12);
  const bytes = Array.from(random);
  bytes[0] = 0x70 | ((bytes[0] ?? 0) & 0x0f);
  bytes[2] = 0x80 | ((bytes[2] ?? 0) & 0x3f);
  const rest = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const text = time + rest;
  return [8, 12, 16, 20, 32].map((end, at, ends) => text.slice(ends[at - 1] ?? 0, end)).join("-");
}
