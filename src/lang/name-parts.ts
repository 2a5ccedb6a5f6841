// Names of variables as mathematics writes them: Greek letters, and subscripts for digits and what follows an underscore.

export interface NameParts {
  readonly base: string;
  /** The Greek letter's command, if the base is one. */
  readonly greek?: string;
  readonly below?: string;
}

/** Greek letters by their LaTeX commands, without the backslash. */
export const greek: Readonly<Record<string, string>> = {
  alpha: 'α',
  beta: 'β',
  gamma: 'γ',
  delta: 'δ',
  epsilon: 'ε',
  zeta: 'ζ',
  eta: 'η',
  theta: 'θ',
  iota: 'ι',
  kappa: 'κ',
  lambda: 'λ',
  mu: 'μ',
  nu: 'ν',
  xi: 'ξ',
  pi: 'π',
  rho: 'ρ',
  sigma: 'σ',
  tau: 'τ',
  upsilon: 'υ',
  phi: 'φ',
  chi: 'χ',
  psi: 'ψ',
  omega: 'ω',
  Gamma: 'Γ',
  Delta: 'Δ',
  Theta: 'Θ',
  Lambda: 'Λ',
  Xi: 'Ξ',
  Pi: 'Π',
  Sigma: 'Σ',
  Upsilon: 'Υ',
  Phi: 'Φ',
  Psi: 'Ψ',
  Omega: 'Ω',
};

const commands = new Map(Object.entries(greek).map(([command, letter]) => [letter, command]));

export function nameParts(name: string): NameParts {
  const match = /^(.*?[^_\d])(?:_+(.+)|(\d+))?$/su.exec(name);
  const base = match?.[1] ?? name;
  const below = match?.[2] ?? match?.[3];
  const command = Object.hasOwn(greek, base) ? base : commands.get(base);
  return {
    base,
    ...(command !== undefined && { greek: command }),
    ...(below !== undefined && below !== '' && { below }),
  };
}

export function greekLetter(command: string): string {
  return greek[command] ?? command;
}

export function isOneLetter(text: string): boolean {
  return [...text].length === 1;
}
