// A thread that helps: it waits for jobs and runs the tasks it gets hold of.

import { must } from '../../base/internal.ts';
import type { MemoryObject, WasmFunction } from '../wasm/engine.ts';
import { instantiate } from '../wasm/engine.ts';
import { hostFunctions } from '../wasm/host.ts';
import { type Engagement, deskOf, serve } from './desk.ts';
import { type SharedModule, functionsOf, runTask } from './job.ts';
import { onMessage, reply } from './thread.ts';

/** Modules that stay ready; others are made again when they are called. */
const MOST_MODULES = 256;

onMessage((message) => {
  const { desk, memory, thread } = message as Engagement & { readonly memory: MemoryObject };
  const made = new Map<number, readonly WasmFunction[]>();
  let words = new Float64Array(memory.buffer);
  const find = ({ number, at, length }: SharedModule, position: number): WasmFunction => {
    let found = made.get(number);
    if (!found) {
      const bytes = new Uint8Array(words.buffer, at, length).slice();
      found = Object.values(instantiate(bytes, { host: { memory, ...hostFunctions } }));
      if (made.size >= MOST_MODULES) made.delete(must(made.keys().next().value));
      made.set(number, found);
    }
    return must(found[position]);
  };
  reply('present');
  serve(deskOf(desk), (job, task, reach) => {
    if (words.length < reach) {
      // The memory has grown; its length here may lag behind until it is asked to grow by nothing.
      memory.grow(0);
      words = new Float64Array(memory.buffer);
    }
    runTask(words, job, task, functionsOf(words, job, find), thread);
  });
});
