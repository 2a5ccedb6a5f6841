import { fileURLToPath } from 'node:url';
import { type UserConfig, defineConfig } from 'vite';
import { headers } from './headers.ts';
import { keptFiles, serviceWorkerFile } from './service-worker-plugin.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

const config: UserConfig = defineConfig({
  root: here,
  base: './',
  plugins: [keptFiles()],
  build: {
    outDir: `${here}dist`,
    emptyOutDir: true,
    target: 'es2024',
    modulePreload: { polyfill: false },
    // No file becomes part of another as a data: address, which the policy would refuse for fonts.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { page: `${here}index.html`, worker: `${here}src/service-worker.ts` },
      output: { entryFileNames: (chunk) => (chunk.name === 'worker' ? serviceWorkerFile : 'assets/[name]-[hash].js') },
    },
  },
  worker: { format: 'es' },
  // The page imports the library's sources from the folder above.
  server: { headers, fs: { allow: ['..'] } },
  preview: { headers },
});

export default config;
