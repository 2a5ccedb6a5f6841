// What stands under the answer, one tab at a time; each is loaded when it is first opened.

import type { ComponentType, JSX } from 'preact';
import { Later } from '../parts/later.tsx';
import { type Tab, tabs } from '../state/document.ts';
import { useWorkbench } from '../state/workbench.ts';

type Load = () => Promise<ComponentType>;

/** One line a tab: its title, and where its component is. */
const contents: Readonly<Partial<Record<Tab, { readonly title: string; readonly load: Load }>>> = {};

export function Tabs(): JSX.Element {
  const { document } = useWorkbench();
  const open = document.tab.value;
  const load = contents[open]?.load;
  return (
    <section class="tabs" aria-label="more about the answer">
      <div role="tablist" aria-label="more about the answer">
        {tabs.map((tab) => (
          <button key={tab} type="button" role="tab" id={`tab-${tab}`} aria-selected={tab === open} aria-controls="tab-panel" onClick={() => (document.tab.value = tab)}>
            {contents[tab]?.title ?? tab}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${open}`} tabIndex={0}>
        {load && <Later key={open} load={load} />}
      </div>
    </section>
  );
}
