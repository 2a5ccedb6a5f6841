// Which methods are tried on a problem, in order, and why.

import { drive } from './drive.ts';
import type { Control, Run } from './drive.ts';
import { interiorPoint } from './interior-point.ts';
import { isSemidefinite } from './linear/definite.ts';
import type { Method, MethodOptions, Progress } from './method.ts';
import type { Problem } from './problem.ts';
import { quadraticProgram } from './quadratic-program.ts';

export interface Attempt {
  readonly name: string;
  /** One sentence for the user. */
  readonly why: string;
  run(how: MethodOptions, control: Control): Generator<Progress, Run>;
}

/** The methods for a problem, the first choice first; each later one continues from the best point before it. */
export function choose(problem: Problem): readonly Attempt[] {
  const program = quadraticProgram(problem);
  if (program !== undefined && isSemidefinite(program.P)) {
    const kind = problem.objective.class === 'linear' ? 'a linear program' : 'a convex quadratic program';
    return [attempt(interiorPoint, `it is ${kind}`)];
  }
  return [];
}

function attempt<State>(method: Method<State>, why: string): Attempt {
  return { name: method.name, why, run: (how, control) => drive(method, how, control) };
}
