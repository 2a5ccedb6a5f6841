import { describe, expect, it } from 'vitest';
import { plain } from './paint.ts';
import { complete } from './prompt.ts';
import { newSession, reply } from './session.ts';

function talk(...lines: string[]): string[] {
  const session = newSession();
  return lines.map((line) => reply(session, line, plain).text);
}

describe('the prompt', () => {
  it('keeps declarations, and forgets them', () => {
    const [declared, , derived, , free] = talk(
      'A: matrix(n, n) symmetric',
      '',
      "d x'*A*x / d x",
      'forget A',
      "derive x'*A*x by x",
    );
    expect(declared).toBe('A: matrix(n, n) symmetric');
    expect(derived).toContain('d/dx = 2*A*x   vector(n)');
    expect(free).not.toContain('2*A*x');
    expect(talk('x, y: vector(3); matrix B symmetric', 'declared').at(-1)).toBe(
      'x: vector(3)\ny: vector(3)\nB: matrix symmetric',
    );
    expect(talk('A: matrix(2, 2)', 'A: matrix(3, 3)', 'A').at(-1)).toContain('matrix(3, 3)');
  });

  it('shows the type and form of an expression', () => {
    expect(talk("x'*A*x+x'*A*x")[0]).toMatch(/^2\*x'\*A\*x {3}scalar\n/);
  });

  it('goes on with the last derivative', () => {
    const [, steps, latex, unicode, right, wrong] = talk("d x'*x / d x", 'steps', 'latex', 'unicode', 'is 2*x', 'is x');
    expect(steps).toContain("x'*x ↦ 2*x");
    expect([latex, unicode]).toEqual(['2 x', '2 x']);
    expect(right).toContain('yes');
    expect(wrong).toContain('a factor 2 is missing');
    expect(talk('steps')[0]).toContain('there is no derivative to show yet');
  });

  it('derives twice, checks and evaluates', () => {
    const [twice, check, value] = talk("d x'*A*x / d x / d x", "check x'*x by x is 2*x", `eval x'*x at {"x": [3, 4]}`);
    expect(twice).toContain('d/dx/dx =');
    expect(check).toContain('yes');
    expect(value).toBe('25');
  });

  it('answers mistakes, and goes on', () => {
    const answers = talk(
      'x*y*',
      'foo(x)',
      'derive x',
      'check x',
      'explain nothing-of-the-kind',
      'A: matrx(3)',
      'eval x at {"x": "a"}',
      'eval x at {',
      "d x'*x / d q",
      '1+1',
    );
    const expected = [
      'missing-operand',
      'unknown-function',
      'the variable is missing',
      'incomplete',
      'no error code',
      'unknown-kind',
      'bad-value',
      'JSON',
      'unknown-variable',
      '2',
    ];
    expected.forEach((part, i) => expect(answers[i]).toContain(part));
    expect(answers.join('\n')).not.toContain('internal');
  });

  it('ends when it is told to', () => {
    expect(reply(newSession(), 'quit', plain).quit).toBe(true);
    expect(talk('', '  ', '# a remark')).toEqual(['', '', '']);
  });

  it('completes words of the prompt, functions and declared names', () => {
    const session = newSession();
    reply(session, 'sample: vector(n)', plain);
    expect(complete('logd', session)).toEqual([['logdet', 'logdetpd'], 'logd']);
    expect(complete('norm2(sam', session)).toEqual([['sample'], 'sam']);
    expect(complete('ste', session)[0]).toContain('steps');
    expect(complete('x*ste', session)[0]).not.toContain('steps');
    expect(complete('x*', session)).toEqual([[], '']);
  });
});
