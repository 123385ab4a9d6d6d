// A small catalogue for the stand-in.

import type { Patch } from "../backend";
import type { Imported, Item, Skipped } from "../bindings";

const FOUND_MAX = 20;

export const CATALOGUE: Item[] = [
  ["AP-1001", "羊毛双面呢大衣"],
  ["AP-1002", "轻薄羽绒服"],
  ["AP-1003", "针织开衫"],
  ["AP-1004", "亚麻衬衫"],
  ["AP-1005", "真丝连衣裙"],
  ["AP-1006", "高腰直筒裤"],
  ["AP-1007", "水洗牛仔裤"],
  ["AP-2001", "牛皮托特包"],
  ["AP-2002", "迷你链条包"],
  ["AP-3001", "小白鞋"],
  ["AP-3002", "乐福鞋"],
  ["6901234567892", "羊绒围巾"],
].map(([code = "", name = ""]) => ({ code, name }));

export function found(query: string, items: Item[]): Item[] {
  const asked = query.trim().toLowerCase();
  if (asked === "") return [];
  const fits = ({ code, name }: Item) =>
    code.toLowerCase().startsWith(asked) || (name?.toLowerCase().includes(asked) ?? false);
  return items.filter(fits).slice(0, FOUND_MAX);
}

/** Far simpler than the shell: UTF-8, no quotes, no header, always in one order. */
export function readCatalogue(csv: string): { items: Item[]; imported: Imported } {
  const bytes = Uint8Array.from(atob(csv), (byte) => byte.charCodeAt(0));
  const items: Item[] = [];
  const skipped: Skipped[] = [];
  for (const [n, line] of new TextDecoder().decode(bytes).trim().split(/\r?\n/).entries()) {
    const [code = "", name = ""] = line.split(",").map((cell) => cell.trim());
    if (code !== "" && name !== "") items.push({ code, name });
    else skipped.push({ line: n + 1, problem: code === "" ? "no_code" : "no_name" });
  }
  const imported = {
    count: items.length,
    skipped: skipped.slice(0, FOUND_MAX),
    skipped_count: skipped.length,
  };
  return { items, imported };
}

export function itemsOf(fields: Patch): Item[] {
  const codes = fields["items"];
  if (!Array.isArray(codes)) return [];
  return codes.flatMap((code) =>
    typeof code === "string" ? [CATALOGUE.find((item) => item.code === code) ?? { code, name: null }] : [],
  );
}
