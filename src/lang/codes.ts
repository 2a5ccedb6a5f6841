// Every code the language can report, with what it is about in a few words. docs/errors/CODE.md tells more.

import type { Diagnostic, Fix, Note, Severity, Source, Span } from '../base/diagnostic.ts';

export const codes = {
  // reading characters
  'text-too-long': 'the text is too long',
  'too-many-tokens': 'the text has too many words and signs',
  'nesting-too-deep': 'brackets or powers are nested too deeply',
  'unexpected-character': 'a character that means nothing here',
  'number-out-of-range': 'a number that double precision does not have',
  'unclosed-string': 'a quote without its end',
  // reading sentences
  'empty-text': 'there is nothing to read',
  'missing-operand': 'an operator or a comma without its value',
  'missing-operator': 'two values side by side',
  'unclosed-bracket': 'a bracket is not closed',
  'unmatched-bracket': 'a closing bracket without its opening one',
  'double-star': 'a power written as in Python',
  'foreign-spelling': 'a spelling from another language',
  'relation-in-expression': 'a comparison where a value is expected',
  'bad-einsum': 'an einsum pattern that cannot be read',
  'bad-index': 'an index that cannot be read',
  'bad-definition': 'the left side of = is not a name',
  // declarations
  'bad-declaration': 'a declaration that cannot be read',
  'unknown-kind': 'a kind that does not exist',
  'unknown-fact': 'a fact that does not exist',
  'declared-twice': 'a name declared twice',
  'bad-size': 'a size that cannot be read',
  'bad-interval': 'an interval that cannot be read',
  'fact-does-not-fit': 'a fact that this kind cannot have',
  'complex-not-yet': 'complex variables come later',
  // models
  'bad-model': 'a model that cannot be read',
  'constraint-without-relation': 'a constraint that compares nothing',
  'bad-chain': 'a chain of comparisons that cannot be read',
  'integer-variable': 'a wish for whole numbers',
  'undeclared-name': 'a name that the model does not declare',
  'objective-not-scalar': 'an objective that is not a scalar',
  'variable-cannot-be': 'a fact that a variable cannot be asked to have',
  'bad-start': 'a start value that cannot be read',
  // kinds and shapes
  'inner-dims-differ': 'a product with different inner dims',
  'shapes-differ': 'operands of different shapes',
  'kinds-differ': 'operands of different kinds',
  'column-times-column': 'a product of two columns or two rows',
  'product-does-not-fit': 'a product of kinds that do not fit',
  'division-by-array': 'a division by something that is not a scalar',
  'not-square': 'a square matrix is needed',
  'bad-exponent': 'an exponent that cannot stand here',
  'exponent-too-large': 'a matrix power that is too large',
  'transpose-of-tensor': 'a transpose of a tensor',
  'dim-too-large': 'a size beyond what can be counted',
  'data-shape-differs': 'given numbers and declaration differ in shape',
  'result-shape-differs': 'the result has another shape than expected',
  // functions
  'unknown-function': 'a function that does not exist',
  'not-a-function': 'a variable used like a function',
  'function-without-arguments': 'a function used like a variable',
  'wrong-number-of-arguments': 'too many or too few arguments',
  'wrong-argument': 'an argument of the wrong kind or shape',
  'unknown-axis': 'an axis that is neither rows nor cols',
  'needs-fact': 'a fact that is needed and not known',
  // index notation and blocks
  'wrong-number-of-indices': 'too many or too few indices',
  'index-out-of-range': 'an index beyond the end',
  'index-arithmetic': 'arithmetic with a summation index',
  'index-three-times': 'an index three times in one term',
  'index-inside-function': 'a sum inside a function that is not written out',
  'index-not-used': 'a sum over an index that does not occur',
  'free-indices-differ': 'terms with different free indices',
  'mixed-notation': 'index notation beside matrix notation',
  'blocks-differ': 'blocks that do not fit together',
  // notices
  'scalar-broadcast': 'a scalar added to every entry',
  'elementwise-function': 'a function taken entry by entry',
  'elementwise-power': 'a power taken entry by entry',
  'kind-inferred': 'a kind taken from the use of a name',
  'einstein-sum': 'a sum over repeated indices',
  'dims-equal': 'two sizes that must be equal',
  'size-unknown': 'a size that nothing determines',
  'identity-letter': 'I read as the unit matrix, or not',
  'constant-pi': 'pi read as the number',
  'comment-read': 'the end of a line read as a comment',
  'bars-read': 'bars read as a norm or as absolute values',
  'latex-read': 'LaTeX read as text of the language',
  'strict-relation': 'a strict comparison read as one that allows equality',
  // LaTeX
  'latex-unknown-command': 'a LaTeX command that is not understood',
  'latex-unclosed': 'a LaTeX group without its end',
  'latex-not-understood': 'LaTeX that cannot be read',
} as const;

export type Code = keyof typeof codes;

export interface Details {
  readonly needed?: string;
  readonly found?: string;
  readonly help?: string;
  readonly notes?: readonly Note[];
  readonly fixes?: readonly Fix[];
  readonly source?: Source;
}

export function error(code: Code, span: Span, message: string, details: Details = {}): Diagnostic {
  return diagnostic('error', code, span, message, details);
}

export function notice(code: Code, span: Span, message: string, details: Details = {}): Diagnostic {
  return diagnostic('notice', code, span, message, details);
}

function diagnostic(severity: Severity, code: Code, span: Span, message: string, details: Details): Diagnostic {
  return { code, severity, message, span, ...details };
}
