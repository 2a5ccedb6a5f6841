// Signs that other languages have, and how what they mean is written here. Apart from words, which need the table of
// functions: the page cuts text into tokens on its own thread, without the table.

/** Characters of mathematics that are written otherwise here. */
const signs: Readonly<Record<string, string>> = {
  '∑': 'write sum(…), or sum[i](…) over an index',
  '∏': 'write the logarithm of the product as a sum',
  '∂': 'write the function itself; the derivative is what is asked for',
  '∇': 'write the function itself; the derivative is what is asked for',
  '∫': 'integrals are not part of the language',
  '∈': 'declare the variables beside the expression: x: vector(n)',
  '⟨': "write x'*y, or sum(A.*B)",
  '⟩': "write x'*y, or sum(A.*B)",
  '±': 'write both cases',
  '∓': 'write both cases',
  '½': 'write 1/2',
  '¼': 'write 1/4',
  '¾': 'write 3/4',
  '⅓': 'write 1/3',
  '…': 'write the terms out, or sum[i](…) over an index',
  '?': 'write max, min, abs, relu or step for cases',
};

export function signAdvice(char: string): string | undefined {
  return Object.hasOwn(signs, char) ? signs[char] : undefined;
}
