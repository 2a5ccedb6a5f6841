import { render } from 'preact';
import { App } from './app.tsx';
import { keepOffline } from './offline.ts';
import { empty } from './state/document.ts';
import { WorkbenchProvider, newWorkbench } from './state/workbench.ts';
import './style/page.css';
import './style/print.css';

const workbench = newWorkbench({ ...empty, text: "norm2(A*x-y)^2" });

// The engine begins meanwhile: the page is drawn in a turn of its own.
setTimeout(() =>
  render(
    <WorkbenchProvider value={workbench}>
      <App />
    </WorkbenchProvider>,
    document.getElementById('app')!,
  ),
);

// A page that is kept on the machine has its font there too.
if (navigator.serviceWorker?.controller) void import('./style/math-font.css');
keepOffline();
