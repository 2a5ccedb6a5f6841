// The real command, as a process of its own.

import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const main = join(import.meta.dirname, 'main.ts');
let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'ricci-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const env = (): NodeJS.ProcessEnv => {
  const { NO_COLOR: _, FORCE_COLOR: __, RICCI_DEBUG: ___, ...rest } = process.env;
  return { ...rest, HOME: folder };
};

function ricci(args: readonly string[], input = ''): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [main, ...args], { input, encoding: 'utf8', env: env(), cwd: folder });
}

describe('ricci', () => {
  it('derives, on standard output, without colour in a pipe', () => {
    const { stdout, stderr, status } = ricci(['derive', 'norm2(A*x-y)^2', '--by', 'x']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain("d/dx = 2*A'*(A*x-y)   vector(n)");
    expect(stdout).toMatch(/agrees with differences at 3 random points, worst relative error \d/);
    expect(stdout).not.toContain('\u001B');
  });

  it('prints what was asked for alone', () => {
    const { stdout } = ricci(['derive', "-x'*x", '--by', 'x', '-q', '--index', '--latex']);
    expect(stdout).toBe('-2 x\nR[i] = -2*x[i]\n');
  });

  it('reads values from a file', () => {
    const file = join(folder, 'values.json');
    writeFileSync(file, JSON.stringify({ x: [1, 2] }));
    expect(ricci(['eval', "x'*x", '--at', file]).stdout).toBe('5   scalar\n');
    expect(JSON.parse(ricci(['derive', "x'*x", '--by', 'x', '--at', file, '--json']).stdout)).toMatchObject({
      text: '2*x',
      value: [2, 4],
    });
  });

  it('reads and solves model files', () => {
    const file = (name: string, text: string): void => writeFileSync(join(folder, name), text);
    file('nnls.ricci', 'parameters\n  matrix A\n  vector b\nvariables\n  vector x\nmin\n  norm2(A*x-b)^2\nst\n  x >= 0\n');
    file('data.json', '{"A": [[1, 0], [0, 2], [1, 1]], "b": [1, -2, 1]}');
    const model = ricci(['model', 'nnls.ricci', '--data', 'data.json']);
    expect([model.status, model.stderr]).toEqual([0, '']);
    expect(model.stdout).toContain('x >= 0  bounds of x');
    expect(model.stdout).toContain('A  matrix(3, 2)');
    const solved = ricci(['solve', 'nnls.ricci', '--data', 'data.json', '--watch', '--out', 'answer.json']);
    expect(solved.status).toBe(0);
    expect(solved.stdout).toContain('optimal (global)   objective 4');
    expect(solved.stderr).toMatch(/objective [\d.]+ {2}violation \S+ {2}stationarity \S+ {2}step \S+ {2}[\d.]+ s/);
    expect(JSON.parse(readFileSync(join(folder, 'answer.json'), 'utf8'))).toMatchObject({ x: [1, 0], objective: 4 });
    expect(JSON.parse(ricci(['solve', 'nnls.ricci', '--data', 'data.json', '--json']).stdout)).toMatchObject({ outcome: 'optimal (global)', x: { x: [1, 0] } });
    const wrong = ricci(['solve', 'nnls.ricci', '--at', '{"A": [[1, 2]], "b": [1, 2]}']);
    expect(wrong.status).toBe(1);
    expect(wrong.stderr).toContain('nnls.ricci:3:10');
    file('none.ricci', 'variables\n scalar x\nmin\n x\n');
    expect(ricci(['solve', 'none.ricci']).status).toBe(1);
    expect(ricci(['solve', 'nnls.ricci', '--tol', 'much']).status).toBe(2);
    expect(ricci(['solve', 'missing.ricci']).status).toBe(2);
  });

  it('tells what derives an expression that stands where a command should', () => {
    const { stderr, status } = ricci(["x'*A*x"]);
    expect(status).toBe(2);
    expect(stderr).toContain('ricci derive EXPR --by VARIABLE');
    expect(ricci(['nosuch']).stderr).toContain('ricci --help lists the commands');
  });

  it('evaluates at data from files, with derivatives, into files', () => {
    const file = (name: string, text: string): void => writeFileSync(join(folder, name), text);
    file('ab.json', '{"A": [[1, 0], [0, 2], [1, 1]], "b": [1, 2, 4]}');
    file('x.csv', '1\n1\n');
    file('table.csv', 'u,v\n1,3\n1,4\n');
    const base = ['eval', 'norm2(A*x-b)^2', '--data', 'ab.json'];
    expect(ricci([...base, '--data', 'x.csv', '--by', 'x']).stdout).toBe("4   scalar\nd/dx = 2*A'*(A*x-b)\n[-4, -4]   vector(2)\n");
    expect(ricci([...base, '--data', 'x=table.csv:u', '--by', 'x,x', '--out', 'r.json']).status).toBe(0);
    expect(JSON.parse(readFileSync(join(folder, 'r.json'), 'utf8'))).toEqual({ value: 4, d_x: [-4, -4], d_x_x: [[4, 2], [2, 10]] });
    expect(ricci([...base, '--data', 'x.csv', '-o', 'r.npz']).stdout).toBe('value   scalar   → r.npz\n');
    expect(ricci(['eval', '2*value', '--data', 'r.npz']).stdout).toBe('8   scalar\n');
    file('S.mtx', '%%MatrixMarket matrix coordinate real general\n100000 200000 2\n1 200000 3\n100000 1 4\n');
    expect(ricci(['eval', "sum(S'*vector(1))+sum(S*vector(1))", '--data', 'S.mtx']).stdout).toBe('14   scalar\n');
    expect(ricci(['eval', 'X*u', '--data', 'X=table.csv', '--data', 'table.csv', '--json']).stdout).toContain('"value":[4,5]');
  });

  it('names the files whose sizes differ', () => {
    writeFileSync(join(folder, 'A.json'), '[[1, 2], [3, 4], [5, 6]]');
    writeFileSync(join(folder, 'y.csv'), '1\n2\n');
    const { status, stderr } = ricci(['eval', 'norm2(A*x-b)^2', '--data', 'A.json', '--data', 'b=y.csv', '--at', '{"x": [1, 2]}']);
    expect(status).toBe(1);
    expect(stderr).toBe('error[sizes-differ]: A in A.json has 3 rows, but b in y.csv has 2 entries: both are m\n  needed  m = 3\n  found   2\n  try     give b and A that belong together\n');
    const declared = ricci(['eval', 'sum(A)', '--data', 'A.json', '--declare', 'A: matrix(4, 2)']);
    expect(declared.stderr).toContain('A in A.json has 3 rows, not 4');
    writeFileSync(join(folder, 'hole.csv'), '1\nnan\ninf\n');
    expect(ricci(['eval', 'sum(h)', '--data', 'h=hole.csv']).stdout).toContain('h in hole.csv has 2 entries that are not finite');
    writeFileSync(join(folder, 'none.json'), '{"x": []}');
    expect(ricci(['eval', 'sum(x)', '--data', 'none.json']).stderr).toContain('x in none.json has no entries');
  });

  it('ends with 1 when the answer is no, or the input has errors', () => {
    expect(ricci(['check', "x'*A*x", '--by', 'x', '--is', "(A+A')*x"]).status).toBe(0);
    const wrong = ricci(['check', "x'*x", '--by', 'x', '--is', 'x']);
    expect([wrong.status, wrong.stderr]).toEqual([1, '']);
    expect(wrong.stdout).toContain('a factor 2 is missing');
    const error = ricci(['derive', 'x*', '--by', 'x']);
    expect([error.status, error.stdout]).toEqual([1, '']);
    expect(error.stderr).toMatch(/^error\[missing-operand\]/);
    const candidate = ricci(['check', "x'*x", '--by', 'x', '--is', 'foo(x)']);
    expect(candidate.stderr).toContain('1 | foo(x)');
  });

  it('ends with 2 when it is used in a wrong way', () => {
    for (const args of [
      ['derv'],
      ['derive', 'x'],
      ['derive'],
      ['derive', 'x', '--by', 'x', '--latx'],
      ['eval', 'x', '--at', 'no-such-file'],
      ['eval', 'x', '--data', 'no-such-file.npz'],
      ['eval', 'x', '--out', 'file.xlsx'],
      ['explain', 'nothing'],
      ['batch', 'x'],
    ]) {
      const { status, stdout, stderr } = ricci(args);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^usage: /);
    }
  });

  it('tells about itself', () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
      version: string;
    };
    expect(ricci(['--version']).stdout).toBe(`ricci ${version}\n`);
    expect(ricci(['--help']).stdout).toContain('Exit codes');
    for (const command of ['derive', 'eval', 'check', 'explain', 'functions', 'batch', 'prompt']) {
      expect(ricci([command, '--help']).stdout).toMatch(/usage {2}ricci[\s\S]*examples/);
    }
  });

  it('answers lines from a pipe, and ends cleanly without any', () => {
    const { stdout, status } = ricci([], "x*y*\nd x'*x / d x\n");
    expect(status).toBe(0);
    expect(stdout).toContain('error[missing-operand]');
    expect(stdout).toContain('d/dx = 2*x');
    const welcome = ricci(['--welcome']);
    expect([welcome.status, welcome.stderr]).toEqual([0, '']);
    expect(welcome.stdout).toContain("d/dx = 2*A'*(A*x-y)");
  });
});

