// The commands by name.

import type { Entry } from './command.ts';

export const commands: readonly Entry[] = [
  {
    name: 'derive',
    says: 'derive an expression and check the result',
    load: async () => (await import('./derive.ts')).deriveCommand,
  },
  {
    name: 'eval',
    says: 'evaluate an expression at given values',
    load: async () => (await import('./eval.ts')).evalCommand,
  },
  {
    name: 'check',
    says: 'find out whether a derivative of your own is right',
    load: async () => (await import('./check.ts')).checkCommand,
  },
  {
    name: 'certify',
    says: 'find out whether an expression is convex, with a proof or a counterexample',
    load: async () => (await import('./certify.ts')).certifyCommand,
  },
  {
    name: 'explain',
    says: 'explain an error code or a function',
    load: async () => (await import('./explain.ts')).explainCommand,
  },
  {
    name: 'functions',
    says: 'list the functions of the language',
    load: async () => (await import('./functions.ts')).functionsCommand,
  },
  { name: 'plan', says: 'show how an expression is computed, and what each step costs', load: async () => (await import('./plan.ts')).planCommand },
  {
    name: 'batch',
    says: 'answer JSON lines from standard input',
    load: async () => (await import('./batch.ts')).batchCommand,
  },
  {
    name: 'prompt',
    says: 'work line by line (also: ricci alone)',
    load: async () => (await import('./prompt.ts')).promptCommand,
  },
  {
    name: 'model',
    says: 'read a model file and say how it is understood',
    load: async () => (await import('./model.ts')).modelCommand,
  },
  {
    name: 'solve',
    says: 'solve the problem of a model file',
    load: async () => (await import('./solve.ts')).solveCommand,
  },
  { name: 'code', says: 'write an expression and its derivatives as source code', load: async () => (await import('./code.ts')).codeCommand },
  { name: 'study', says: 'study an architecture or a set of data', load: async () => (await import('./study.ts')).studyCommand },
  { name: 'gallery', says: 'claims of published papers, checked', load: async () => (await import('./gallery.ts')).galleryCommand },
];
