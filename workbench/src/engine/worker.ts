// A worker of the page: answers one question at a time, each in a graph of its own.

import { RicciError } from '../../../src/base/diagnostic.ts';
import { inContext, newContext } from '../../../src/ir/expr.ts';
import type { Failure, Reply, Request, TaskName } from './protocol.ts';
import { type Mailbox, type Work, newMailbox } from './work.ts';
import { tasks } from './tasks.ts';

const mailboxes = new Map<number, Mailbox>();
const memory = new Map<string, unknown>();
const reply = (message: Reply): void => postMessage(message);

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  if (data.kind === 'tell') mailboxes.get(data.id)?.put(data.message);
  else void answer(data.id, data.task, data.input);
});

async function answer(id: number, name: TaskName, input: unknown): Promise<void> {
  // A task is loaded when it is first asked for, and may be told something meanwhile.
  const mailbox = newMailbox();
  mailboxes.set(id, mailbox);
  const work: Work = {
    progress: (news) => reply({ kind: 'progress', id, news }),
    onMessage: mailbox.onMessage,
    memory,
  };
  try {
    // The page's types say that the input fits the task.
    const task = (await tasks[name]()) as (input: unknown, work: Work) => unknown;
    reply({ kind: 'done', id, output: await inContext(newContext(), () => task(input, work)) });
  } catch (error) {
    reply({ kind: 'failed', id, failure: failureOf(error) });
  } finally {
    mailboxes.delete(id);
  }
}

function failureOf(error: unknown): Failure {
  if (error instanceof RicciError) return { kind: 'diagnostics', diagnostics: error.diagnostics };
  return { kind: 'internal', message: error instanceof Error ? error.message : String(error) };
}

reply({ kind: 'ready' });
