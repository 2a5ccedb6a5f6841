/** Constants of an `apply` node that are no tensors: numbers of axes, orders, names. */
export type Params = readonly (number | string)[];
