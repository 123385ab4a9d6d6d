// A small catalogue for the stand-in.

import type { Patch } from "./backend";
import type { Item } from "./bindings";

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

export function found(query: string): Item[] {
  const asked = query.trim().toLowerCase();
  if (asked === "") return [];
  const fits = ({ code, name }: Item) =>
    code.toLowerCase().startsWith(asked) || (name?.toLowerCase().includes(asked) ?? false);
  return CATALOGUE.filter(fits).slice(0, FOUND_MAX);
}

export function itemsOf(fields: Patch): Item[] {
  const codes = fields["items"];
  if (!Array.isArray(codes)) return [];
  return codes.flatMap((code) =>
    typeof code === "string" ? [CATALOGUE.find((item) => item.code === code) ?? { code, name: null }] : [],
  );
}
