// What an audit decides, and the number that decides it.

import { must } from '../../base/internal.ts';
import type { Finding } from '../harness/report.ts';
import { type Test, decide } from '../harness/verdict.ts';
import type { Audit, Outcome, Trees } from './audit.ts';
import { motionText } from './images.ts';
import { motions } from './parse-tree.ts';

/** How far simulated lengths may lie from the recursion, where these are not weak. */
const simulationWithin = 0.25;
// Of edges, under a motion of one pixel, for a tree to be called one of the object.
const keptAtLeast = 0.9;
/** Accuracy that routing has to bring to be worth it. */
const routingWorth = 0.01;

/** At least half the way from chance to no errors. */
function learned(accuracy: number, classes: number): Test {
  return { what: 'accuracy', value: accuracy, needed: { atLeast: 0.5 + 0.5 / classes } };
}

export function findingsOf(audit: Audit): Finding[] {
  const { forecast, described, recommended, trees, ablations, options } = audit;
  const worst = forecast.recursion.reduce((a, b) => (b.worst > a.worst ? b : a));
  const findings: Finding[] = [
    {
      claim: 'random capsules in layers of these sizes are as long as the recursion says, while it says 0.1 or more',
      decision: decide([{ what: `largest relative difference, at c = ${worst.c},`, value: worst.worst, needed: { atMost: simulationWithin } }]),
      control: `couplings are uniform there; with routing at this network's scale the lengths are ${forecast.simulated.routed.lengths.map(short).join(', ')}, and ${forecast.simulated.uniform.lengths.map(short).join(', ')} without`,
    },
  ];
  if (described) findings.push({ claim: 'the network trains as it is described', decision: decide([mostDead(described), learned(described.accuracy, options.classes)]), control: `expected before training: ${forecast.here.expected}` });
  if (recommended) findings.push({ claim: 'the network trains at the recommended scale', decision: decide([mostDead(recommended), learned(recommended.accuracy, options.classes)]), ...(described && { control: `as described it reaches ${short(described.accuracy)}` }) });
  const [trained, ...controls] = trees ?? [];
  const best = recommended && described && recommended.accuracy > described.accuracy ? recommended : described;
  if (trained && best) {
    findings.push({
      claim: 'the routing finds a parse tree that stays when the image moves by one pixel',
      decision: decide([keptTest(trained, 0), keptTest(trained, 1)]),
      control: [`between different images ${short(shareOfOthers(trained))} of the edges are equal`, ...controls.map((c) => `${c.network}: ${short(keptTest(c, 0).value)} of the edges stay`)].join('; '),
      remark: `Accuracy is ${short(best.accuracy)} on the images, and ${short(must(trained.moved[0]).accuracy)} on the images moved by one pixel.`,
    });
  }
  const without = ablations?.find((one) => one.name === 'trained without routing');
  if (without) findings.push({ claim: 'the routing is needed: a network trained without it is worse', decision: decide([{ what: 'accuracy that is lost', value: without.lost, needed: { atLeast: routingWorth }, interval: without.interval }]), control: `both were trained for ${options.epochs} epochs on ${options.train} images; the one without routing reaches ${short(without.accuracy)}, ${without.says}` });
  const plain = ablations?.find((one) => one.name === 'without capsules');
  if (plain) findings.push({ claim: 'capsules are better than a plain network of as many parameters', decision: decide([{ what: 'accuracy that is lost without capsules', value: plain.lost, needed: { atLeast: 0 }, interval: plain.interval }]), control: `${plain.says}, trained as long, reaches ${short(plain.accuracy)}` });
  return findings;
}

function mostDead({ census }: Outcome): Test {
  return { what: 'largest share of dead capsules in a layer', value: Math.max(...census.levels.map((l) => l.dead)), needed: { atMost: 0.5 } };
}

/** The layer whose edges stay least, weighed by how active children are. */
function keptTest({ moved }: Trees, k: number): Test {
  const { layers } = must(moved[k]);
  return { what: `edges that stay under a ${motionText(must(motions[k]))}, in the layer that keeps least`, value: Math.min(...layers.map((l) => l.keptByActivity)), needed: { atLeast: keptAtLeast } };
}

function shareOfOthers({ moved }: Trees): number {
  return Math.max(...must(moved[0]).layers.map((l) => l.keptByOthers));
}

/** The audit in one line: what dies or freezes, what scale to take, what the routing is worth. */
export function oneLine(audit: Audit): string {
  const { forecast, described, recommended, ablations } = audit;
  const parts: string[] = [`c = ${spanText(forecast.c)}: ${startText(audit)}`];
  if (described) {
    const { starved } = described.watched;
    if (starved.length > 0) parts.push(`${layersText(starved.map((s) => s.layer))} starved since step ${Math.min(...starved.map((s) => s.since))}, accuracy ${short(described.accuracy)}`);
    else parts.push(`as described it reaches accuracy ${short(described.accuracy)}`);
  }
  if (recommended && forecast.band) parts.push(`at c = ${forecast.band.recommended} it reaches ${short(recommended.accuracy)}`);
  else if (forecast.band && !described) parts.push(`start from c = ${forecast.band.recommended}, that is entries of standard deviation ${forecast.band.deviations.map(short).join(', ')}`);
  const without = ablations?.find((one) => one.name === 'trained without routing');
  if (without) parts.push(routingText(without.lost, without.interval));
  const tree = audit.trees?.[0];
  if (tree) parts.push(`${short(keptTest(tree, 0).value)} of the edges survive a shift by one pixel`);
  return `${parts.join('; ')}.`;
}

function startText({ forecast: { here, band, standing } }: Audit): string {
  const expected = { starved: 'the gradient does not reach all layers', frozen: 'couplings are hard from the start', trainable: 'gradients and couplings are in order at the start' }[here.expected];
  const dead = standing.flatMap((s, l) => (s === 'dead' ? [l] : []));
  const where = dead.length === 0 ? '' : `, ${layersText(dead)} dead at the start by the recursion`;
  return `${expected}${where}${band ? ` (trainable from about ${band.from} to ${band.to})` : ' (no scale is expected to train)'}`;
}

function routingText(lost: number, [low, high]: readonly [number, number]): string {
  if (low > 0) return `without routing it loses ${points(lost)}`;
  return high < routingWorth ? 'routing can be removed without loss' : `whether routing is needed is open (${points(lost)}, ${points(low)} to ${points(high)})`;
}

function points(share: number): string {
  return `${(100 * share).toFixed(1)} points`;
}

function layersText(layers: readonly number[]): string {
  return layers.length === 1 ? `layer ${layers[0]}` : `layers ${layers.join(', ')}`;
}

function spanText(c: readonly number[]): string {
  const [low, high] = [Math.min(...c), Math.max(...c)].map(short);
  return low === high ? must(low) : `${low} to ${high}`;
}

function short(x: number): string {
  return x !== 0 && Math.abs(x) < 1e-3 ? x.toExponential(1) : String(Number(x.toPrecision(3)));
}
