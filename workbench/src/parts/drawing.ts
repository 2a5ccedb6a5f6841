// A drawing of the page as a file of its own: what style sheets say of it is written into it.

const kept = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-dasharray', 'vector-effect', 'font-family', 'font-size', 'font-weight', 'text-anchor', 'paint-order'];

/** The SVG text of an element that is shown. */
export function drawingText(svg: SVGElement): string {
  const copy = svg.cloneNode(true) as SVGElement;
  const [shown, written] = [[svg, ...svg.querySelectorAll('*')], [copy, ...copy.querySelectorAll('*')]];
  shown.forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const name of kept) written[i]!.setAttribute(name, style.getPropertyValue(name));
    written[i]!.removeAttribute('class');
    written[i]!.removeAttribute('style');
  });
  return new XMLSerializer().serializeToString(copy);
}
