// The page can be installed: the browser's own judgement of its manifest, icons and service worker.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { expect, inject, test } from 'vitest';
import { chromiumArguments, chromiumPath } from '../../test/chromium.ts';

test('Chromium finds nothing against installing the page', async () => {
  // A window that keeps nothing cannot install anything.
  const profile = mkdtempSync(join(tmpdir(), 'ricci-profile-'));
  const context = await chromium.launchPersistentContext(profile, { executablePath: chromiumPath!, args: [...chromiumArguments] });
  try {
    const page = await context.newPage();
    await page.goto(inject('site'));
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    const session = await context.newCDPSession(page);
    const manifest = await session.send('Page.getAppManifest');
    expect(manifest.errors).toEqual([]);
    expect(JSON.parse(manifest.data ?? '')).toMatchObject({ name: 'ricci', start_url: './', scope: './', display: 'standalone' });
    expect((await session.send('Page.getInstallabilityErrors')).installabilityErrors).toEqual([]);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
});
