// `ricci code EXPR --by NAME --to numpy`

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { must } from '../base/internal.ts';
import { listed } from '../base/words.ts';
import { type Want, codeRequest, codeTargets, emitted, targetNamed, targetNames, wants } from '../pipeline/code.ts';
import { solverCode, solverTargets } from '../pipeline/solver-code.ts';
import type { Target } from '../ops/spell.ts';
import { type Given, UsageError, oneWord } from './args.ts';
import { declarationsOf, declaring, namesBy, showingErrors } from './asking.ts';
import type { Command, ExitCode } from './command.ts';
import type { Io } from './io.ts';
import { modelFrom, showingModelErrors } from './model-file.ts';

export const codeCommand: Command = {
  name: 'code',
  usage: 'ricci code EXPR --by NAME [--by NAME …] --to TARGET [options] | ricci code MODEL.ricci --to TARGET',
  says: `Writes an expression and its derivatives as source code: a module with one function for each, which checks itself.

The value is always there; a Hessian brings the gradient along. A model file becomes one self-contained program that
solves it for any data, in ${listed(solverTargets, 'or')}.`,
  options: {
    by: { value: 'NAME', says: 'a variable to derive by; several give partial derivatives by each' },
    ...declaring,
    value: { says: 'the value alone is enough' },
    gradient: { says: 'the gradient; of what is not a number, the Jacobian (this is what you get when nothing is asked for)' },
    jacobian: { says: 'the Jacobian' },
    hessian: { says: 'the Hessian, also as core and apply where it is full of zeros' },
    hvp: { says: 'the Hessian applied to a direction' },
    to: { value: 'TARGET', oneOf: [...targetNames, 'all'], says: `${listed(targetNames, 'or')}; all needs -o` },
    output: { short: 'o', value: 'DIR', says: 'write files there instead of showing the code' },
    name: { value: 'NAME', says: 'name of the module, f by default' },
  },
  examples: [
    `ricci code "norm2(A*x-y)^2" --by x --gradient --to numpy`,
    `ricci code "sum(log(exp(-y.*(X*w))+vector(1)))" --by w --hessian --to all -o generated --name logistic`,
    'ricci code lasso.ricci --to numpy -o generated',
  ],
  run: (given, io) => {
    const text = oneWord(given, 'the expression', `ricci code "x'*A*x" --by x --to numpy`);
    const to = given.last('to');
    if (to === undefined) throw new UsageError('the target is missing', `write --to ${codeTargets[0]}`);
    const folder = given.last('output');
    if (to === 'all' && folder === undefined) throw new UsageError('--to all writes several files', 'say where: -o DIR');
    if (isModelFile(text)) return modelCode(text, to, given, io);
    const asked = wants.filter((w) => given.has(w));
    const want: readonly Want[] = asked.length === 0 && given.has('by') ? ['gradient'] : asked;
    const by = want.some((w) => w !== 'value') ? namesBy(given, `ricci code ${JSON.stringify(text)}`) : [...given.all('by')];
    const declare = declarationsOf(given);
    const name = given.last('name');
    const chosen: readonly Target[] = to === 'all' ? codeTargets : [must(targetNamed(to))];
    return showingErrors(io, text, declare, () => {
      const request = codeRequest(text, { by, want, declare, ...(name !== undefined && { name }) });
      for (const target of chosen) {
        const file = emitted(request, target);
        if (folder === undefined) {
          io.out(file.text.trimEnd());
          continue;
        }
        const place = chosen.length > 1 ? join(folder, target) : folder;
        mkdirSync(place, { recursive: true });
        writeFileSync(join(place, file.path), file.text);
        io.out(join(place, file.path));
      }
      return 0;
    });
  },
};

/** Only existing files are models: an expression never ends like one. */
function isModelFile(word: string): boolean {
  return extname(word) === '.ricci' || (/[./\\]/.test(word) && existsSync(word));
}

async function modelCode(path: string, to: string, given: Given, io: Io): Promise<ExitCode> {
  const other = ['by', ...wants].find((name) => given.has(name));
  if (other !== undefined) throw new UsageError(`--${other} is for expressions, and ${path} is a model`, 'leave it out: the program brings all derivatives that it needs');
  const target = solverTargets.find((t) => t === to);
  if (target === undefined) throw new UsageError(`a program that solves a model cannot be written in ${to}`, `choose ${listed(solverTargets, 'or')}`);
  const folder = given.last('output');
  const file = modelFrom(path);
  const plain = basename(path, extname(path)).replaceAll(/\W/g, '_');
  return showingModelErrors(io, file, () => {
    const { path: name, text } = solverCode(file.text, target, { name: given.last('name') ?? plain });
    if (folder === undefined) {
      io.out(text.trimEnd());
      return 0;
    }
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), text);
    io.out(join(folder, name));
    return 0;
  });
}
