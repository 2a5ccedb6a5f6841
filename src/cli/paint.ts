// Colour, where it helps: on a terminal, or when the environment asks for it.

export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
  readonly cyan: (text: string) => string;
}

const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  yellow: [33, 39],
  green: [32, 39],
  cyan: [36, 39],
} as const;

const same = (text: string): string => text;
export const plain: Paint = { bold: same, dim: same, red: same, yellow: same, green: same, cyan: same };
export const coloured: Paint = {
  bold: wrap('bold'),
  dim: wrap('dim'),
  red: wrap('red'),
  yellow: wrap('yellow'),
  green: wrap('green'),
  cyan: wrap('cyan'),
};

/** NO_COLOR (any value but an empty one) turns colour off, FORCE_COLOR (but 0) on; otherwise a terminal decides. */
export function paintFor(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): Paint {
  if (env['NO_COLOR']) return plain;
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force === '0' || force === 'false' ? plain : coloured;
  return isTerminal && env['TERM'] !== 'dumb' ? coloured : plain;
}

function wrap(name: keyof typeof codes): (text: string) => string {
  const [on, off] = codes[name];
  return (text) => (text === '' ? '' : `\u001B[${on}m${text}\u001B[${off}m`);
}
