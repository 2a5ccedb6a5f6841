// Prints the closing line of a test run: node scripts/tally.mjs <vitest's JSON report> <exit status of the run>
// What fails without a failing test (types, lint, a file that does not load, no tests at all) counts as one failure.

import { readFileSync } from 'node:fs';
import process from 'node:process';

const [report = '', exitStatus = '1'] = process.argv.slice(2);
const text = readFileSync(report, 'utf8');
const tests = (text === '' ? [] : JSON.parse(text).testResults).flatMap((file) => file.assertionResults);
const count = (...statuses) => tests.filter((test) => statuses.includes(test.status)).length;

const passed = count('passed');
const skipped = count('pending', 'skipped', 'todo', 'disabled');
const isBroken = exitStatus !== '0' || passed === 0;
const failed = Math.max(tests.length - passed - skipped, isBroken ? 1 : 0);

console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;
