// The shared graph: what is used twice stands there once. Wires carry axes.

import './tabs.css';
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Graph, GraphNode, GraphWire } from '../../engine/graph.ts';
import { Asked, useAsked } from '../../parts/asked.tsx';
import { download } from '../../parts/download.ts';
import { drawingText } from '../../parts/drawing.ts';
import { Inline, lit } from '../../parts/math.tsx';
import { useWorkbench } from '../../state/workbench.ts';

export function GraphTab(): JSX.Element {
  const state = useAsked('graph', useWorkbench().settled);
  return <Asked state={state}>{(graph) => <Drawing graph={graph} />}</Asked>;
}

// In pixels: a character, a layer, a node, and what lies around the drawing.
const [character, layer, high, margin] = [6.7, 92, 42, 26];

function Drawing({ graph: { nodes, wires, layers, width: characters, left } }: { readonly graph: Graph }): JSX.Element {
  const chosen = useSignal<number | undefined>(undefined);
  const picture = useRef<SVGSVGElement>(null);
  const width = characters * character + 2 * margin;
  const height = (layers - 1) * layer + high + 2 * margin;
  const place = ({ x, layer: k }: GraphNode['at']): Place => ({ x: margin + x * character, y: height - margin - high / 2 - k * layer });
  const isNear = (id: number): boolean => id === chosen.value || wires.some((w) => (w.from === id && w.to === chosen.value) || (w.to === id && w.from === chosen.value));
  const shown = chosen.value === undefined ? nodes.find((n) => n.root === 'derivative') : nodes[chosen.value];
  const chosenMath = chosen.value === undefined ? undefined : nodes[chosen.value]?.mathml;
  useEffect(() => {
    const answer = document.querySelector('main .answer');
    return chosenMath === undefined || !answer ? undefined : lit(answer, chosenMath);
  }, [chosenMath]);
  const ports = useMemo(() => portsOf(nodes, wires), [nodes, wires]);
  return (
    <div class="stack">
      <p class="chosen" aria-live="polite">
        {shown && (
          <>
            {shown.text.length > longest ? <code>{shown.text}</code> : <Inline mathml={shown.mathml} label={shown.text} />} <span class="rule">{[shown.type, shown.cost && `${shown.cost} multiplications`, shown.root].filter(Boolean).join(', ')}</span>
          </>
        )}
      </p>
      {left > 0 && <p>The graph has {left} more nodes below these.</p>}
      <div class="scroll graph" tabIndex={0} role="region" aria-label="expression graph">
        <svg ref={picture} viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="group" aria-label={`graph of ${nodes.length} nodes`}>
          {wires.map((wire, i) => {
            const isChosen = chosen.value === wire.from || chosen.value === wire.to;
            const [from, to] = [place(nodes[wire.from]!.at), place(nodes[wire.to]!.at)];
            const way = [{ x: from.x, y: from.y - high / 2 }, ...wire.bends.map(place), { x: to.x + ports[i]! * character, y: to.y + high / 2 }];
            return <Wire key={i} way={way} axes={wire.axes} isChosen={isChosen} />;
          })}
          {nodes.map((n) => {
            const { x, y } = place(n.at);
            const half = (n.width * character) / 2;
            return (
              <g
                key={n.id}
                class={['node', n.kind, n.root ?? '', isNear(n.id) ? 'near' : ''].join(' ')}
                tabIndex={0}
                role="img"
                aria-label={`${n.root ? `${n.root}: ` : ''}${n.text}, ${n.type}`}
                onMouseEnter={() => (chosen.value = n.id)}
                onMouseLeave={() => (chosen.value = undefined)}
                onFocus={() => (chosen.value = n.id)}
                onBlur={() => (chosen.value = undefined)}
              >
                <rect x={x - half} y={y - high / 2} width={2 * half} height={high} rx={n.kind === 'variable' ? high / 2 : 6} />
                <text class="label" x={x} y={y - 4}>
                  {n.label}
                </text>
                <text class="says" x={x} y={y + 13}>
                  {n.says}
                </text>
                {n.root && (
                  <text class="root" x={x} y={y - high / 2 - 8}>
                    {n.root}
                  </text>
                )}
              </g>
            );
          })}
        </svg>
      </div>
      <p class="rule">A line for each axis; dashed where a number runs. What stands below is used above.</p>
      <button type="button" onClick={() => picture.current && download('graph.svg', drawingText(picture.current), 'image/svg+xml')}>
        download graph.svg
      </button>
    </div>
  );
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** One line for each axis, beside each other. */
function Wire({ way, axes, isChosen }: { readonly way: readonly Place[]; readonly axes: readonly string[]; readonly isChosen: boolean }): JSX.Element {
  const label = onCurve(way[0]!, way[1]!, 0.4);
  return (
    <g class={isChosen ? 'wire lit' : 'wire'}>
      {axes.length === 0 ? <path class="number" d={curve(way, 0)} /> : axes.map((_, k) => <path key={k} d={curve(way, (k - (axes.length - 1) / 2) * apart)} />)}
      {axes.length > 0 && (
        <text x={label.x} y={label.y} dy="0.3em">
          {axes.join(', ')}
        </text>
      )}
    </g>
  );
}

const apart = 4;

function curve(way: readonly Place[], aside: number): string {
  return way
    .map(({ x, y }, i) => {
      const before = way[i - 1];
      if (!before) return `M${x + aside} ${y}`;
      const middle = (before.y + y) / 2;
      return `C${before.x + aside} ${middle} ${x + aside} ${middle} ${x + aside} ${y}`;
    })
    .join('');
}

/** A point of the first piece of a wire. */
function onCurve(from: Place, to: Place, t: number): Place {
  const s = 1 - t;
  const [atFrom, atTo] = [s ** 3 + 3 * s * s * t, 3 * s * t * t + t ** 3];
  // Both inner control points lie half way up.
  const middle = (from.y + to.y) / 2;
  return { x: atFrom * from.x + atTo * to.x, y: s ** 3 * from.y + (3 * s * s * t + 3 * s * t * t) * middle + t ** 3 * to.y };
}

/** Where wires end below a node, from its middle, in characters: side by side, in the order in which they come. */
function portsOf(nodes: readonly GraphNode[], wires: readonly GraphWire[]): number[] {
  const ports: number[] = [];
  const comesFrom = ({ from, bends }: GraphWire): number => (bends.at(-1) ?? nodes[from]!.at).x;
  for (const [to, list] of Map.groupBy(wires.keys(), (i) => wires[i]!.to)) {
    const sorted = list.toSorted((a, b) => comesFrom(wires[a]!) - comesFrom(wires[b]!));
    const step = Math.min(3, (0.7 * nodes[to]!.width) / sorted.length);
    sorted.forEach((wire, i) => (ports[wire] = (i - (sorted.length - 1) / 2) * step));
  }
  return ports;
}

const longest = 300;
