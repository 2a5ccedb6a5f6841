import type { EntryInfo } from '../entry.ts';

const process = 'parameters\n  matrix P\n  matrix E\n  vector r\n  vector mu\n  scalar gamma';
const regularised = `${process}\n  vector q\n  scalar eta`;

export const info: EntryInfo = {
  name: 'strong-duality',
  title: 'Strong duality in reinforcement learning and online allocation',
  topics: ['linear programming', 'reinforcement learning', 'duality', 'mirror descent', 'online allocation'],
  asks: 'Do value functions, visitations and value iteration give one number, and does dual mirror descent allocate with regret of the square root of time?',
  sources: [
    'Manne, Linear Programming and Sequential Decisions, 1960; Puterman, Markov Decision Processes, 6.9',
    'Nachum, Dai, Reinforcement Learning via Fenchel-Rockafellar Duality, arXiv:2001.01866: the regularised pair',
    'Balseiro, Lu, Mirrokni, The Best of Many Worlds: Dual Mirror Descent for Online Allocation Problems, Operations Research 2023, arXiv:2011.10124',
  ],
  models: [
    { name: 'values', says: 'the primal: the least v that no action improves on; E picks the state of each pair of state and action', text: `${process}\nvariables\n  vector v\nmin\n  (1-gamma)*mu'*v\nst\n  E*v >= r+gamma*P*v`, solve: true },
    { name: 'visitations', says: 'the dual: discounted visits d of pairs, conserved by the flow', text: `${process}\nvariables\n  vector d\nmax\n  r'*d\nst\n  E'*d == (1-gamma)*mu+gamma*P'*d\n  d >= 0`, solve: true },
    { name: 'regularised values', says: 'with relative entropy to q the dual has no constraints', text: `${regularised}\nvariables\n  vector v\nmin\n  (1-gamma)*mu'*v+eta*log(sum(q.*exp((r+gamma*P*v-E*v)/eta)))`, solve: true },
    { name: 'regularised visitations', says: 'visits that stay near q', text: `${regularised}\nvariables\n  vector d\nmax\n  r'*d-eta*sum(d.*log(d./q))\nst\n  E'*d == (1-gamma)*mu+gamma*P'*d\n  d >= 0`, solve: true },
    { name: 'regularised objective', says: 'the objective of the regularised values as an expression: certified convex, and its derivative is the flow that is not conserved', text: "(1-gamma)*mu'*v+eta*log(sum(q.*exp((r+gamma*P*v-E*v)/eta)))", declare: 'P, E: matrix(m, n); r: vector(m); mu, v: vector(n); q: vector(m) positive; gamma: scalar; eta: scalar positive', by: ['v'] },
    { name: 'allocation', says: 'what is earned per step if the kinds of requests come in shares p: accept x of each within the budget rho', text: "parameters\n  vector p\n  vector r\n  matrix B\n  vector rho\nvariables\n  vector x\nmax\n  (p.*r)'*x\nst\n  budget: B'*(p.*x) <= rho\n  0 <= x <= 1", solve: true },
    { name: 'dual of the allocation', says: 'prices w of resources; its subgradient is what mirror descent sees one request at a time', text: "p'*relu(r-B*w)+rho'*w", declare: 'p, r: vector(k); B: matrix(k, n); w, rho: vector(n)', by: ['w'] },
  ],
  text: [
    'The discounted value of the best policy is the optimum of a linear program over values v and of its dual over visitations d; value iteration contracts to the same v. With relative entropy of strength eta the pair stays tight and the constraints of the primal turn into a log-sum-exp, which the engine certifies to be convex.',
    'Requests of random kinds arrive, each with a reward and a use of resources, and are accepted or not at once. Dual mirror descent keeps prices w, accepts when the reward is above the price of what is used, and moves the prices along budget minus use, with steps c/sqrt(T). Its reward stays within O(sqrt(T)) of T times the value of the fluid program, which is above what any policy can earn in expectation.',
  ],
  claims: [
    { says: 'Values, visitations and value iteration agree', tests: [{ id: 'duality', what: 'largest difference of the three optima', needed: { atMost: 1e-8 } }, { id: 'solved', what: 'share of programs whose optimum was verified', needed: { atLeast: 1 } }] },
    { says: 'So does the regularised pair, whose dual is convex', tests: [{ id: 'regularised', what: 'largest difference of the two optima', needed: { atMost: 1e-8 } }, { id: 'convex', what: 'certificates of convexity, of 1', needed: { atLeast: 1 } }] },
    { says: 'The multipliers of the fluid program are optimal prices', tests: [{ id: 'prices', what: 'difference of the dual at these prices from the fluid value', needed: { atMost: 1e-8 } }] },
    {
      says: 'The regret of dual mirror descent grows no faster than the square root of the horizon',
      tests: [{ id: 'regret', what: 'slope of regret against horizon in log-log, steps 4/sqrt(T)', needed: { atMost: 0.5 }, quick: { atMost: 0.65 } }],
      control: 'prices that never move (w = 0: accept until the budget is gone) have linear regret, slope 1 (in the table)',
      remark: 'Regret is measured against the fluid program, an upper bound of what hindsight earns in expectation; the true regret is smaller. Steps of 1/sqrt(T) measure a slope slightly above 1/2 at these horizons: prices that start at 0 take longer to be right.',
    },
  ],
  notTried: ['adversarial or correlated requests', 'continuing problems without discount', 'learning with function approximation'],
};
