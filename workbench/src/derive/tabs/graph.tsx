// The shared graph: what is used twice stands there once. Wires carry axes.

import './tabs.css';
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Graph, GraphNode } from '../../engine/graph.ts';
import { Asked, useAsked } from '../../parts/asked.tsx';
import { download } from '../../parts/download.ts';
import { drawingText } from '../../parts/drawing.ts';
import { Inline, lit } from '../../parts/math.tsx';
import { useWorkbench } from '../../state/workbench.ts';

export function GraphTab(): JSX.Element {
  const state = useAsked('graph', useWorkbench().settled);
  return <Asked state={state}>{(graph) => <Drawing graph={graph} />}</Asked>;
}

const [column, row, high, margin] = [132, 78, 30, 70];

function Drawing({ graph: { nodes, wires, layers, widest, left } }: { readonly graph: Graph }): JSX.Element {
  const chosen = useSignal<number | undefined>(undefined);
  const picture = useRef<SVGSVGElement>(null);
  const width = Math.max(4, widest) * column + margin;
  const height = layers * row + high;
  const x = (n: GraphNode): number => width / 2 + n.place * column;
  const y = (n: GraphNode): number => height - high - n.layer * row;
  const isNear = (id: number): boolean => id === chosen.value || wires.some((w) => (w.from === id && w.to === chosen.value) || (w.to === id && w.from === chosen.value));
  const shown = chosen.value === undefined ? nodes.find((n) => n.root === 'derivative') : nodes[chosen.value];
  const chosenMath = chosen.value === undefined ? undefined : nodes[chosen.value]?.mathml;
  useEffect(() => {
    const answer = document.querySelector('main .answer');
    return chosenMath === undefined || !answer ? undefined : lit(answer, chosenMath);
  }, [chosenMath]);
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
          {wires.map(({ from, to, axes }, i) => {
            const [a, b] = [nodes[from]!, nodes[to]!];
            const isChosen = chosen.value === from || chosen.value === to;
            const middle = [(x(a) + x(b)) / 2, (y(a) + y(b)) / 2] as const;
            return (
              <g key={i} class={isChosen ? 'wire lit' : 'wire'}>
                <path d={`M${x(a)} ${y(a) - high / 2} C${x(a)} ${middle[1]} ${x(b)} ${middle[1]} ${x(b)} ${y(b) + high / 2}`} style={`stroke-width:${axes.length === 0 ? 1 : axes.length * 1.5}px`} />
                {axes.length > 0 && (
                  <text x={middle[0]} y={middle[1]} dy="0.3em">
                    {axes.join(', ')}
                  </text>
                )}
              </g>
            );
          })}
          {nodes.map((n) => (
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
              <rect x={x(n) - 56} y={y(n) - high / 2} width={112} height={high} rx={n.kind === 'variable' ? high / 2 : 4} />
              <text x={x(n)} y={y(n)} dy="0.33em">
                {clipped(n.label)}
              </text>
            </g>
          ))}
        </svg>
      </div>
      <button type="button" onClick={() => picture.current && download('graph.svg', drawingText(picture.current), 'image/svg+xml')}>
        download graph.svg
      </button>
    </div>
  );
}

const longest = 300;

function clipped(label: string): string {
  return label.length > 14 ? `${label.slice(0, 13)}…` : label;
}
