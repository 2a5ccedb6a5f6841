import { existsSync } from 'node:fs';
import process from 'node:process';
import { playwright } from '@vitest/browser-playwright';
import { type ViteUserConfig, defineConfig } from 'vitest/config';

// Tests named *.browser.test.ts run in Chromium where there is one.
const chromium = [process.env['RICCI_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => path !== undefined && existsSync(path));
if (chromium === undefined) process.stdout.write('tests in a browser are not run: there is no Chromium (RICCI_CHROMIUM names one)\n');

const quiet = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const webgpu = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

const config: ViteUserConfig = defineConfig({
  test: {
    testTimeout: 20_000,
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'node',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts'],
          testTimeout: 20_000,
          pool: 'threads',
        },
      },
      ...(chromium === undefined
        ? []
        : [
            {
              // Threads share memory only in a page that is isolated from others.
              server: { headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' } },
              test: {
                name: 'chromium',
                include: ['src/**/*.browser.test.ts', 'test/**/*.browser.test.ts'],
                testTimeout: 60_000,
                browser: {
                  enabled: true,
                  headless: true,
                  screenshotFailures: false,
                  provider: playwright({ launchOptions: { executablePath: chromium, args: [...quiet, ...webgpu] } }),
                  instances: [{ browser: 'chromium' as const }],
                },
              },
            },
          ]),
    ],
  },
});

export default config;
