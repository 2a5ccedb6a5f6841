// Answers lines one after the other, away from the thread that reads and writes, so that no request can stop the rest.

import { parentPort, workerData } from 'node:worker_threads';
import { answerLine } from './batch-answer.ts';

// Solves end in time to be answered with the best point so far.
const { seconds } = workerData as { seconds: number };
parentPort?.on('message', (line: string) => parentPort?.postMessage(answerLine(line, { seconds })));
// Loading takes its time, which is no request's fault: the clock runs from here.
parentPort?.postMessage(null);
