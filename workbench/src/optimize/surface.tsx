// The objective over two coordinates as a surface that can be turned, with the path of the solve on it.

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { colourOf } from '../parts/colour.ts';
import { useIsDark } from '../parts/media.ts';
import type { Landscape } from '../engine/optimize/landscape.ts';
import type { SurfaceNews, SurfaceOrder } from './surface-worker.ts';

const height = 420;

export function Surface({ landscape }: { readonly landscape: Landscape }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing | undefined>(undefined);
  const [news, setNews] = useState<SurfaceNews>();
  const isDark = useIsDark();
  useEffect(() => {
    const begun = begin(place.current!, setNews);
    drawing.current = begun;
    return begun?.end;
  }, []);
  useEffect(() => {
    const of = place.current!;
    const [low, high, line] = ['--accent', '--number', '--wrong'].map((token) => colourOf(token, of)) as [string, string, string];
    drawing.current?.order({ kind: 'show', landscape, colours: { low, high, line } });
  }, [landscape, isDark]);
  return (
    <>
      {news === 'unable' && <p>this browser draws no surfaces: it has no WebGL for workers</p>}
      <div class="surface" ref={place} role="img" tabIndex={0} data-news={news} aria-label={`the objective over ${landscape.labels.join(' and ')} as a surface; turn it with the pointer or with the arrow keys`} />
    </>
  );
}

interface Drawing {
  readonly order: (order: SurfaceOrder) => void;
  readonly end: () => void;
}

/** A canvas whose pictures come from a worker; undefined where browsers have no such canvas. */
function begin(place: HTMLDivElement, tell: (news: SurfaceNews) => void): Drawing | undefined {
  const canvas = document.createElement('canvas');
  if (!('transferControlToOffscreen' in canvas)) {
    tell('unable');
    return undefined;
  }
  canvas.style.height = `${height}px`;
  place.replaceChildren(canvas);
  const worker = new Worker(new URL('surface-worker.ts', import.meta.url), { type: 'module', name: 'surface' });
  worker.addEventListener('message', ({ data }: MessageEvent<SurfaceNews>) => tell(data));
  const order = (given: SurfaceOrder, transfer: Transferable[] = []): void => worker.postMessage(given, transfer);
  const offscreen = canvas.transferControlToOffscreen();
  order({ kind: 'begin', canvas: offscreen }, [offscreen]);
  const fit = (): void => {
    const width = Math.max(200, place.clientWidth);
    canvas.style.width = `${width}px`;
    order({ kind: 'fit', width, height, ratio: Math.min(2, devicePixelRatio) });
  };
  fit();
  const follow = new ResizeObserver(fit);
  follow.observe(place);
  const release = listen(canvas, place, order);
  return {
    order,
    end: () => {
      release();
      follow.disconnect();
      worker.terminate();
      canvas.remove();
    },
  };
}

/** Turned by arrow keys and by dragging, brought nearer by the wheel and by two fingers. */
function listen(canvas: HTMLCanvasElement, place: HTMLDivElement, order: (order: SurfaceOrder) => void): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  const pointers = new Map<number, { readonly x: number; readonly y: number }>();
  const spread = (): number => {
    const [a, b] = [...pointers.values()];
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  };
  const leave = ({ pointerId }: PointerEvent): void => void pointers.delete(pointerId);
  place.addEventListener(
    'keydown',
    (event) => {
      const [around, over] = { ArrowLeft: [-0.15, 0], ArrowRight: [0.15, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] }[event.key] ?? [];
      if (around === undefined || over === undefined) return;
      event.preventDefault();
      order({ kind: 'turn', around, over });
    },
    { signal },
  );
  canvas.addEventListener(
    'pointerdown',
    (event) => {
      pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      canvas.setPointerCapture(event.pointerId);
    },
    { signal },
  );
  canvas.addEventListener(
    'pointermove',
    (event) => {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      const wide = spread();
      pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (pointers.size > 1) {
        if (wide > 0 && spread() > 0) order({ kind: 'away', factor: wide / spread() });
      } else order({ kind: 'turn', around: (-2 * Math.PI * (event.clientX - before.x)) / height, over: (-2 * Math.PI * (event.clientY - before.y)) / height });
    },
    { signal },
  );
  canvas.addEventListener('pointerup', leave, { signal });
  canvas.addEventListener('pointercancel', leave, { signal });
  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      order({ kind: 'away', factor: 1.001 ** event.deltaY });
    },
    { signal, passive: false },
  );
  return () => listening.abort();
}
