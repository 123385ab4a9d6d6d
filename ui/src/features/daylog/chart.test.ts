import { describe, expect, it } from "vitest";
import { hourBars, reasonBars } from "./chart";

describe("hourBars", () => {
  it("fills quiet hours and scales to the busiest one", () => {
    const bars = hourBars(
      [
        { hour: 10, parties: 2, bought: 1 },
        { hour: 18, parties: 4, bought: 0 },
      ],
      90,
      100,
    );
    expect(bars.map((bar) => bar.hour)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18]);
    expect(bars[0]).toMatchObject({ partiesHeight: 50, boughtHeight: 25 });
    expect(bars[8]).toMatchObject({ partiesHeight: 100, boughtHeight: 0 });
  });

  it("draws nothing for a day without visits and stops at midnight", () => {
    expect(hourBars([{ hour: 9, parties: 0, bought: 0 }], 90, 100)).toEqual([]);
    expect(hourBars([{ hour: 22, parties: 1, bought: 0 }], 80, 100).at(-1)?.hour).toBe(23);
  });
});

it("orders reasons by how often they were given", () => {
  const bars = reasonBars([
    { code: "price", count: 3 },
    { code: "size", count: 6 },
    { code: "wait", count: 0 },
  ]);
  expect(bars).toEqual([
    { code: "size", count: 6, share: 1 },
    { code: "price", count: 3, share: 0.5 },
  ]);
});
