/** The connected components of 0 … count-1 under a symmetric relation. */
export function components(count: number, linked: (i: number, k: number) => boolean): number[][] {
  const left = new Set(Array(count).keys());
  const found: number[][] = [];
  for (const start of left) {
    const component = [start];
    left.delete(start);
    for (const i of component) {
      for (const k of left) {
        if (!linked(i, k)) continue;
        component.push(k);
        left.delete(k);
      }
    }
    found.push(component);
  }
  return found;
}
