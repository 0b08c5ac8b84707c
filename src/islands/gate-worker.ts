/**
 * Keeps the page of a gate for use without internet: the page itself, its scripts, styles and emblem, and nothing that
 * the page asks the server for. No imports but of types: it is loaded by `importScripts` from below the gate's address.
 */
import type { WorkerScope } from './worker/scope.ts';

const worker = self as unknown as WorkerScope;
const base = new URL(worker.registration.scope).pathname;
const CACHE = `gate ${base}`;
/** A network that is there but does not answer must not keep a queue waiting. */
const PATIENCE_MS = 3_000;

const isPage = (url: URL): boolean => url.pathname === base;
const isPart = (url: URL): boolean =>
  url.origin === location.origin && (/^\/assets\//.test(url.pathname) || /\/lambang\//.test(url.pathname));

worker.addEventListener('install', (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener('message', (event) => {
  const { keep, forget } = (event.data ?? {}) as { readonly keep?: unknown; readonly forget?: unknown };
  if (forget === true) event.waitUntil(caches.delete(CACHE));
  if (Array.isArray(keep)) event.waitUntil(keepOnly(keep.map((one) => new URL(String(one)))));
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET') return;
  if (isPart(url)) event.respondWith(keptFirst(url));
  else if (isPage(url) && request.mode === 'navigate') event.respondWith(serverFirst(request));
});

/** These and nothing else: what an older version of the page needed goes. */
async function keepOnly(urls: readonly URL[]): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.all(
    urls.filter((url) => isPart(url)).map(async (url) => (await cache.match(url.href)) ?? fromServer(url)),
  );
  await fromServer(new URL(base, location.origin));
  const wanted = new Set([...urls.map(({ href }) => href), `${location.origin}${base}`]);
  for (const { url } of await cache.keys()) if (!wanted.has(url)) await cache.delete(url);
}

/** Keeps what belongs to the gate. Our own page that says that this is no enrolled gate takes the kept one's place: none. */
async function fromServer(url: URL, request: Request = new Request(url.href)): Promise<Response> {
  const answer = await fetch(request);
  const cache = await caches.open(CACHE);
  if (isPage(url)) {
    const key = `${url.origin}${base}`;
    const said = answer.headers.get('Gate-Page');
    if (answer.ok && said === 'enrolled') await cache.put(key, answer.clone());
    else if (said === 'none') await cache.delete(key);
  } else if (answer.ok) {
    await cache.put(url.href, answer.clone());
  }
  return answer;
}

/** Names of assets carry their content's hash: a kept one is never old. */
async function keptFirst(url: URL): Promise<Response> {
  return (await caches.match(url.href, { cacheName: CACHE })) ?? fromServer(url);
}

async function serverFirst(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const known = await caches.match(`${url.origin}${base}`, { cacheName: CACHE });
  if (!known) return fetch(request);
  const late = new Promise<Response>((resolve) => {
    setTimeout(() => resolve(known), PATIENCE_MS);
  });
  try {
    const answer = await Promise.race([fromServer(url, request), late]);
    // Not in order, or not ours: a filter on the way answered in the server's place.
    return answer.status >= 500 || (answer.status >= 400 && !answer.headers.has('Gate-Page'))
      ? known
      : answer;
  } catch {
    return known;
  }
}
