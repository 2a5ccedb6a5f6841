/**
 * ricci/certify: convexity of graphs, with proofs that can be checked again.
 * @module
 */

export { type Verdict, replayed, verdict } from './verdict.ts';
export type { Certificate, Curvature } from './convexity.ts';
export type { Counterexample } from './refute.ts';
export type { Proof, Property, Reason } from './proof.ts';
export { doneBy } from '../base/deadline.ts';
export { replay } from './replay.ts';
