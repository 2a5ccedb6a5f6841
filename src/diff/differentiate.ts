// Derivatives by accumulation over the graph, never over its paths. One rule per kind and, for functions, the partial
// of the record; the direction of accumulation decides between forward and reverse mode.
//
// A derivative has the axes of the function first, then those of the variable.
// Laue, Mitterreiter, Giesen, Computing Higher Order Derivatives of Matrix and Tensor Expressions, NeurIPS 2018;
// A Simple and Efficient Tensor Calculus, AAAI 2020.

import { must, unreachable } from '../base/internal.ts';
import { add, identityOn, scale, zeros } from '../ir/build.ts';
import { type ContractNode, type Expr, type Label, type Shape, contract } from '../ir/expr.ts';
import { dependents, postorder } from '../ir/walk.ts';
import { localPartial } from './partial.ts';

/** ∂of/∂by by reverse accumulation: best when `of` has fewer axes than `by`. Axes: of, by. */
export function reverse(of: Expr, by: Expr): Expr {
  return must(gradients(of, [by])[0]);
}

/** ∂of/∂by for several variables in one sweep, which share their adjoints. */
export function gradients(of: Expr, by: readonly Expr[]): Expr[] {
  return pullback(of, by, identityOn(of.shape), of.shape);
}

/** ∂of/∂by by forward accumulation: best when `by` has fewer axes than `of`. Axes: of, by. */
export function forward(of: Expr, by: Expr): Expr {
  return pushforward(of, by, identityOn(by.shape), by.shape);
}

/**
 * Vector–Jacobian product: `cotangent` has the shape of `of`, the result that of `by`. Axes that the cotangent has before
 * those count several of them, and the result has them too.
 */
export function vjp(of: Expr, by: Expr, cotangent: Expr): Expr {
  return must(pullback(of, [by], cotangent, cotangent.shape.slice(0, cotangent.shape.length - of.shape.length))[0]);
}

/** Jacobian–vector product: `tangent` has the shape of `by`, the result that of `of`. */
export function jvp(of: Expr, by: Expr, tangent: Expr): Expr {
  return pushforward(of, by, tangent, []);
}

/** Hessian–vector product of a scalar `of`: the derivative of its gradient along `tangent`. */
export function hvp(of: Expr, by: Expr, tangent: Expr): Expr {
  return jvp(reverse(of, by), by, tangent);
}

/** Adjoints have axes `extra`, then those of their node. */
function pullback(of: Expr, by: readonly Expr[], seed: Expr, extra: Shape): Expr[] {
  const active = dependents(of, new Set(by));
  const parts = new Map<Expr, Expr[]>([[of, [seed]]]);
  for (const node of postorder([of]).toReversed()) {
    const mine = parts.get(node);
    if (mine === undefined || !active.has(node)) continue;
    const adjoint = total(mine);
    const send = (to: Expr, part: Expr): void => {
      if (!active.has(to)) return;
      const list = parts.get(to);
      if (list) list.push(part);
      else parts.set(to, [part]);
    };
    switch (node.kind) {
      case 'number':
      case 'size':
      case 'variable':
      case 'delta':
      case 'stack':
        break;
      case 'sum':
        for (const t of node.terms) send(t.arg, scale(t.coef, adjoint));
        break;
      case 'contract':
        node.args.forEach((arg, k) => active.has(arg) && send(arg, throughContract(node, k, adjoint, extra)));
        break;
      case 'apply':
        node.args.forEach((arg, k) => {
          if (!active.has(arg)) return;
          const { partial, labels, out, into } = localPartial(node, k);
          const first = axisNames(1000, extra.length);
          send(arg, contract([adjoint, partial], [[...first, ...out], labels], [...first, ...into], [...extra, ...arg.shape]));
        });
        break;
      default:
        return unreachable(node);
    }
  }
  return by.map((v) => {
    const found = parts.get(v);
    return found ? total(found) : zeros([...extra, ...v.shape]);
  });
}

/** The product of the adjoint with all other factors, on the labels of factor `k`. */
function throughContract(node: ContractNode, k: number, adjoint: Expr, extra: Shape): Expr {
  const first = axisNames(1000, extra.length);
  const others = node.args.filter((_, i) => i !== k);
  const labels = node.labels.filter((_, i) => i !== k);
  // Labels of factor k that stand nowhere else are summed alone: the adjoint repeats along them.
  return contract(
    [adjoint, ...others],
    [[...first, ...node.out], ...labels],
    [...first, ...must(node.labels[k])],
    [...extra, ...must(node.args[k]).shape],
  );
}

/** Tangents have the axes of their node, then `extra`. */
function pushforward(of: Expr, by: Expr, seed: Expr, extra: Shape): Expr {
  const active = dependents(of, new Set([by]));
  const tangents = new Map<Expr, Expr>([[by, seed]]);
  const last = axisNames(1000, extra.length);
  for (const node of postorder([of])) {
    if (!active.has(node) || node === by) continue;
    const parts: Expr[] = [];
    switch (node.kind) {
      case 'number':
      case 'size':
      case 'variable':
      case 'delta':
      case 'stack':
        break;
      case 'sum':
        for (const t of node.terms) if (active.has(t.arg)) parts.push(scale(t.coef, must(tangents.get(t.arg))));
        break;
      case 'contract':
        node.args.forEach((arg, k) => {
          if (!active.has(arg)) return;
          const args = node.args.map((a, i) => (i === k ? must(tangents.get(arg)) : a));
          const labels = node.labels.map((l, i) => (i === k ? [...l, ...last] : l));
          parts.push(contract(args, labels, [...node.out, ...last], [...node.shape, ...extra]));
        });
        break;
      case 'apply':
        node.args.forEach((arg, k) => {
          if (!active.has(arg)) return;
          const { partial, labels, out, into } = localPartial(node, k);
          parts.push(contract([partial, must(tangents.get(arg))], [labels, [...into, ...last]], [...out, ...last], [...node.shape, ...extra]));
        });
        break;
      default:
        return unreachable(node);
    }
    tangents.set(node, total(parts));
  }
  return tangents.get(of) ?? zeros([...of.shape, ...extra]);
}

function total(parts: readonly Expr[]): Expr {
  const [only] = parts;
  return parts.length === 1 ? must(only) : add(...parts);
}

function axisNames(from: number, count: number): Label[] {
  return Array.from({ length: count }, (_, i) => from + i);
}
