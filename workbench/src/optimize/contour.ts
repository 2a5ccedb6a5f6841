// Level lines of a grid by marching squares (Lorensen and Cline, SIGGRAPH 1987, in two dimensions).

export interface Segment {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
}

/** Segments in units of the grid: (0, 0) is the first entry of the first row. Cells with a value that is no number have none. */
export function levelLines(grid: readonly Float64Array[], level: number): Segment[] {
  const segments: Segment[] = [];
  for (let row = 0; row + 1 < grid.length; row++) {
    const [low, high] = [grid[row]!, grid[row + 1]!];
    for (let column = 0; column + 1 < low.length; column++) {
      const corners = [low[column]!, low[column + 1]!, high[column + 1]!, high[column]!] as const;
      if (!corners.every(Number.isFinite)) continue;
      const crossings = sides.flatMap(([a, b], side) => (corners[a] < level === corners[b] < level ? [] : [{ side, at: along(side, (level - corners[a]) / (corners[b] - corners[a]), column, row) }]));
      // In a saddle the value in the middle says which corners belong together.
      const isSaddle = crossings.length === 4;
      const middle = corners.reduce((sum, v) => sum + v, 0) / 4;
      const pairs = !isSaddle ? [[0, 1]] : middle < level === corners[0] < level ? [[0, 1], [2, 3]] : [[0, 3], [1, 2]];
      for (const [a, b] of pairs) if (crossings[a!] && crossings[b!]) segments.push({ from: crossings[a!]!.at, to: crossings[b!]!.at });
    }
  }
  return segments;
}

const sides = [[0, 1], [1, 2], [2, 3], [3, 0]] as const;

function along(side: number, t: number, column: number, row: number): readonly [number, number] {
  return ([[column + t, row], [column + 1, row + t], [column + 1 - t, row + 1], [column, row + 1 - t]] as const)[side]!;
}

/** Levels between the least and the largest value, closer together near the least, where optima are. */
export function levelsOf(grid: readonly Float64Array[], count: number): number[] {
  const values = grid.flatMap((row) => [...row]).filter(Number.isFinite);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return values.length === 0 || least === most ? [] : Array.from({ length: count }, (_, i) => least + (most - least) * ((i + 1) / (count + 1)) ** 2.5);
}
