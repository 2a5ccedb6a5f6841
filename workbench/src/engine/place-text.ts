// Where an entry stands, counted from 1.

/** Such as `[2, 3]` for an index row by row from 0; empty for a number. */
export function placeText(index: number, shape: readonly number[]): string {
  const places: number[] = [];
  let rest = index;
  for (const size of shape.toReversed()) {
    places.unshift((rest % size) + 1);
    rest = Math.floor(rest / size);
  }
  return places.length === 0 ? '' : `[${places.join(', ')}]`;
}
