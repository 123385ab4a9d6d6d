import { describe, expect, it } from "vitest";
import { clockTime, count, dateOf, dayTitle, dwell, minorDigits, minutes, money, share } from "./format";

it("gives whole minutes in the words of the language, never negative", () => {
  expect(minutes(760_999, "zh-CN")).toBe("12分钟");
  expect(minutes(4_500_000, "en")).toBe("75 min");
  expect(minutes(-5000, "en")).toBe("0 min");
});

describe("dwell", () => {
  it("counts minutes and seconds, and hours only when there are any", () => {
    expect(dwell(0)).toBe("00:00");
    expect(dwell(760_999)).toBe("12:40");
    expect(dwell(9_670_000)).toBe("2:41:10");
  });

  it("never runs backwards when a clock was set back", () => {
    expect(dwell(-5000)).toBe("00:00");
  });
});

describe("times and days", () => {
  const at = Date.UTC(2026, 10, 23, 6, 21);

  it("shows the store's own time of day, in 24 hours", () => {
    expect(clockTime(at, "Asia/Shanghai", "zh-CN")).toBe("14:21");
    expect(clockTime(Date.UTC(2026, 10, 23, 16, 5), "Asia/Shanghai", "en")).toBe("00:05");
  });

  it("still shows a time when the zone is unknown to the machine", () => {
    expect(clockTime(at, "Moon/Base", "en")).toMatch(/^\d\d:\d\d$/);
  });

  it("dates a paper by the store's own day", () => {
    expect(dateOf(Date.UTC(2026, 10, 23, 16, 5), "Asia/Shanghai", "zh-CN")).toBe("2026年11月24日");
    expect(dateOf(Date.UTC(2026, 10, 23, 16, 5), "Asia/Shanghai", "en")).toBe("November 24, 2026");
  });

  it("names a business day without shifting it by a zone", () => {
    expect(dayTitle("2026-11-23", "zh-CN")).toBe("11月23日星期一");
    expect(dayTitle("2026-11-23", "en")).toBe("Monday, November 23");
    expect(dayTitle("soon", "en")).toBe("soon");
  });
});

describe("numbers", () => {
  it("writes money from minor units, decimals only where needed", () => {
    expect(money(238_000, "CNY", "zh-CN")).toBe("¥2,380");
    expect(money(128_050, "CNY", "en")).toBe("¥1,280.50");
    expect(money(1500, "JPY", "en")).toBe("¥1,500");
  });

  it("knows the decimals of a currency", () => {
    expect([minorDigits("CNY"), minorDigits("JPY")]).toEqual([2, 0]);
  });

  it("shows a dash for a share of nothing", () => {
    expect(share(9, 37, "en")).toBe("24.3%");
    expect(share(0, 0, "en")).toBe("–");
  });

  it("groups digits", () => {
    expect(count(12_345, "en")).toBe("12,345");
  });
});
