// After the first visit the page needs no network: every file of the build is kept, and a new build takes the place of
// the old one as a whole at the next visit.

/// <reference lib="webworker" />

const worker = globalThis as unknown as ServiceWorkerGlobalScope;

// Written in by the build: a name that changes with any file, and the files.
const { version, files } = JSON.parse('__BUILD__') as { version: string; files: readonly string[] };
const cacheName = `ricci-${version}`;

worker.addEventListener('install', (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(files.map((file) => new Request(file, { cache: 'reload' })))));
});

worker.addEventListener('activate', (event) => {
  const clear = async (): Promise<void> => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith('ricci-') && name !== cacheName).map((name) => caches.delete(name)));
    await worker.clients.claim();
  };
  event.waitUntil(clear());
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  event.respondWith(kept(request));
});

async function kept(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  // Files differ by their names alone, whatever a server says about headers.
  const wanted = request.mode === 'navigate' ? './' : request;
  return (await cache.match(wanted, { ignoreSearch: true, ignoreVary: true })) ?? fetch(request);
}
