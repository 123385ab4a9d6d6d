import { describe, expect, it } from "vitest";
import { I18n } from "../i18n";
import { PACKS } from "../ipc/fake/data";
import { openVisit } from "../ipc/fake/data";
import type { VisitView } from "../ipc";
import { choiceLabel, detail, headline, interestTone, groupOf } from "./summary";

const pack = PACKS.apparel;

function words(locale: "zh-CN" | "en"): I18n {
  const i18n = new I18n();
  i18n.locale = locale;
  return i18n;
}

const visit = (fields: VisitView["fields"]): VisitView => ({ ...openVisit("v", 0, 1, "c"), fields });

describe("headline", () => {
  const fields = { style: "commute", age: "a20", company: "alone" };

  it("joins age, company and style, in that order", () => {
    expect(headline(pack, fields, 1, words("zh-CN"))).toBe("青年 · 独自 · 通勤");
    expect(headline(pack, fields, 1, words("en"))).toBe("Young · Alone · Office");
  });

  it("names the party size while nothing else is known, and from two people on", () => {
    expect(headline(pack, {}, 1, words("zh-CN"))).toBe("1 人");
    expect(headline(pack, {}, 5, words("en"))).toBe("5+ people");
    expect(headline(pack, { age: "a20" }, 2, words("zh-CN"))).toBe("2 人 · 青年");
  });

  it("leaves out what the clerk was unsure of", () => {
    expect(headline(pack, { age: "unsure", company: "alone" }, 1, words("zh-CN"))).toBe("独自");
  });
});

describe("detail", () => {
  const zones = ["bags", "fit"].map((zone, at) => ({ zone, at_ms: at }));

  it("tells the path and what was done", () => {
    const line = detail(pack, visit({ zones, gesture: ["price"] }), "小李", true, words("zh-CN"));
    expect(line).toBe("包袋 → 试衣间\u00a0· 问价");
  });

  it("names the colleague who serves", () => {
    expect(detail(pack, visit({ zones }), "小王", false, words("zh-CN"))).toBe("小王\u00a0· 包袋 → 试衣间");
    expect(detail(pack, visit({}), "小王", false, words("en"))).toBe("小王 serves");
  });
});

it("colours interest from cool to warm", () => {
  const interest = groupOf(pack, "interest");
  expect(["0", "1", "2", "3", "4"].map((level) => interestTone(interest, level))).toEqual([
    "sea",
    "sea",
    "amber",
    "amber",
    "brick",
  ]);
});

it("shows the bare code of a choice the pack no longer has", () => {
  expect(choiceLabel(groupOf(pack, "age")?.choices, "gone")).toEqual({ zh: "gone", en: "gone" });
});
