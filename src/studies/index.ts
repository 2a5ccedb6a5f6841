/**
 * ricci/studies: structural analyses of architectures and data, and what they share.
 * @module
 */

export type { Layer, Mask, Positions, Stack } from './position-bias/stack.ts';
