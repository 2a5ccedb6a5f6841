// A capsule network as data, and how one is read from a configuration.

import { type Diagnostic, RicciError } from '../../base/diagnostic.ts';

export interface Architecture {
  /** Side of the square image, in pixels. */
  readonly side: number;
  /** Linear features of square patches, positive parts taken: a convolution. */
  readonly features: { readonly patch: number; readonly stride: number; readonly count: number };
  /** At each position so many capsules, linear in the features there, squashed. */
  readonly primary: { readonly types: number; readonly dim: number };
  /** From below to the top, whose capsules are the classes. */
  readonly layers: readonly CapsuleLayer[];
  readonly routing: Routing;
  readonly init: Init;
  /** A vector added to the sum before squashing, one for each capsule. */
  readonly bias: boolean;
}

export interface CapsuleLayer {
  readonly capsules: number;
  readonly dim: number;
}

export interface Routing {
  /** By agreement, or all couplings equal whatever the input. */
  readonly kind: 'agreement' | 'uniform';
  readonly iterations: number;
  /** Whether derivatives go through the couplings, or take them as given. */
  readonly gradient: 'through' | 'stopped';
}

/**
 * sd      of all entries of all transformation matrices
 * scaled  by layers, so that each has this c (see `mean-field.ts`)
 */
export type Init = { readonly kind: 'sd'; readonly sd: number } | { readonly kind: 'scaled'; readonly c: number };

export const defaults: Architecture = {
  side: 14,
  features: { patch: 5, stride: 3, count: 32 },
  primary: { types: 2, dim: 8 },
  layers: [
    { capsules: 16, dim: 8 },
    { capsules: 16, dim: 8 },
    { capsules: 10, dim: 8 },
  ],
  routing: { kind: 'agreement', iterations: 3, gradient: 'through' },
  init: { kind: 'sd', sd: 0.1 },
  bias: false,
};

/** Patches along one side of the image. */
export function positionsAlong({ side, features: { patch, stride } }: Pick<Architecture, 'side' | 'features'>): number {
  return Math.floor((side - patch) / stride) + 1;
}

export function primaryCount(a: Architecture): number {
  return positionsAlong(a) ** 2 * a.primary.types;
}

/** Children, parents and dimensions of each routing layer. */
export interface LayerSizes {
  readonly children: number;
  readonly childDim: number;
  readonly parents: number;
  readonly dim: number;
}

export function layerSizes(a: Architecture): LayerSizes[] {
  return a.layers.map((layer, l) => {
    const below = a.layers[l - 1];
    return {
      children: below?.capsules ?? primaryCount(a),
      childDim: below?.dim ?? a.primary.dim,
      parents: layer.capsules,
      dim: layer.dim,
    };
  });
}

/**
 * An architecture from parsed YAML or JSON; what is left out is as in `defaults`. Layers may be a list, or
 * `depth`, `capsules`, `dim` and `classes`. Throws a `RicciError` that lists everything that cannot be.
 *
 * @example readArchitecture({ depth: 3, init: { sd: 0.1 } }).layers.length // 3
 */
export function readArchitecture(given: unknown): Architecture {
  const found: Diagnostic[] = [];
  const reader = readerOf(found);
  const top = reader.fields(given, 'the architecture', ['side', 'features', 'primary', 'layers', 'depth', 'capsules', 'dim', 'classes', 'routing', 'init', 'bias']);
  const features = reader.fields(top['features'], 'features', ['patch', 'stride', 'count']);
  const primary = reader.fields(top['primary'], 'primary', ['types', 'dim']);
  const routing = reader.fields(top['routing'], 'routing', ['kind', 'iterations', 'gradient']);
  const d = defaults;
  const made: Architecture = {
    side: reader.whole(top['side'], 'side', d.side, 4, 64),
    features: {
      patch: reader.whole(features['patch'], 'features.patch', d.features.patch, 1, 64),
      stride: reader.whole(features['stride'], 'features.stride', d.features.stride, 1, 64),
      count: reader.whole(features['count'], 'features.count', d.features.count, 1, 1024),
    },
    primary: {
      types: reader.whole(primary['types'], 'primary.types', d.primary.types, 1, 64),
      dim: reader.whole(primary['dim'], 'primary.dim', d.primary.dim, 1, 128),
    },
    layers: layersFrom(top, reader),
    routing: {
      kind: reader.oneOf(routing['kind'], 'routing.kind', ['agreement', 'uniform'], d.routing.kind),
      iterations: reader.whole(routing['iterations'], 'routing.iterations', d.routing.iterations, 1, 10),
      gradient: reader.oneOf(routing['gradient'], 'routing.gradient', ['through', 'stopped'], d.routing.gradient),
    },
    init: initFrom(top['init'], reader),
    bias: reader.flag(top['bias'], 'bias', d.bias),
  };
  if (made.features.patch > made.side) found.push(bad('features.patch', `at most the side of the image, ${made.side}`, made.features.patch));
  if (found.length > 0) throw new RicciError(found);
  return made;
}

