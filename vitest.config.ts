import process from 'node:process';
import { playwright } from '@vitest/browser-playwright';
import { type ViteUserConfig, defineConfig } from 'vitest/config';
import { chromiumArguments, chromiumPath as chromium } from './test/chromium.ts';

// Tests named *.browser.test.ts run inside Chromium, those named *.e2e.test.ts use the built page through it.
if (chromium === undefined) process.stdout.write('tests in a browser are not run: there is no Chromium (RICCI_CHROMIUM names one)\n');

const webgpu = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

const config: ViteUserConfig = defineConfig({
  test: {
    testTimeout: 20_000,
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'node',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'workbench/src/**/*.test.{ts,tsx}'],
          exclude: ['**/*.browser.test.{ts,tsx}'],
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
                include: ['src/**/*.browser.test.ts', 'test/**/*.browser.test.ts', 'workbench/src/**/*.browser.test.{ts,tsx}'],
                testTimeout: 60_000,
                browser: {
                  enabled: true,
                  headless: true,
                  screenshotFailures: false,
                  provider: playwright({ launchOptions: { executablePath: chromium, args: [...chromiumArguments, ...webgpu] } }),
                  instances: [{ browser: 'chromium' as const }],
                },
              },
            },
            {
              test: {
                name: 'workbench',
                include: ['workbench/test/**/*.e2e.test.ts'],
                globalSetup: ['workbench/test/site.ts'],
                expect: { poll: { timeout: 15_000 } },
                testTimeout: 60_000,
              },
            },
          ]),
    ],
  },
});

export default config;
