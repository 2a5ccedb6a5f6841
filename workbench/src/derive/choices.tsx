// What to derive by, to which order, and how the result is laid out: each choice by its name.

import type { JSX } from 'preact';
import { useId, useMemo } from 'preact/hooks';
import type { SymmetricConvention } from '../../../src/diff/structured.ts';
import { type Layout, layouts } from '../../../src/pipeline/layout.ts';
import { symmetricConventions } from '../state/document.ts';
import { steady } from '../state/steady.ts';
import { useWorkbench } from '../state/workbench.ts';

const orders = ['by', 'then by', 'and then by'] as const;

const layoutNames: Readonly<Record<Layout, string>> = {
  mixed: 'mixed: like the variable',
  numerator: 'numerator: the Jacobian',
  denominator: 'denominator: its transpose',
};

const symmetricNames: Readonly<Record<SymmetricConvention, string>> = {
  projected: "projected, (G+G')/2",
  cookbook: "Matrix Cookbook, G+G'-G∘I",
};

const none = ['', '–'] as const;

export function Choices(): JSX.Element {
  const { document, current, latest } = useWorkbench();
  const read = useMemo(
    () =>
      steady(() => {
        const of = current.value?.function ? current.value : (latest.value ?? current.value);
        return { names: (of?.variables ?? []).map((v) => v.name), by: of?.by ?? [] };
      }),
    [current, latest],
  );
  const { names, by } = read.value;
  const optionsOf = (order: number): readonly (readonly [string, string])[] =>
    order > by.length ? [none] : [...(order > 0 || by.length === 0 ? [none] : []), ...names.map((name) => [name, name] as const)];
  const choose = (order: number, name: string): void => {
    // What was chosen a moment ago counts, though its answer is still on its way.
    const asked = document.by.peek();
    const before = asked.length > 0 && asked.every((one) => names.includes(one)) ? asked : by;
    document.by.value = name === '' ? before.slice(0, order) : [...before.slice(0, order), name, ...before.slice(order + 1)];
  };
  return (
    <section class="choices" aria-label="derivative">
      {orders.map((label, order) => (
        <Choice key={label} label={label} value={by[order] ?? ''} isDisabled={order > by.length} options={optionsOf(order)} choose={(name) => choose(order, name)} />
      ))}
      <Choice label="layout" value={document.layout.value} options={layouts.map((layout) => [layout, layoutNames[layout]])} choose={(layout) => (document.layout.value = layout as Layout)} />
      <Choice
        label="by symmetric variables"
        value={document.symmetric.value}
        options={symmetricConventions.map((convention) => [convention, symmetricNames[convention]])}
        choose={(convention) => (document.symmetric.value = convention as SymmetricConvention)}
      />
    </section>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  /** Values with what they are called. */
  readonly options: readonly (readonly [value: string, says: string])[];
  readonly choose: (value: string) => void;
  readonly isDisabled?: boolean;
}

function Choice({ label, value, options, choose, isDisabled = false }: ChoiceProps): JSX.Element {
  const id = useId();
  return (
    <div class={options.some(([, says]) => says.length > 12) ? 'choice wide' : 'choice'}>
      <label for={id}>{label}</label>
      <select id={id} value={value} disabled={isDisabled} onChange={(event) => choose(event.currentTarget.value)}>
        {options.map(([key, says]) => (
          <option key={key} value={key}>
            {says}
          </option>
        ))}
      </select>
    </div>
  );
}
