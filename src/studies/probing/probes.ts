// Probes by name.

import { logistic } from './logistic.ts';
import { nearest } from './nearest.ts';
import { network } from './network.ts';
import { pls } from './pls.ts';
import type { Probe, ProbeName } from './probe.ts';
import { ridge } from './ridge.ts';

/** Made anew for each audit: a probe keeps what it compiled. */
export const probes: Readonly<Record<ProbeName, () => Probe>> = { ridge, pls, knn: nearest, logistic, network };
