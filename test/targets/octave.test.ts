// Emitted code for MATLAB and Octave, run by Octave.

import { must } from '../../src/base/internal.ts';
import { octave } from '../../src/emit/octave.ts';
import { scriptTests } from './scripts.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

scriptTests({
  dialect: octave,
  command: ['octave-cli', '--quiet', '--norc'],
  missing: 'there is no octave-cli',
  array: (entries, sizes) => (sizes.length === 0 ? must(entries[0]) : `reshape([${entries.join(' ')}], [${sizes.join(' ')} 1])`),
  declared: (a, b, k) => `@(x) ${a ** k} * sin(${a} * x + 0.4 + ${k} * pi / 2) + ${b ** k} * exp(${b} * x) * 0.5`,
  head: (answers) => `1;
global out
out = fopen(${quoted(answers)}, 'w');
warning('off', 'all');
function answer(job, name, x)
  global out
  x = full(double(x));
  fprintf(out, '%d\\t%s\\t%s\\t%s\\n', job, name, sprintf('%d ', size(x)), sprintf('%.17g ', x));
end
function run(job, folder, name, arguments, calls, direction)
  global out
  addpath(folder);
  try
    module = feval(name);
    for c = 1:numel(calls)
      f = module.(calls{c});
      if strcmp(calls{c}, 'both')
        [first, second] = f(arguments{:});
        answer(job, 'both 1', first);
        answer(job, 'both 2', second);
      else
        answer(job, calls{c}, f(arguments{:}));
      end
    end
    if ~isempty(direction)
      cores = cell(1, max(1, nargin(module.derivative_apply) - 1));
      [cores{:}] = module.derivative_core(arguments{:});
      applied = module.derivative_apply(cores{:}, direction);
      answer(job, 'applied', applied);
      if isfield(module, 'derivative_solve')
        solution = module.derivative_solve(cores{:}, applied);
        if max(abs(solution(:))) < 1e3 * max(abs(direction(:)))
          answer(job, 'resolved', module.derivative_apply(cores{:}, solution));
        end
      end
    end
  catch problem
    fprintf(out, '%d\\t!\\t%s\\n', job, strrep(problem.message, sprintf('\\n'), ' '));
  end
  rmpath(folder);
  clear(name);
end`,
  job: ({ number, folder, path, values, calls, direction }) => `run(${number}, ${quoted(folder)}, ${quoted(path.replace(/\.m$/, ''))}, {${values.join(', ')}}, {${calls.map(quoted).join(', ')}}, ${direction ?? '[]'});`,
  tail: 'fclose(out);',
  functions: (text) => [...text.matchAll(/^ {2}functions\.(\w+) = @/gm)].map((m) => must(m[1])),
  parameters: (text, name) => must(new RegExp(`^function [^\n]* = (?:\\.\\.\\.\n\\s*)?${name}\\(([^)]*)\\)`, 'm').exec(text)?.[1]).split(', ').filter((n) => n !== ''),
  hasCore: (text) => text.includes('derivative_core = @'),
  sizes: (sizes) => {
    const all = [...sizes, 1, 1].slice(0, Math.max(2, sizes.length));
    while (all.length > 2 && all.at(-1) === 1) all.pop();
    return all;
  },
  attack: (path) => `fclose(fopen(${quoted(path)}, 'w'));`,
  hostile: (attack) => [`x'); ${attack} %`, `x\n${attack}`, `x\r${attack}`, `%{\n${attack}\n%}`, `x'']); ${attack}`, `... \n${attack}`, `\\n${attack}`, `%d %s \\x41 ${attack}`],
  wrong: [
    [{ x: [1, 2, 3], A: [[1, 2], [3, 4]], y: [1, 2] }, /^A must be m-by-n with n = 3 from x, got 2-by-2$/],
    [{ x: [1, 2], A: [[1, 2], [3, 4]], y: [1, 2, 3] }, /^y must be m-by-1 with m = 2 from A, got 3-by-1$/],
    [{ x: [[1, 2]], A: [[1, 2], [3, 4]], y: [1, 2] }, /^x must be n-by-1, got 1-by-2$/],
  ],
  selfCheck: (folder, { path }) => `addpath(${quoted(folder)});\nm = ${path.replace(/\.m$/, '')}();\nm.self_check();\n`,
});
