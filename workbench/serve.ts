// `npm start`: builds the page and serves it on this machine.

import process from 'node:process';
import { build, preview } from 'vite';
import config from './vite.config.ts';

const port = Number(process.env['PORT'] ?? 4173);

await build({ ...config, configFile: false, logLevel: 'warn' });
const server = await preview({ ...config, configFile: false, logLevel: 'warn', preview: { ...config.preview, port } });
const address = server.resolvedUrls?.local[0] ?? `http://localhost:${port}/`;
process.stdout.write(`\n  ricci  the workbench is at ${address}\n         Ctrl-C ends it; the prompt in the terminal is \`npm run ricci\`\n\n`);
