// The page for a visitor's phone that the stand-in offers; its code can be scanned, and leads nowhere.

import type { PhonePage } from "../bindings";

const URL = "https://visit.brand.example/v/AAECAwQFBgcICQoLDA0ODw";
/** The rows of the code, each a number of as many bits as there are modules. */
const ROWS = `
  1fdb50d7f 104ac5441 175a42e5d 17475555d 174af725d 105111e41
  1fd55557f 000400000 146d63225 1f8a73b48 0c54ef6cf 070d73cb9
  05cbdc892 1c37d15a7 134a1c73d 1a8af62e4 197453366 112b2a7cb
  07dae36ef 0e89d961a 145a2ae92 0421485b5 1a752b555 03ba85072
  1f75311fc 0011b7312 1fd67fd5e 104c5771b 17449dff1 174c956ba
  175f1febf 104570678 1fd493075
`
  .trim()
  .split(/\s+/);

export function offered(seen: boolean): PhonePage {
  const size = ROWS.length;
  const bits = ROWS.map((row) => [...BigInt(`0x${row}`).toString(2).padStart(size, "0")]);
  const dark = bits.flatMap((row, y) => row.flatMap((bit, x) => (bit === "1" ? [`M${x} ${y}h1v1h-1z`] : [])));
  return { kind: "offered", url: URL, qr: { size, path: dark.join("") }, seen };
}
