import { expect, it } from "vitest";
import { dayAt, dayToCome, plusDays, quickDays } from "./follow-up";

it("names the day the store has, not the machine", () => {
  const evening = Date.parse("2026-11-23T16:30:00Z");
  expect(dayAt(evening, "Asia/Shanghai")).toBe("2026-11-24");
  expect(dayAt(evening, "America/New_York")).toBe("2026-11-23");
});

it("names some day even where the machine does not know the zone", () => {
  expect(dayAt(0, "Nowhere/At_All")).toMatch(/^\d{4}-\d{2}-\d{2}$/);
});

it("counts over the end of a month and of a year", () => {
  expect(plusDays("2026-12-31", 1)).toBe("2027-01-01");
  expect(plusDays("2028-02-28", 1)).toBe("2028-02-29");
});

it("offers tomorrow, the day after, the next Saturday and a week from now", () => {
  expect(quickDays("2026-11-24").map(({ day }) => day)).toEqual([
    "2026-11-25",
    "2026-11-26",
    "2026-11-28",
    "2026-12-01",
  ]);
});

it("means the coming Saturday, never today", () => {
  const saturday = (today: string) => quickDays(today).find(({ id }) => id === "saturday")?.day;
  expect(saturday("2026-11-28")).toBe("2026-12-05");
  expect(saturday("2026-11-29")).toBe("2026-12-05");
  expect(saturday("2026-11-27")).toBe("2026-11-28");
});

it("takes only a whole date that is still to come", () => {
  expect(dayToCome("2026-11-25", "2026-11-24")).toBe("2026-11-25");
  for (const text of ["", "2026-11-24", "2020-01-01", "tomorrow", "2026-13-01"]) {
    expect(dayToCome(text, "2026-11-24")).toBeNull();
  }
});
