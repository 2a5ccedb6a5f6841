// Kinds of names that are not declared: by first letter; where that does not fit, by the fewest changes that do.

import { type NameUse, defaultOrder } from './names.ts';
import { type Syntax, partsOf } from './syntax.ts';
import { type Input, type Orders, type Reading, typeInput } from './typing.ts';

// Enough for three changed names among ten; long inputs get fewer attempts.
const maxAttempts = 250;
const maxVisits = 15_000;

export function infer(input: Input): Reading {
  const free = input.uses.filter((u) => !input.declared.has(u.name) && !input.data.has(u.name));
  let orders: Orders = new Map(input.uses.map((use) => [use.name, firstOrder(use, input)]));
  let reading = typeInput(input, orders);
  if (reading.firm > 0) return reading;
  const attempts = Math.min(maxAttempts, Math.ceil(maxVisits / (reading.typing.types.size + 1)));
  const start = orders;
  if (reading.errors > 0) {
    let left = attempts;
    for (const changes of changesOf(free, start, tensorOrders(input))) {
      if (left-- <= 0) break;
      const candidate: Orders = new Map([
        ...start,
        ...changes.map(([name, order]) => [name, { order, how: 'inferred' }] as const),
      ]);
      const next = typeInput(input, candidate);
      if (next.errors > 0) continue;
      [reading, orders] = [next, candidate];
      break;
    }
    if (reading.errors > 0) return reading;
  }
  return withoutDoubts(input, orders, reading);
}

/** Changes only names whose use is doubtful, and only where that is doubtful no more and no more uses are. */
function withoutDoubts(input: Input, start: Orders, first: Reading): Reading {
  let [orders, reading] = [start, first];
  // A name with a second place, as in x-mean(x), has more to say for its letter than one sum against it.
  const once = new Set(input.uses.filter((u) => u.count === 1).map((u) => u.name));
  const tried = new Set<string>();
  for (let rounds = 0; rounds < 5; rounds++) {
    const name = [...reading.doubts].find((other) => !tried.has(other));
    if (name === undefined) break;
    tried.add(name);
    const now = orders.get(name)?.order ?? 0;
    // A column beside a number is no reason to read a matrix.
    for (const order of others(now, []).filter((o) => (o > now ? now === 0 : once.has(name)))) {
      const candidate: Orders = new Map([...orders, [name, { order, how: 'inferred' }]]);
      const next = typeInput(input, candidate);
      if (next.errors > 0 || next.doubts.has(name) || next.doubts.size > reading.doubts.size) continue;
      [reading, orders] = [next, candidate];
      break;
    }
  }
  return reading;
}

type Start = { readonly order: number; readonly how: 'default' | 'inferred' | 'data' };

function firstOrder(use: NameUse, input: Input): Start {
  const data = input.data.get(use.name);
  if (data) return { order: data.length, how: 'data' };
  const usual = defaultOrder(use.name);
  const shown = use.order ?? usual;
  return { order: shown, how: shown === usual ? 'default' : 'inferred' };
}

/** One changed name, then two, then three; other orders in the order of how likely they are. */
function* changesOf(
  free: readonly NameUse[],
  start: Orders,
  tensors: readonly number[],
): Generator<[string, number][]> {
  const options = free.map(({ name, order }) => ({
    name,
    others: order === undefined ? others(start.get(name)?.order ?? 0, tensors) : [],
  }));
  const choose = function* (count: number, from: number): Generator<[string, number][]> {
    if (count === 0) {
      yield [];
      return;
    }
    for (let i = from; i <= options.length - count; i++) {
      const option = options[i];
      if (!option) return;
      for (const order of option.others) {
        for (const rest of choose(count - 1, i + 1)) {
          const changes: [string, number][] = [[option.name, order], ...rest];
          if (changes.length === 1 || !changes.some(([name, to]) => lowersMatrix(start, name, to))) yield changes;
        }
      }
    }
  };
  const single = [...choose(1, 0)];
  const isLate = (changes: readonly [string, number][]): boolean => changes.some(([name, to]) => lowersMatrix(start, name, to));
  yield* single.filter((changes) => !isLate(changes));
  yield* single.filter(isLate);
  for (const count of [2, 3]) yield* choose(count, 0);
}

/** A capital letter that would stand for less than a matrix: too much to guess beside another guess. */
function lowersMatrix(start: Orders, name: string, to: number): boolean {
  return (start.get(name)?.order ?? 0) === 2 && to < 2;
}

function others(order: number, tensors: readonly number[]): readonly number[] {
  switch (order) {
    case 0:
      return [1, 2];
    case 1:
      return [0, 2];
    default:
      return [...tensors, 1, 0];
  }
}

/** Orders above 2 that the input shows somewhere. */
function tensorOrders(input: Input): number[] {
  const orders = new Set<number>();
  const visit = (s: Syntax): void => {
    if (s.kind === 'einsum' && s.result.length > 2) orders.add([...s.result].length);
    for (const part of partsOf(s)) visit(part);
  };
  for (const { value } of input.program.statements) visit(value);
  for (const { order } of input.uses) if (order !== undefined && order > 2) orders.add(order);
  for (const d of input.declared.values()) if (d.dims && d.dims.length > 2) orders.add(d.dims.length);
  return [...orders];
}
