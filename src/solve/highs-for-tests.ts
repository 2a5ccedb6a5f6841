// HiGHS, an independent referee for linear programs.

import * as module from 'highs';

export interface Highs {
  solve(
    lpFile: string,
    options: { readonly output_flag: boolean },
  ): {
    readonly Status: string;
    readonly ObjectiveValue: number;
  };
}

export async function loadHighs(): Promise<Highs> {
  const load = (module as unknown as { readonly default: () => Promise<Highs> }).default;
  return load();
}
