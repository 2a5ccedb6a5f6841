// Where vector code is written, and the values in it.

import type { Body, FunctionRef, Local, V128 } from './assembler.ts';
import type { Constants } from './constants.ts';
import type { Features } from './features.ts';
import type { HostFunction } from './host.ts';

/** Vectors computed side by side: two share the loads of constants, at some tenth less time than one by one. */
export type Wide = readonly V128[];
export type Kept = readonly Local<'v128'>[];

export interface Site {
  readonly body: Body;
  readonly constants: Constants;
  readonly features: Features;
  readonly host: (name: HostFunction) => FunctionRef<'f64'>;
}
