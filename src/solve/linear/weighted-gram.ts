// A'diag(d)A of one matrix for weights that change in few rows from one call to the next, as those of a function made of
// pieces do: only the rows whose weights have changed are multiplied.

import { sharedMachine } from '../../run/wasm/machine.ts';
import { rowMajor, transposed } from '../../run/wasm/matrix.ts';
import type { Residents } from '../../run/wasm/residents.ts';

// Rows of one product.
const atOnce = 1024;
// What came and went leaves rounding behind; after so many rows, as a multiple of those that count, all is computed afresh.
const mostCarried = 4;

/** `data` is [rows, cols] by rows. Returns A'diag(d)A in full for weights d, a new array each time. */
export function weightedGram({ rows, cols, data }: { readonly rows: number; readonly cols: number; readonly data: Float64Array }, residents: Residents | undefined): (d: Float64Array) => Float64Array {
  const machine = sharedMachine();
  const { memory } = machine.context;
  const own = { at: 0 };
  const sum = new Float64Array(cols * cols);
  const last = new Float64Array(rows);
  let carried = 0;
  return (d) => {
    let [active, changed] = [0, 0];
    for (let i = 0; i < rows; i++) {
      if (d[i] !== 0) active++;
      if (d[i] !== last[i]) changed++;
    }
    if (changed > active || changed + carried > mostCarried * active) {
      sum.fill(0);
      last.fill(0);
      carried = 0;
      changed = active;
    }
    carried += changed;
    if (changed > 0) add(d);
    const full = sum.slice();
    for (let i = 0; i < cols; i++) for (let j = i + 1; j < cols; j++) full[i * cols + j] = full[j * cols + i]!;
    return full;
  };

  function add(d: Float64Array): void {
    const from = copyOfData();
    const width = cols * 8;
    memory.temporary((2 * atOnce + cols) * width, (at) => {
      const [leftAt, productAt] = [at + atOnce * width, at + 2 * atOnce * width];
      let count = 0;
      let isFirst = true;
      const take = (): void => {
        machine.blas('f64').syrkLower(1, transposed(rowMajor(leftAt, count, cols)), transposed(rowMajor(at, count, cols)), isFirst ? 0 : 1, rowMajor(productAt, cols, cols));
        isFirst = false;
        count = 0;
      };
      let numbers = memory.f64();
      for (let i = 0; i < rows; i++) {
        const by = d[i]! - last[i]!;
        if (by === 0) continue;
        last[i] = d[i]!;
        const [source, right, left] = [from / 8 + i * cols, at / 8 + count * cols, leftAt / 8 + count * cols];
        for (let j = 0; j < cols; j++) {
          const value = numbers[source + j]!;
          numbers[right + j] = value;
          numbers[left + j] = by * value;
        }
        if (++count < atOnce) continue;
        take();
        numbers = memory.f64();
      }
      if (count > 0) take();
      const product = memory.doubles(productAt, cols * cols);
      for (let i = 0; i < cols; i++) for (let j = 0; j <= i; j++) sum[i * cols + j]! += product[i * cols + j]!;
    });
  }

  function copyOfData(): number {
    const copy = (address: number): void => memory.f64().set(data, address / 8);
    if (residents) return residents.of(machine, data, 'f64', copy).address;
    if (own.at === 0) {
      own.at = memory.allocate(data.length * 8);
      machine.releaseWith(own, own.at);
      copy(own.at);
    }
    return own.at;
  }
}
