/** The connected components of 0 … count-1 under a symmetric relation. */
export function components(count: number, linked: (i: number, k: number) => boolean): number[][] {
  const isTaken: boolean[] = Array(count).fill(false);
  const found: number[][] = [];
  for (let start = 0; start < count; start++) {
    if (isTaken[start]) continue;
    const component = [start];
    for (const i of component) {
      for (let k = start + 1; k < count; k++) {
        if (isTaken[k] || !linked(i, k)) continue;
        component.push(k);
        isTaken[k] = true;
      }
    }
    found.push(component);
  }
  return found;
}
