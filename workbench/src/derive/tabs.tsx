// What stands under the answer, one tab at a time; each is loaded when it is first opened.

import type { ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type Tab, tabs } from '../state/document.ts';
import { useWorkbench } from '../state/workbench.ts';

type Load = () => Promise<ComponentType>;

/** One line a tab: its title, and where its component is. */
const contents: Readonly<Partial<Record<Tab, { readonly title: string; readonly load: Load }>>> = {};

export function Tabs(): JSX.Element {
  const { document } = useWorkbench();
  const open = document.tab.value;
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
        <Panel key={open} load={contents[open]?.load} />
      </div>
    </section>
  );
}

function Panel({ load }: { readonly load: Load | undefined }): JSX.Element | null {
  const [Content, setContent] = useState<{ readonly of: ComponentType }>();
  useEffect(() => {
    let isOpen = true;
    void load?.().then((of) => isOpen && setContent({ of }));
    return () => {
      isOpen = false;
    };
  }, [load]);
  return Content ? <Content.of /> : null;
}
