// How long each function of the table takes in a compiled program: processor nanoseconds an entry for functions of numbers,
// microseconds a square matrix for the others, the slowest first. What is computed by the record's reference, entry by
// entry or matrix by matrix, is marked.
//
//   node bench/wasm/functions.ts [order of the matrices, 8 unless told]

import process from 'node:process';
import { must } from '../../src/base/internal.ts';
import { type Expr, inContext, newContext } from '../../src/ir/expr.ts';
import { postorder, variables } from '../../src/ir/walk.ts';
import { read } from '../../src/lang/read.ts';
import { dense } from '../../src/ops/reference/dense.ts';
import { allOps, functions, opNamed } from '../../src/ops/table.ts';
import { compile } from '../../src/run/compile.ts';
import { sample, sampleSizes } from '../../src/run/sample.ts';
import { random } from '../../src/base/random.ts';
import { entrywise } from '../../src/run/wasm/entrywise.ts';
import { byRows, whole } from '../../src/run/wasm/whole.ts';

interface Row {
  readonly name: string;
  readonly each: number;
  readonly unit: 'ns' | 'µs';
  readonly ours: boolean;
}

/** Processor seconds of a call: the least of some rounds. */
function seconds(run: () => void): number {
  const once = (count: number): number => {
    const start = process.cpuUsage();
    for (let i = 0; i < count; i++) run();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e6 / count;
  };
  for (let i = 0; i < 5; i++) run();
  const count = Math.max(1, Math.min(2000, Math.ceil(0.004 / Math.max(1e-7, once(3)))));
  return Math.min(...Array.from({ length: 7 }, () => once(count)));
}

const entries = 10_000;
const order = Number(process.argv[2] ?? 8);

/** The example of a function at a point of its domain with larger arrays. */
function measured(name: string): Row | undefined {
  const op = opNamed(name);
  const example = functions.find((f) => f.name === name)?.examples[0];
  if (!example) return undefined;
  return inContext(newContext(), () => {
    const { expr } = read(example.of, example.declare === undefined ? {} : { declare: example.declare });
    const node = expr && postorder([expr]).find((e) => e.kind === 'apply' && e.op === name && (op.scalarValue === undefined || e.shape.length > 0));
    if (!node) return undefined;
    const scalar = op.scalarValue !== undefined;
    const args = variables([node]);
    const known = sampleSizes([node, ...args], random(1));
    const sizes = new Map([...known].map(([size]) => [size, scalar ? entries : order]));
    for (const style of ['generic', 'positive', 'definite', 'small-positive'] as const) {
      const { values } = sample(args, sizes, random(1), style);
      const root: Expr = node;
      const f = compile(root, { dims: Object.fromEntries(sizes) });
      const given = Object.fromEntries([...values].map(([v, x]) => [v, dense(x.shape, x.data)]));
      const out = f(given).data;
      if (!out.every(Number.isFinite)) continue;
      const time = seconds(() => void f(given, out));
      const ours = Object.hasOwn(entrywise, name) || Object.hasOwn(whole, name) || Object.hasOwn(byRows, name);
      return scalar ? { name, each: (time * 1e9) / out.length, unit: 'ns', ours } : { name, each: time * 1e6, unit: 'µs', ours };
    }
    return undefined;
  });
}

const rows = allOps().map((op) => measured(op.name)).filter((r) => r !== undefined);
for (const unit of ['ns', 'µs'] as const) {
  console.log(unit === 'ns' ? 'functions of numbers, an entry' : `functions of ${order} × ${order} matrices, a call`);
  for (const r of rows.filter((row) => row.unit === unit).sort((a, b) => b.each - a.each)) console.log(`  ${r.name.padEnd(20)} ${must(r).each.toFixed(1).padStart(9)} ${unit}${r.ours ? '' : '   by its reference'}`);
}
