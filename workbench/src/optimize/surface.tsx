// The objective over two coordinates as a surface that can be turned, with the path of the solve on it.

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import {
  BufferAttribute,
  BufferGeometry,
  Color,
  DirectionalLight,
  DoubleSide,
  HemisphereLight,
  Line,
  LineBasicMaterial,
  Mesh,
  MeshBasicMaterial,
  MeshLambertMaterial,
  PerspectiveCamera,
  Scene,
  SphereGeometry,
  Vector3,
  WebGLRenderer,
} from 'three';
import { OrbitControls } from 'three/examples/jsm/controls/OrbitControls.js';
import { colourOf } from '../parts/colour.ts';
import { useIsDark } from '../parts/media.ts';
import type { Landscape } from '../engine/optimize/landscape.ts';

export interface SurfaceProps {
  readonly landscape: Landscape;
}

const height = 420;

export function Surface({ landscape }: SurfaceProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const isDark = useIsDark();
  useEffect(() => drawn(place.current!, landscape), [landscape, isDark]);
  return <div class="surface" ref={place} role="img" tabIndex={0} aria-label={`the objective over ${landscape.labels.join(' and ')} as a surface; turn it with the pointer or with the arrow keys`} />;
}

/** Draws until the function it gives is called. */
function drawn(place: HTMLDivElement, { x, y, objective, optimum, path }: Landscape): () => void {
  const context = document.createElement('canvas').getContext('webgl2', { antialias: true, alpha: true });
  if (!context) {
    place.textContent = 'this browser draws no surfaces: it has no WebGL';
    return () => {};
  }
  const renderer = new WebGLRenderer({ canvas: context.canvas as HTMLCanvasElement, context });
  const [low, high, line] = ['--accent', '--number', '--wrong'].map((token) => new Color(colourOf(token, place))) as [Color, Color, Color];
  const at = surfacePoints(objective);
  const scene = new Scene().add(new HemisphereLight(0xffffff, 0x777777, 2.2), new DirectionalLight(0xffffff, 1.4));
  scene.add(new Mesh(surfaceGeometry(objective, at, low, high), new MeshLambertMaterial({ vertexColors: true, side: DoubleSide })));
  const lift = (point: readonly number[]): Vector3 => at(fraction(point[0]!, x), fraction(point[1]!, y)).add(new Vector3(0, 0.012, 0));
  const trail = [...path, optimum].map(lift);
  if (trail.length > 1) scene.add(new Line(new BufferGeometry().setFromPoints(trail), new LineBasicMaterial({ color: line })));
  const ball = new Mesh(new SphereGeometry(0.022), new MeshBasicMaterial({ color: line }));
  ball.position.copy(trail.at(-1)!);
  scene.add(ball);

  const camera = new PerspectiveCamera(40, 1, 0.1, 20);
  camera.position.set(1.3, 1.25, 1.7);
  const controls = new OrbitControls(camera, renderer.domElement);
  controls.target.set(0, 0.2, 0);
  controls.enablePan = false;
  const draw = (): void => renderer.render(scene, camera);
  const fit = (): void => {
    const width = Math.max(200, place.clientWidth);
    renderer.setPixelRatio(Math.min(2, devicePixelRatio));
    renderer.setSize(width, height);
    camera.aspect = width / height;
    camera.updateProjectionMatrix();
    controls.update();
    draw();
  };
  // Arrow keys turn around the upright axis and over it.
  const turn = (event: KeyboardEvent): void => {
    const [around, over] = { ArrowLeft: [-0.15, 0], ArrowRight: [0.15, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] }[event.key] ?? [];
    if (around === undefined || over === undefined) return;
    event.preventDefault();
    const arm = camera.position.clone().sub(controls.target).applyAxisAngle(new Vector3(0, 1, 0), around);
    arm.setY(Math.min(2.4, Math.max(0.05, arm.y - over * 4)));
    camera.position.copy(controls.target).add(arm);
    controls.update();
    draw();
  };
  controls.addEventListener('change', draw);
  place.addEventListener('keydown', turn);
  const follow = new ResizeObserver(fit);
  follow.observe(place);
  place.replaceChildren(renderer.domElement);
  fit();
  return () => {
    follow.disconnect();
    place.removeEventListener('keydown', turn);
    controls.dispose();
    renderer.dispose();
    renderer.forceContextLoss();
  };
}

type At = (u: number, v: number) => Vector3;

/** Points of the surface in the cube of side one, by fractions of the window; heights are compressed, so that steep ones do not hide flat ones. */
function surfacePoints(objective: Landscape['objective']): At {
  const values = objective.flatMap((row) => [...row]).filter(Number.isFinite);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const rise = (value: number): number => (most > least ? 0.7 * ((value - least) / (most - least)) ** 0.5 : 0);
  return (u, v) => {
    const [row, column] = [v * (objective.length - 1), u * (objective[0]!.length - 1)];
    return new Vector3(u - 0.5, rise(between(objective, row, column) ?? least), 0.5 - v);
  };
}

/** Bilinear interpolation; undefined where a corner is no number. */
function between(grid: Landscape['objective'], row: number, column: number): number | undefined {
  const [i, j] = [Math.min(grid.length - 2, Math.max(0, Math.floor(row))), Math.min(grid[0]!.length - 2, Math.max(0, Math.floor(column)))];
  const [s, t] = [row - i, column - j];
  const value = (1 - s) * ((1 - t) * grid[i]![j]! + t * grid[i]![j + 1]!) + s * ((1 - t) * grid[i + 1]![j]! + t * grid[i + 1]![j + 1]!);
  return Number.isFinite(value) ? value : undefined;
}

function surfaceGeometry(objective: Landscape['objective'], at: At, low: Color, high: Color): BufferGeometry {
  const [rows, columns] = [objective.length, objective[0]!.length];
  const points = objective.flatMap((_, i) => Array.from({ length: columns }, (_unused, j) => at(j / (columns - 1), i / (rows - 1))));
  const isThere = (k: number): boolean => Number.isFinite(objective[Math.floor(k / columns)]![k % columns]);
  const faces: number[] = [];
  for (let i = 0; i + 1 < rows; i++) {
    for (let j = 0; j + 1 < columns; j++) {
      const corners = [i * columns + j, i * columns + j + 1, (i + 1) * columns + j, (i + 1) * columns + j + 1] as const;
      if (corners.every(isThere)) faces.push(corners[0], corners[1], corners[2], corners[1], corners[3], corners[2]);
    }
  }
  const colours = points.flatMap((p) => low.clone().lerp(high, p.y / 0.7).toArray());
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(new Float32Array(points.flatMap((p) => p.toArray())), 3));
  geometry.setAttribute('color', new BufferAttribute(new Float32Array(colours), 3));
  geometry.setIndex(faces);
  geometry.computeVertexNormals();
  return geometry;
}

function fraction(value: number, ticks: readonly number[]): number {
  return Math.min(1, Math.max(0, (value - ticks[0]!) / (ticks.at(-1)! - ticks[0]!)));
}
