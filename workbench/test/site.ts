// The built page, served once for all end-to-end tests.

import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { build, preview } from 'vite';
import config from '../vite.config.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the page is. */
    readonly site: string;
  }
}

const outDir = fileURLToPath(new URL('../dist-test', import.meta.url));

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const ours = { ...config, configFile: false, logLevel: 'warn', build: { ...config.build, outDir } } as const;
  // As it is published: a test runner's own mode would leave the service worker out.
  process.env['NODE_ENV'] = 'production';
  await build(ours);
  const server = await preview({ ...ours, preview: { ...config.preview, port: 4300, host: '127.0.0.1' } });
  project.provide('site', server.resolvedUrls!.local[0] ?? 'http://127.0.0.1:4300/');
  return () => server.close();
}
