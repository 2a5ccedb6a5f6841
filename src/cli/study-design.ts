// `ricci study position-bias --design …`: what may move, and within what.

import { listed } from '../base/words.ts';
import type { DesignOptions, Movable } from '../studies/position-bias/design.ts';
import { type Given, type Options, UsageError } from './args.ts';

export const designOptions: Options = {
  design: { value: 'NAMES', says: 'move these towards a profile without a valley, by the solver: residual, slopes, diagonal, temperature, with commas' },
  goal: { value: 'GOAL', oneOf: ['even', 'valley'], says: 'of the design: as even a profile as can be, or no position below both of its sides' },
  bounds: { value: 'NAME=LOW:HIGH', says: 'of the design; may be repeated' },
  'keep-residual': { says: 'the design leaves the sum of λ as it is' },
  'primacy-at-least': { value: 'MASS', says: 'the design leaves the first quarter so much' },
  'recency-at-least': { value: 'MASS', says: 'the design leaves the last quarter so much' },
};

const movables: Readonly<Record<string, Movable>> = { residual: 'residual', slopes: 'slope', diagonal: 'diagonal', temperature: 'temperature' };

/** Undefined where no design is asked for. */
export function designFrom(given: Given): Omit<DesignOptions, 'query'> | undefined {
  const names = given.last('design');
  if (names === undefined) {
    const lonely = Object.keys(designOptions).find((name) => given.has(name));
    if (lonely !== undefined) throw new UsageError(`--${lonely} is for a design`, `add --design slopes,residual, or leave --${lonely} out`);
    return undefined;
  }
  const goal = given.last('goal') as 'even' | 'valley' | undefined;
  const [primacy, recency] = ['primacy-at-least', 'recency-at-least'].map((name) => massOf(given, name));
  return {
    vary: [...new Set(names.split(',').map(movableOf))],
    ...(goal && { goal }),
    bounds: Object.fromEntries(given.all('bounds').map(boundsOf)),
    keepResidual: given.has('keep-residual'),
    ...(primacy !== undefined && { primacyAtLeast: primacy }),
    ...(recency !== undefined && { recencyAtLeast: recency }),
  };
}

function movableOf(name: string): Movable {
  const found = movables[name.trim()];
  if (!found) throw new UsageError(`a design cannot move ${JSON.stringify(name)}`, `choose among ${listed(Object.keys(movables), 'and')}`);
  return found;
}

function boundsOf(text: string): [Movable, [number, number]] {
  const [, name = '', low = '', high = ''] = /^([a-z]+)=([^:]+):([^:]+)$/.exec(text) ?? [];
  if (name === '' || Number.isNaN(Number(low)) || Number.isNaN(Number(high))) throw new UsageError(`${JSON.stringify(text)} gives no bounds`, 'write --bounds slopes=0.001:1');
  return [movableOf(name), [Number(low), Number(high)]];
}

function massOf(given: Given, name: string): number | undefined {
  const text = given.last(name);
  if (text === undefined) return undefined;
  if (text.trim() === '' || Number.isNaN(Number(text))) throw new UsageError(`--${name} is a number`, `write --${name} 0.3`);
  return Number(text);
}
