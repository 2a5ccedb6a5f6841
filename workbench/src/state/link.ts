// The whole state in the address: changed fields as JSON, compressed, behind the #. Nothing of it leaves the machine,
// since browsers keep that part to themselves. A link is foreign text: it is read within bounds and field by field.

import { layouts } from '../../../src/pipeline/layout.ts';
import { type Snapshot, empty, rooms, studies, symmetricConventions, tabs } from './document.ts';

const version = '1.';
const longest = 2_000_000;

/** What stands behind the `#`; the empty string for an empty page. */
export async function toLink(snapshot: Snapshot): Promise<string> {
  const changed = Object.entries(snapshot).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(empty[name as keyof Snapshot]));
  if (changed.length === 0) return '';
  const bytes = new TextEncoder().encode(JSON.stringify(Object.fromEntries(changed)));
  return version + base64url(await through(bytes, new CompressionStream('deflate-raw'), Infinity));
}

/** The page that a link describes, or why it describes none. */
export async function fromLink(fragment: string): Promise<Partial<Snapshot> | { readonly wrong: string }> {
  const text = fragment.replace(/^#/, '');
  if (text === '') return {};
  if ((rooms as readonly string[]).includes(text)) return { room: text as Snapshot['room'] };
  if (!text.startsWith(version)) return { wrong: 'this link is not one of ricci, or of a later version of it' };
  try {
    const bytes = await through(bytesOf(text.slice(version.length)), new DecompressionStream('deflate-raw'), longest);
    return checkedFields(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch (error) {
    return { wrong: error instanceof TooLong ? error.message : 'this link is damaged: part of it may be missing' };
  }
}

class TooLong extends Error {}

async function through(bytes: Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length;
    if (length > most) {
      await reader.cancel();
      throw new TooLong(`this link holds more than ${most / 1e6} MB of text, which is not opened`);
    }
    parts.push(next.value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

function base64url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
}

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === 'string';
const isNames: Check = (value) => Array.isArray(value) && value.length <= 3 && value.every(isText);
const isOneOf =
  (list: readonly string[]): Check =>
  (value) =>
    isText(value) && list.includes(value as string);

const isDraw: Check = (value) => {
  const { seed, sizes } = (value ?? {}) as { seed?: unknown; sizes?: unknown };
  const isSize: Check = (size) => Number.isInteger(size) && (size as number) > 0 && (size as number) <= 10_000;
  return Number.isInteger(seed) && typeof sizes === 'object' && sizes !== null && Object.values(sizes).every(isSize);
};

const checks: Readonly<Record<keyof Snapshot, Check>> = {
  room: isOneOf(rooms),
  tab: isOneOf(tabs),
  text: isText,
  declare: isText,
  by: isNames,
  layout: isOneOf(layouts),
  symmetric: isOneOf(symmetricConventions),
  mine: isText,
  model: isText,
  values: isText,
  draw: isDraw,
  study: isOneOf(studies),
  stack: isText,
  query: isText,
  network: isText,
  search: isText,
  topic: isText,
};

/** The fields that are what they should be; others are left out, as they may come from another version. */
export function checkedFields(data: unknown): Partial<Snapshot> {
  if (typeof data !== 'object' || data === null) return {};
  const fields = Object.entries(checks).flatMap(([name, check]) => {
    const value = Object.hasOwn(data, name) ? (data as Record<string, unknown>)[name] : undefined;
    return check(value) ? [[name, value]] : [];
  });
  return Object.fromEntries(fields) as Partial<Snapshot>;
}
