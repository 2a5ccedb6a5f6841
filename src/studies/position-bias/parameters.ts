// The numbers of an architecture that a profile depends on, one by one: what a gradient is taken by and a design moves.

import type { Attention, Stack } from './stack.ts';

/** `group` counts the different attentions of a stack, in the order of their first layers. */
export type Parameter =
  | { readonly kind: 'residual'; readonly layer: number }
  | { readonly kind: 'slope' | 'diagonal' | 'window'; readonly group: number; readonly head: number }
  | { readonly kind: 'bias'; readonly group: number; readonly head: number; readonly distance: number }
  | { readonly kind: 'temperature' | 'rope base'; readonly group: number }
  | { readonly kind: 'head weight'; readonly head: number };

export type ParameterKind = Parameter['kind'];

/** The different attentions of a stack. */
export function groupsOf({ attention }: Stack): Attention[] {
  return [...new Set(attention)];
}

/** Every continuous parameter of a stack; window widths count through their relaxation. */
export function parametersOf(stack: Stack): Parameter[] {
  const found: Parameter[] = Array.from(stack.residual, (_, layer) => ({ kind: 'residual', layer }));
  groupsOf(stack).forEach(({ positions, masks }, group) => {
    if (positions.kind === 'attention') return;
    found.push({ kind: 'temperature', group });
    if (positions.kind === 'rope') found.push({ kind: 'rope base', group });
    masks.forEach((mask, head) => {
      if (positions.kind === 'alibi') found.push({ kind: 'slope', group, head });
      if (positions.kind === 'table') found.push(...positions.bias[head]!.slice(0, stack.length).map((_, distance): Parameter => ({ kind: 'bias', group, head, distance })));
      found.push({ kind: 'diagonal', group, head });
      if (mask.kind === 'window') found.push({ kind: 'window', group, head });
    });
  });
  if (stack.heads > 1) for (let head = 0; head < stack.heads; head++) found.push({ kind: 'head weight', head });
  return found;
}

/** The value of a parameter of the stack. */
export function valueOf(stack: Stack, parameter: Parameter): number {
  if (parameter.kind === 'residual') return stack.residual[parameter.layer]!;
  const groups = groupsOf(stack);
  if (parameter.kind === 'head weight') return groups[0]!.headWeights[parameter.head]!;
  const { positions, diagonal, masks, temperature } = groups[parameter.group]!;
  switch (parameter.kind) {
    case 'slope':
      return positions.kind === 'alibi' ? positions.slopes[parameter.head]! : NaN;
    case 'bias':
      return positions.kind === 'table' ? positions.bias[parameter.head]![parameter.distance]! : NaN;
    case 'rope base':
      return positions.kind === 'rope' ? positions.base : NaN;
    case 'diagonal':
      return diagonal[parameter.head]!;
    case 'temperature':
      return temperature;
    default: {
      const mask = masks[parameter.head]!;
      return mask.kind === 'window' ? mask.width : NaN;
    }
  }
}

/** The stack with these parameters moved; layers that shared their attention still do. */
export function withValues(stack: Stack, parameters: readonly Parameter[], values: ArrayLike<number>): Stack {
  const residual = stack.residual.slice();
  const groups = groupsOf(stack).map((a) => ({ ...a, diagonal: [...a.diagonal], headWeights: [...a.headWeights] }));
  parameters.forEach((parameter, i) => {
    const value = values[i]!;
    switch (parameter.kind) {
      case 'residual':
        residual[parameter.layer] = value;
        return;
      case 'head weight':
        for (const group of groups) group.headWeights[parameter.head] = value;
        return;
      default:
        groups[parameter.group] = changed(groups[parameter.group]!, parameter, value);
    }
  });
  const old = groupsOf(stack);
  const movesResidual = parameters.some((p) => p.kind === 'residual');
  return { ...stack, residual, ...(movesResidual && { schedule: { kind: 'list' } }), attention: stack.attention.map((a) => groups[old.indexOf(a)]!) };
}

type Group = Attention & { readonly diagonal: number[]; readonly headWeights: number[] };

function changed(group: Group, parameter: Exclude<Parameter, { kind: 'residual' | 'head weight' }>, value: number): Group {
  const { positions } = group;
  switch (parameter.kind) {
    case 'slope':
      return positions.kind === 'alibi' ? { ...group, positions: { kind: 'alibi', slopes: positions.slopes.with(parameter.head, value) } } : group;
    case 'bias':
      return positions.kind === 'table' ? { ...group, positions: { kind: 'table', bias: positions.bias.with(parameter.head, positions.bias[parameter.head]!.with(parameter.distance, value)) } } : group;
    case 'rope base':
      return positions.kind === 'rope' ? { ...group, positions: { ...positions, base: value } } : group;
    case 'diagonal':
      return { ...group, diagonal: group.diagonal.with(parameter.head, value) };
    case 'temperature':
      return { ...group, temperature: value };
    default:
      return { ...group, masks: group.masks.with(parameter.head, { kind: 'window', width: value }) };
  }
}

/** "slope of head 3, layers 0 to 11". */
export function parameterText(stack: Stack, parameter: Parameter): string {
  if (parameter.kind === 'residual') return `λ of layer ${parameter.layer}`;
  if (parameter.kind === 'head weight') return `weight of head ${parameter.head}`;
  const groups = groupsOf(stack);
  const layers = stack.attention.flatMap((a, t) => (a === groups[parameter.group] ? [t] : []));
  const where = groups.length === 1 ? '' : layers.length === 1 ? `, layer ${layers[0]}` : `, layers ${layers.slice(0, 4).join(', ')}${layers.length > 4 ? ' …' : ''}`;
  const head = 'head' in parameter ? ` of head ${parameter.head}` : '';
  const distance = parameter.kind === 'bias' ? ` at distance ${parameter.distance}` : '';
  return `${parameter.kind}${head}${distance}${where}`;
}
