// How far a simplification goes. Every pipeline is a choice of these, by name.

export interface Mode {
  readonly name: string;
  /** Products are distributed over sums. */
  readonly expand: boolean;
  /** A contraction used in several places stays one node instead of being merged into each product. */
  readonly keepShared: boolean;
}

export const lazy: Mode = { name: 'lazy', expand: false, keepShared: false };
export const expanded: Mode = { name: 'expanded', expand: true, keepShared: false };
export const shared: Mode = { name: 'shared', expand: false, keepShared: true };
