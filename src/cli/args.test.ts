import { describe, expect, it } from 'vitest';
import { type Options, oneWord, readArgs, suggestion } from './args.ts';

const options: Options = {
  by: { value: 'NAME', says: '' },
  layout: { value: 'LAYOUT', oneOf: ['mixed', 'numerator'], says: '' },
  quiet: { short: 'q', says: '' },
};

describe('arguments', () => {
  it('reads words, values and switches in any order', () => {
    const given = readArgs(['--by', 'x', "x'*x", '-q', '--by=y'], options);
    expect(given.words).toEqual(["x'*x"]);
    expect(given.all('by')).toEqual(['x', 'y']);
    expect([given.has('quiet'), given.has('layout')]).toEqual([true, false]);
  });

  it('takes an expression that begins with a dash for what it is', () => {
    expect(readArgs(["-x'*x", '--by', '-2*x'], options).words).toEqual(["-x'*x"]);
    expect(readArgs(['--', '--by'], options).words).toEqual(['--by']);
  });

  it('says what is wrong, and what was likely meant', () => {
    expect(() => readArgs(['--lay', 'mixed'], options)).toThrow('unknown option --lay');
    expect(suggestion('lay', Object.keys(options))).toBe('did you mean --layout?');
    expect(() => readArgs(['--by'], options)).toThrow('--by needs a value');
    expect(() => readArgs(['--quiet=1'], options)).toThrow('--quiet takes no value');
    expect(() => readArgs(['--layout', 'odd'], options)).toThrow('--layout cannot be "odd"');
    expect(() => oneWord(readArgs(['a', 'b'], options), 'the expression', '…')).toThrow('one word too many');
    expect(() => oneWord(readArgs([], options), 'the expression', '…')).toThrow('the expression is missing');
  });
});
