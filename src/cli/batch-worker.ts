// Answers lines one after the other, away from the thread that reads and writes, so that no request can stop the rest.

import { parentPort } from 'node:worker_threads';
import { answerLine } from './batch-answer.ts';

parentPort?.on('message', (line: string) => parentPort?.postMessage(answerLine(line)));
// Loading takes its time, which is no request's fault: the clock runs from here.
parentPort?.postMessage(null);
