import { fileURLToPath } from 'node:url';
import { type UserConfig, defineConfig } from 'vite';
import { headers } from './headers.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

const config: UserConfig = defineConfig({
  root: here,
  base: './',
  build: { outDir: `${here}dist`, emptyOutDir: true, target: 'es2024', modulePreload: { polyfill: false } },
  worker: { format: 'es' },
  // The page imports the library's sources from the folder above.
  server: { headers, fs: { allow: ['..'] } },
  preview: { headers },
});

export default config;
