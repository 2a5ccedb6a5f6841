// The objective over two coordinates as a surface with the path of the solve on it: what the worker of the surface draws.

import {
  BufferAttribute,
  BufferGeometry,
  Color,
  DirectionalLight,
  DoubleSide,
  Group,
  HemisphereLight,
  Line,
  LineBasicMaterial,
  Mesh,
  MeshBasicMaterial,
  MeshLambertMaterial,
  PerspectiveCamera,
  Scene,
  SphereGeometry,
  Spherical,
  Vector3,
  WebGLRenderer,
} from 'three';
import type { Landscape } from '../engine/optimize/landscape.ts';

/** As CSS writes them. */
export interface SurfaceColours {
  readonly low: string;
  readonly high: string;
  readonly line: string;
}

export interface SurfaceScene {
  readonly show: (landscape: Landscape, colours: SurfaceColours) => void;
  /** By angles: around the upright axis, and over it. */
  readonly turn: (around: number, over: number) => void;
  /** Farther away by this factor. */
  readonly away: (factor: number) => void;
  /** To a size in CSS pixels. */
  readonly fit: (width: number, height: number, ratio: number) => void;
}

const middle = new Vector3(0, 0.2, 0);

/** Undefined where there is no WebGL. */
export function surfaceScene(canvas: OffscreenCanvas): SurfaceScene | undefined {
  const context = canvas.getContext('webgl2', { antialias: true, alpha: true });
  if (!context) return undefined;
  const renderer = new WebGLRenderer({ canvas, context });
  const scene = new Scene().add(new HemisphereLight(0xffffff, 0x777777, 2.2), new DirectionalLight(0xffffff, 1.4));
  const camera = new PerspectiveCamera(40, 1, 0.1, 20);
  const eye = new Spherical().setFromVector3(new Vector3(1.3, 1.05, 1.7));
  let things = new Group();
  const draw = (): void => {
    camera.position.setFromSpherical(eye).add(middle);
    camera.lookAt(middle);
    renderer.render(scene, camera);
  };
  return {
    show: (landscape, colours) => {
      scene.remove(things);
      forget(things);
      things = thingsOf(landscape, colours);
      scene.add(things);
      draw();
    },
    turn: (around, over) => {
      eye.theta += around;
      eye.phi = Math.min(0.5 * Math.PI, Math.max(0.05, eye.phi + over));
      draw();
    },
    away: (factor) => {
      eye.radius = Math.min(8, Math.max(0.8, eye.radius * factor));
      draw();
    },
    fit: (width, height, ratio) => {
      renderer.setPixelRatio(ratio);
      renderer.setSize(width, height, false);
      camera.aspect = width / height;
      camera.updateProjectionMatrix();
      draw();
    },
  };
}

function forget(group: Group): void {
  group.traverse((thing) => {
    if (!(thing instanceof Mesh || thing instanceof Line)) return;
    thing.geometry.dispose();
    thing.material.dispose();
  });
}

function thingsOf({ x, y, objective, optimum, path }: Landscape, colours: SurfaceColours): Group {
  const [low, high, line] = [new Color(colours.low), new Color(colours.high), new Color(colours.line)];
  const at = surfacePoints(objective);
  const group = new Group().add(new Mesh(surfaceGeometry(objective, at, low, high), new MeshLambertMaterial({ vertexColors: true, side: DoubleSide })));
  const lift = (point: readonly number[]): Vector3 => at(fraction(point[0]!, x), fraction(point[1]!, y)).add(new Vector3(0, 0.012, 0));
  const trail = [...path, optimum].map(lift);
  if (trail.length > 1) group.add(new Line(new BufferGeometry().setFromPoints(trail), new LineBasicMaterial({ color: line })));
  const ball = new Mesh(new SphereGeometry(0.022), new MeshBasicMaterial({ color: line }));
  ball.position.copy(trail.at(-1)!);
  return group.add(ball);
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
