// First-order steps for noisy gradients. Each keeps a few arrays beside the parameters, so that a training can be stopped
// and taken up again.

/** Constant, or by the number of steps already taken. */
export type Rate = number | ((steps: number) => number);

export interface Optimizer {
  readonly kind: 'first-order';
  readonly name: string;
  /** How many arrays of the length of the parameters it keeps; they begin as zeros. */
  readonly moments: number;
  /** One step in place; `steps` were taken before. */
  step(x: Float64Array, gradient: Float64Array, moments: readonly Float64Array[], steps: number): void;
}

/** Limited-memory BFGS on all examples at once: the solver's own, by line searches. */
export interface FullBatch {
  readonly kind: 'full-batch';
  readonly name: string;
  /** Of the gradient, as `solve` scales it. */
  readonly tolerance: number;
}

export interface AdamOptions {
  readonly rate?: Rate;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  /** Decoupled weight decay. */
  readonly decay?: number;
}

/**
 * Adam: steps by running means of the gradient and of its square, both corrected for their start at zero.
 * Kingma & Ba, Adam: A Method for Stochastic Optimization, ICLR 2015, algorithm 1; with `decay` Loshchilov & Hutter,
 * Decoupled Weight Decay Regularization, ICLR 2019, algorithm 2.
 */
export function adam({ rate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, decay = 0 }: AdamOptions = {}): Optimizer {
  return {
    kind: 'first-order',
    name: 'Adam',
    moments: 2,
    step: (x, gradient, [mean, square], steps) => {
      const now = rateAt(rate, steps);
      const [m, v] = [mean!, square!];
      const first = 1 / (1 - beta1 ** (steps + 1));
      const second = 1 / (1 - beta2 ** (steps + 1));
      for (let i = 0; i < x.length; i++) {
        const g = gradient[i]!;
        m[i] = beta1 * m[i]! + (1 - beta1) * g;
        v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
        x[i] = x[i]! - now * ((first * m[i]!) / (Math.sqrt(second * v[i]!) + epsilon) + decay * x[i]!);
      }
    },
  };
}

export interface SgdOptions {
  readonly rate?: Rate;
  /** 0 for plain steps along the gradient. */
  readonly momentum?: number;
}

/** Stochastic gradient descent: Robbins & Monro 1951; with `momentum` the heavy ball of Polyak 1964. */
export function sgd({ rate = 0.1, momentum = 0 }: SgdOptions = {}): Optimizer {
  return {
    kind: 'first-order',
    name: momentum === 0 ? 'SGD' : 'SGD with momentum',
    moments: momentum === 0 ? 0 : 1,
    step: (x, gradient, [velocity], steps) => {
      const now = rateAt(rate, steps);
      for (let i = 0; i < x.length; i++) {
        const along = velocity ? (velocity[i] = momentum * velocity[i]! + gradient[i]!) : gradient[i]!;
        x[i] = x[i]! - now * along;
      }
    },
  };
}

/** Liu & Nocedal 1989, as `src/solve/quasi-newton.ts` has it. For smooth losses of few examples. */
export function lbfgs({ tolerance = 1e-6 }: { readonly tolerance?: number } = {}): FullBatch {
  return { kind: 'full-batch', name: 'L-BFGS', tolerance };
}

function rateAt(rate: Rate, steps: number): number {
  return typeof rate === 'number' ? rate : rate(steps);
}
