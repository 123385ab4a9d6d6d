// Where a zone of the plan carries its name and its stops.

import type { Shape } from "../../lib/ipc";

type Point = [number, number];

/** The centre of gravity, where a name looks right also in a zone with a cut corner. */
export function middle({ points }: Pick<Shape, "points">): Point {
  let [area, x, y] = [0, 0, 0];
  for (const [at, [x1, y1]] of points.entries()) {
    const [x2, y2] = points[(at + 1) % points.length] ?? [x1, y1];
    const cross = x1 * y2 - x2 * y1;
    area += cross;
    x += (x1 + x2) * cross;
    y += (y1 + y2) * cross;
  }
  // A line has no area; any of its points will do.
  return area === 0 ? (points[0] ?? [0, 0]) : [x / (3 * area), y / (3 * area)];
}

/** The upper left corner of the room it takes, also where the zone itself has that corner cut. */
export function corner({ points }: Pick<Shape, "points">): Point {
  return [Math.min(...points.map(([x]) => x)), Math.min(...points.map(([, y]) => y))];
}

/** The lower right one. */
export function foot({ points }: Pick<Shape, "points">): Point {
  return [Math.max(...points.map(([x]) => x)), Math.max(...points.map(([, y]) => y))];
}

export function outline({ points }: Pick<Shape, "points">): string {
  return points.map((point) => point.join(",")).join(" ");
}
