// Tells the service worker which files it keeps.

import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';

export const serviceWorkerFile = 'service-worker.js';

export function keptFiles(): Plugin {
  return {
    name: 'ricci-kept-files',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler: (_, bundle) => {
        const worker = bundle[serviceWorkerFile];
        if (worker?.type !== 'chunk') throw new Error(`the build has no ${serviceWorkerFile}`);
        const others = Object.values(bundle).filter((file) => file !== worker && file.fileName !== 'index.html');
        const hash = createHash('sha256');
        for (const file of Object.values(bundle)) hash.update(file.fileName).update(file.type === 'chunk' ? file.code : file.source);
        const build = { version: hash.digest('hex').slice(0, 12), files: ['./', './icon.svg', './manifest.webmanifest', ...others.map((file) => `./${file.fileName}`)] };
        worker.code = worker.code.replace(/(["'`])__BUILD__\1/, () => JSON.stringify(JSON.stringify(build)));
      },
    },
  };
}
