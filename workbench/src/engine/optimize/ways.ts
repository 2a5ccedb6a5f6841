// What the axes of a picture around an optimum can be.

/** One entry of a variable. */
export interface Entry {
  readonly name: string;
  /** Row by row, from 0. */
  readonly index: number;
}

export const ways = {
  path: 'along the path of the solve',
  'across-path': 'across the path of the solve',
  'most-curved': 'where the objective is most curved',
  'least-curved': 'where the objective is least curved',
  start: 'towards the start',
  zero: 'towards zero',
} as const;

export type Way = keyof typeof ways;

export type Axis = Entry | { readonly along: Way };