function layersFrom(top: Record<string, unknown>, reader: Reader): CapsuleLayer[] {
  const { layers } = top;
  const layer = (of: unknown, name: string): CapsuleLayer => {
    const fields = reader.fields(of, name, ['capsules', 'dim']);
    return { capsules: reader.whole(fields['capsules'], `${name}.capsules`, 16, 2, 1024), dim: reader.whole(fields['dim'], `${name}.dim`, 8, 1, 128) };
  };
  if (Array.isArray(layers)) {
    if (layers.length === 0 || layers.length > 12) reader.wrong('layers', 'from 1 to 12 layers', layers.length);
    for (const key of ['depth', 'capsules', 'dim', 'classes']) if (top[key] !== undefined) reader.wrong(key, 'either layers, or depth, capsules, dim and classes', top[key]);
    return layers.map((one, l) => layer(one, `layers[${l}]`));
  }
  if (layers !== undefined) reader.wrong('layers', 'a list', layers);
  const depth = reader.whole(top['depth'], 'depth', defaults.layers.length, 1, 12);
  const capsules = reader.whole(top['capsules'], 'capsules', 16, 2, 1024);
  const dim = reader.whole(top['dim'], 'dim', 8, 1, 128);
  const classes = reader.whole(top['classes'], 'classes', 10, 2, 1024);
  return Array.from({ length: depth }, (_, l) => ({ capsules: l === depth - 1 ? classes : capsules, dim }));
}

function initFrom(given: unknown, reader: Reader): Init {
  const init = reader.fields(given, 'init', ['sd', 'c']);
  if (init['sd'] !== undefined && init['c'] !== undefined) reader.wrong('init', 'sd or c, not both', given);
  if (init['c'] !== undefined) return { kind: 'scaled', c: reader.positive(init['c'], 'init.c') };
  return init['sd'] === undefined ? defaults.init : { kind: 'sd', sd: reader.positive(init['sd'], 'init.sd') };
}

interface Reader {
  readonly fields: (of: unknown, name: string, known: readonly string[]) => Record<string, unknown>;
  readonly whole: (of: unknown, name: string, otherwise: number, least: number, most: number) => number;
  readonly positive: (of: unknown, name: string) => number;
  readonly flag: (of: unknown, name: string, otherwise: boolean) => boolean;
  readonly oneOf: <T extends string>(of: unknown, name: string, list: readonly T[], otherwise: T) => T;
  readonly wrong: (name: string, needed: string, of: unknown) => void;
}

function readerOf(found: Diagnostic[]): Reader {
  const wrong = (name: string, needed: string, of: unknown): void => void found.push(bad(name, needed, of));
  return {
    wrong,
    fields: (of, name, known) => {
      if (of === undefined || of === null) return {};
      if (typeof of !== 'object' || Array.isArray(of)) {
        wrong(name, `fields such as ${known.slice(0, 3).join(', ')}`, of);
        return {};
      }
      for (const key of Object.keys(of)) if (!known.includes(key)) wrong(name === 'the architecture' ? key : `${name}.${key}`, `one of ${known.join(', ')}`, key);
      return of as Record<string, unknown>;
    },
    whole: (of, name, otherwise, least, most) => {
      if (of === undefined) return otherwise;
      if (typeof of === 'number' && Number.isInteger(of) && of >= least && of <= most) return of;
      wrong(name, `a whole number from ${least} to ${most}`, of);
      return otherwise;
    },
    positive: (of, name) => {
      if (typeof of === 'number' && of > 0 && of < 1e6) return of;
      wrong(name, 'a positive number', of);
      return 1;
    },
    flag: (of, name, otherwise) => {
      if (of === undefined || typeof of === 'boolean') return of ?? otherwise;
      wrong(name, 'true or false', of);
      return otherwise;
    },
    oneOf: (of, name, list, otherwise) => {
      if (of === undefined) return otherwise;
      const known = list.find((one) => one === of);
      if (known === undefined) wrong(name, `one of ${list.join(', ')}`, of);
      return known ?? otherwise;
    },
  };
}

function bad(name: string, needed: string, of: unknown): Diagnostic {
  return {
    code: 'bad-data',
    severity: 'error',
    message: `${name} cannot be ${JSON.stringify(of)}`,
    span: [0, 0],
    needed,
    found: JSON.stringify(of) ?? 'nothing',
    help: `change or leave out ${name}`,
  };
}
