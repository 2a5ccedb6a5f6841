// Which Chromium runs the tests in a browser, if there is one, and how it is started.

import { existsSync } from 'node:fs';
import process from 'node:process';

export const chromiumPath: string | undefined = [
  process.env['RICCI_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));

export const chromiumArguments: readonly string[] = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
