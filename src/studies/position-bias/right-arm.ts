// Which mechanism makes the right arm of a U. Under uniform causal attention a profile falls strictly up to the position
// before the query, whatever the residual weights: the density of a product of uniform numbers decreases, and Bernstein
// weights have a monotone likelihood ratio. So a broad right arm comes from something that prefers near positions. Each
// such mechanism is taken away in turn.

import { mixings } from './attention.ts';
import { profileNumbers } from './numbers.ts';
import { rollout } from './rollout.ts';
import { type Attention, type Stack, withAttention } from './stack.ts';

export interface ArmWithout {
  readonly mechanism: 'positions' | 'window' | 'own content';
  /** Mass above the valley to the right of it, without the query itself. */
  readonly arm: number;
  readonly uIndex: number | undefined;
}

export interface RightArm {
  readonly arm: number;
  /** What the query keeps of itself above the valley: the residual stream and attention to itself. */
  readonly own: number;
  readonly without: readonly ArmWithout[];
  readonly says: string;
}

export function rightArm(stack: Stack, profile: Float64Array, query: number): RightArm {
  const { arm, own } = armOf(profile, query);
  const without = changes(stack).map(({ mechanism, changed }): ArmWithout => {
    const p = rollout({ ...changed, mixings: mixings(changed) }, query).subarray(0, profile.length);
    return { mechanism, arm: armOf(p, query).arm, uIndex: profileNumbers(p).uIndex };
  });
  return { arm, own, without, says: sentence(arm, own, without, stack) };
}

function armOf(p: Float64Array, query: number): { readonly arm: number; readonly own: number } {
  const { deepest } = profileNumbers(p);
  let arm = 0;
  for (let j = deepest.index + 1; j < p.length; j++) if (j !== query) arm += p[j]! - deepest.value;
  return { arm, own: Math.max(0, p[query]! - deepest.value) };
}

function changes(stack: Stack): { readonly mechanism: ArmWithout['mechanism']; readonly changed: Stack }[] {
  const some = (test: (a: Attention) => boolean): boolean => stack.attention.some(test);
  const made: { readonly mechanism: ArmWithout['mechanism']; readonly changed: Stack }[] = [];
  const isScored = (a: Attention): boolean => a.positions.kind !== 'attention';
  if (some((a) => isScored(a) && a.positions.kind !== 'none')) made.push({ mechanism: 'positions', changed: withAttention(stack, (a) => (isScored(a) ? { ...a, positions: { kind: 'none' } } : a)) });
  if (some((a) => isScored(a) && a.masks.some((m) => m.kind === 'window'))) {
    made.push({ mechanism: 'window', changed: withAttention(stack, (a) => ({ ...a, masks: a.masks.map((m) => (m.kind === 'window' ? { kind: 'causal' } : m)) })) });
  }
  if (some((a) => isScored(a) && a.diagonal.some((d) => d !== 0))) made.push({ mechanism: 'own content', changed: withAttention(stack, (a) => ({ ...a, diagonal: a.diagonal.map(() => 0) })) });
  return made;
}

const names = { positions: 'the position rule', window: 'the window', 'own content': 'the content of the diagonal' } as const;

function sentence(arm: number, own: number, without: readonly ArmWithout[], stack: Stack): string {
  const small = 1e-3;
  if (arm < small && own < small) return 'There is no right arm: the profile falls to the query.';
  if (arm < small) {
    const uniform = stack.attention.every((a) => a.positions.kind === 'none' && a.masks.every((m) => m.kind === 'causal'));
    return `The right arm is the query alone, kept by the residual stream and by attention to itself${uniform ? '; uniform causal attention makes no other' : ''}.`;
  }
  const [most] = [...without].sort((a, b) => a.arm - b.arm);
  if (!most) return 'The right arm comes from the attention as it is given; nothing of it can be taken away here.';
  if (most.arm < arm / 2) return `${capital(names[most.mechanism])} makes the right arm: without it ${percent(most.arm / arm)} of its mass is left.`;
  return `No single mechanism makes the right arm: without ${names[most.mechanism]}, ${percent(most.arm / arm)} of its mass is left.`;
}

function percent(x: number): string {
  return `${Number((100 * Math.max(0, x)).toPrecision(2))} %`;
}

function capital(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}`;
}
