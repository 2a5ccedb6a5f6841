// What stands under the answer, one tab at a time; each is loaded when it is first opened.

import type { ComponentType, JSX } from 'preact';
import { Later } from '../parts/later.tsx';
import { type Tab, tabs } from '../state/document.ts';
import { useWorkbench } from '../state/workbench.ts';

/** One line a tab: its title, and where its component is. */
const contents: Readonly<Record<Tab, { readonly title: string; readonly load: () => Promise<ComponentType> }>> = {
  steps: { title: 'Steps', load: async () => (await import('./tabs/steps.tsx')).StepsTab },
  index: { title: 'Index notation', load: async () => (await import('./tabs/index-notation.tsx')).IndexTab },
  code: { title: 'Code', load: async () => (await import('./tabs/code.tsx')).CodeTab },
  graph: { title: 'Graph', load: async () => (await import('./tabs/graph.tsx')).GraphTab },
  plan: { title: 'Plan', load: async () => (await import('./tabs/plan.tsx')).PlanTab },
  numbers: { title: 'Try numbers', load: async () => (await import('./tabs/numbers.tsx')).NumbersTab },
  convexity: { title: 'Convexity', load: async () => (await import('./tabs/convexity.tsx')).ConvexityTab },
  mine: { title: 'Check mine', load: async () => (await import('./tabs/mine.tsx')).MineTab },
};

export function Tabs(): JSX.Element | null {
  const { document, settled } = useWorkbench();
  const open = document.tab.value;
  if (!settled.value) return null;
  return (
    <section class="tabs" aria-label="more about the answer">
      <div role="tablist" aria-label="more about the answer" onKeyDown={(event) => move(event, open, (tab) => (document.tab.value = tab))}>
        {tabs.map((tab) => (
          <button key={tab} type="button" role="tab" id={`tab-${tab}`} tabIndex={tab === open ? 0 : -1} aria-selected={tab === open} aria-controls="tab-panel" onClick={() => (document.tab.value = tab)}>
            {contents[tab].title}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${open}`} tabIndex={0}>
        <Later key={open} load={contents[open].load} />
      </div>
    </section>
  );
}

// The keys of tabs: https://www.w3.org/WAI/ARIA/apg/patterns/tabs/
function move(event: KeyboardEvent, from: Tab, to: (tab: Tab) => void): void {
  const at = tabs.indexOf(from);
  const next = { ArrowRight: at + 1, ArrowLeft: at - 1 + tabs.length, Home: 0, End: tabs.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  const tab = tabs[next % tabs.length]!;
  to(tab);
  document.getElementById(`tab-${tab}`)?.focus();
}
