// Colours of the style sheets for drawings that are not made of elements.

/** A token such as `--accent` as the browser computes it in the theme of now. */
export function colourOf(token: string, place: HTMLElement = document.body): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  place.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}
