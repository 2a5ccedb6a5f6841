/**
 * ricci/emit: source code of graphs in other languages.
 * @module
 */

export { type EmitRequest, type EmittedFile, type Output, dialects, emit } from './emit.ts';
export type { Target } from '../ops/spell.ts';
