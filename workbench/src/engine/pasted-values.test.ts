import { describe, expect, test } from 'vitest';
import { RicciError } from '../../../src/base/diagnostic.ts';
import { pastedValues } from './pasted-values.ts';

const wanted = [
  { name: 'A', axes: 2 },
  { name: 'x', axes: 1 },
  { name: 'c', axes: 0 },
];

const matrix = [
  [1, -2.5],
  [3, 0.001],
];

describe('numbers as they are pasted', () => {
  test.each([
    ['JSON by name', '{"A": [[1, -2.5], [3, 1e-3]], "x": [1, 2]}', { A: matrix, x: [1, 2] }],
    ['what NumPy prints', 'A = [[ 1.    -2.5  ]\n [ 3.     0.001]]', { A: matrix }],
    ['what NumPy prints, without a name', '[[ 1.    -2.5  ]\n [ 3.     0.001]]', { A: matrix }],
    ['how NumPy is written', 'A = np.array([[1, -2.5], [3, 1e-3]], dtype=np.float64)\nx = np.array([1., 2., 3.])\nc = 0.5', { A: matrix, x: [1, 2, 3], c: 0.5 }],
    ['how NumPy shows itself', 'array([[ 1.e+00, -2.5e+00],\n       [ 3.e+00,  1.e-03]])', { A: matrix }],
    ['a long vector of NumPy on several lines', 'x = [0.1 0.2 0.3\n 0.4 0.5]', { x: [0.1, 0.2, 0.3, 0.4, 0.5] }],
    ['PyTorch', 'x = tensor([1.0000, 2.0000], requires_grad=True)', { x: [1, 2] }],
    ['MATLAB', 'A = [1 -2.5; 3 1e-3];\nx = [1; 2; 3]', { A: matrix, x: [1, 2, 3] }],
    ['MATLAB with commas and a transpose', "A = [1, 3; -2.5, 0.001]'", { A: matrix }],
    ['what MATLAB prints', 'A =\n\n    1.0000   -2.5000\n    3.0000    0.0010\n\n', { A: matrix }],
    ['what MATLAB prints with a factor', 'x =\n\n   1.0e+03 *\n\n    1.0000\n    2.5000\n', { x: [1000, 2500] }],
    ['what R assigns', 'c <- 0.5', { c: 0.5 }],
    ['CSV', '1,-2.5\n3,0.001\n', { A: matrix }],
    ['CSV with a heading', 'first,second\n1,-2.5\n3,0.001\n', { A: matrix }],
    ['a column of CSV', '1\n2\n3', { x: [1, 2, 3] }],
    ['rows with tabs, as from a table', '1\t-2.5\n3\t0.001', { A: matrix }],
    ['JSON without a name', '[[1, -2.5], [3, 0.001]]', { A: matrix }],
    ['a row for a vector', 'x = [[1, 2, 3]]', { x: [1, 2, 3] }],
    ['one number', '0.25', { c: 0.25 }],
    ['nothing', '  \n', {}],
    ['what is not finite', 'x = [nan inf -inf]', { x: [Number.NaN, Infinity, -Infinity] }],
  ])('%s', (_, text, values) => {
    expect(pastedValues(text, wanted)).toEqual(values);
  });

  test.each([
    ['an array that NumPy shortened', 'x = [0.1 0.2 ... 0.9 1. ]', /left out when they were printed.*print all of them/],
    ['rows of different length', 'A = [1 2; 3]', /the rows of A differ in length.*rows of 2 and 1 entries/],
    ['a bracket that is not closed', 'A = [[1, 2], [3, 4]', /a bracket of A is not closed/],
    ['words', 'x = hello', /this of x is not a number.*hello/],
    ['code', 'x = alert(1)', /not a number/],
    ['a complex number', 'x = [1+2j 3]', /not a number.*1\+2j/],
    ['two arrays in one', 'A = [1 2] [3 4]', /not one array/],
    ['no value', 'x =', /the value of x is missing/],
    ['JSON that is cut off', '{"x": [1, 2', /not one array|not a number/],
  ])('%s is refused in words', (_, text, says) => {
    const told = (): string => {
      try {
        return JSON.stringify(pastedValues(text, wanted));
      } catch (error) {
        if (!(error instanceof RicciError)) throw error;
        return error.diagnostics.map((d) => `${d.message} ${d.needed} ${d.found} ${d.help}`).join('\n');
      }
    };
    expect(told()).toMatch(says);
  });

  test('numbers that several variables could have are not guessed', () => {
    expect(() => pastedValues('[1, 2]', [{ name: 'x', axes: 1 }, { name: 'y', axes: 1 }])).toThrow('which variable these numbers are for is not said');
  });
});