describe('ricci batch', () => {
  it('answers every line in order', () => {
    const lines = [{ id: 1, derive: "x'*x", by: ['x'] }, 'oops', { id: 3, evaluate: 'x+1', at: { x: 2 } }];
    const { stdout, status } = ricci(
      ['batch'],
      lines.map((l) => (typeof l === 'string' ? l : JSON.stringify(l))).join('\n'),
    );
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: unknown; ok: boolean });
    expect(status).toBe(0);
    expect(answers.map((a) => [a.id, a.ok])).toEqual([
      [1, true],
      [null, false],
      [3, true],
    ]);
  });

  it('gives a request up when its time is over, and goes on', () => {
    // One product with itself so often that no machine is through in time.
    const long = Array.from({ length: 40 }, (_, i) => `exp(A*x)'*B*tanh(C*x+${i}*x)`).join('*');
    const lines = [
      { id: 1, derive: long, by: ['x', 'x', 'x'] },
      { id: 2, evaluate: '1+1' },
    ];
    const { stdout } = ricci(['batch', '--limit', '0.6'], lines.map((l) => JSON.stringify(l)).join('\n'));
    const [first, second] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { ok: boolean; value?: number; diagnostics?: { code: string }[] });
    expect(first?.diagnostics?.[0]?.code).toBe('time-limit');
    expect(second?.value).toBe(2);
  });

  it('answers while the input is still open', async () => {
    const child = spawn(process.execPath, [main, 'batch'], { env: env(), stdio: ['pipe', 'pipe', 'inherit'] });
    const answer = new Promise<string>((resolve) =>
      child.stdout.once('data', (data: Buffer) => resolve(data.toString())),
    );
    child.stdin.write('{"id": 1, "evaluate": "2*3"}\n');
    expect(JSON.parse(await answer)).toMatchObject({ id: 1, value: 6 });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.stdin.end();
    expect(await ended).toBe(0);
  });
});

// util-linux `script` gives the command a terminal.
const hasTerminal = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;

describe.skipIf(!hasTerminal)('the prompt on a terminal', () => {
  it('completes, survives Ctrl-C and errors, and keeps its history', async () => {
    const command = `${process.execPath} ${main}`;
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      env: { ...env(), TERM: 'xterm' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let screen = '';
    child.stdout.on('data', (data: Buffer) => (screen += data.toString()));
    const until = async (part: string): Promise<void> => {
      for (let i = 0; i < 200 && !screen.includes(part); i++) await new Promise((resolve) => setTimeout(resolve, 25));
      expect(screen).toContain(part);
    };
    await until('> ');
    child.stdin.write('nonsense(\u0003');
    await until('^C');
    child.stdin.write('d logd');
    await until('d logd');
    child.stdin.write('\t');
    await until('d logdet');
    child.stdin.write('(X) / d X\r');
    await until("inv(X)'");
    child.stdin.write('x*\r');
    await until('missing-operand');
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.stdin.write('quit\r');
    expect(await ended).toBe(0);
    expect(readFileSync(join(folder, '.ricci_history'), 'utf8').split('\n')).toEqual([
      'quit',
      'x*',
      'd logdet(X) / d X',
      '',
    ]);
  });
});
