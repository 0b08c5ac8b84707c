/**
 * Keeps one member card for use without internet: its page, photo, crest and styles, and nothing else of this service. What
 * the server says always wins; a card that the server calls dead is forgotten here at once. No imports but of types: it
 * is loaded by `importScripts` from below the card's address.
 */
import type { WorkerScope } from './worker/scope.ts';

const worker = self as unknown as WorkerScope;
const base = new URL(worker.registration.scope).pathname;
const CACHE = `kta ${base}`;
const PATIENCE_MS = 4_000;
/** The server called the card dead: from here on nothing is answered or kept. */
let isDead = false;

const isPage = (url: URL): boolean => url.pathname === base;
/** Their names change with their content. */
const isFixed = (url: URL): boolean =>
  /^\/assets\//.test(url.pathname) || url.pathname.startsWith(base.replace(/kta\/[^/]+$/, 'lambang/'));
const isKept = (url: URL): boolean =>
  url.origin === location.origin && (isPage(url) || url.pathname === `${base}/foto` || isFixed(url));

worker.addEventListener('install', (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener('message', (event) => {
  const wanted = (event.data as { readonly keep?: unknown } | null)?.keep;
  if (!Array.isArray(wanted)) return;
  const urls = wanted.filter((one): one is string => typeof one === 'string').map((one) => new URL(one));
  event.waitUntil(keep(urls.filter(isKept)).then((kept) => event.ports[0]?.postMessage({ kept })));
});

worker.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (isDead || event.request.method !== 'GET' || !isKept(url)) return;
  event.respondWith(isFixed(url) ? keptFirst(event.request) : serverFirst(event.request));
});

/** @returns whether all is there that the card needs in order to open; the photo may come later. */
async function keep(urls: readonly URL[]): Promise<boolean> {
  const stored = await Promise.all(
    urls.map(async (url) => {
      try {
        await fromServer(new Request(keyOf(url)));
        return (await caches.match(keyOf(url), { cacheName: CACHE })) !== undefined;
      } catch {
        return false;
      }
    }),
  );
  return urls.some(isPage) && urls.every((url, at) => stored[at] === true || !(isPage(url) || isFixed(url)));
}

/** Whatever is asked of the page (its language, where it was opened from), it is the one card. */
function keyOf(url: URL): string {
  return isPage(url) ? `${url.origin}${base}` : url.href;
}

async function fromServer(request: Request): Promise<Response> {
  const answer = await fetch(request);
  const url = new URL(request.url);
  if (isPage(url) && isOver(answer) && answer.headers.has('Kta-Card')) {
    isDead = true;
    await caches.delete(CACHE);
    await worker.registration.unregister();
  } else if (!isDead && answer.ok && !answer.redirected) {
    const cache = await caches.open(CACHE);
    await cache.put(keyOf(url), answer.clone());
    // The holder took the photo off the card: the copy of it goes as well.
    if (isPage(url) && answer.headers.get('kta-photo') === 'none')
      await cache.delete(`${url.origin}${base}/foto`);
  }
  return answer;
}

/** Only with the service's own header is it a word about the card: a middlebox may answer so about anything. */
function isOver({ status }: Response): boolean {
  return status === 404 || status === 410;
}

/** Names of assets carry their content's hash: a kept one is never old. */
async function keptFirst(request: Request): Promise<Response> {
  return (await kept(request)) ?? fromServer(request);
}

async function serverFirst(request: Request): Promise<Response> {
  const known = await kept(request);
  if (!known) return fromServer(request);
  const late = new Promise<Response>((resolve) => {
    setTimeout(() => resolve(known), PATIENCE_MS);
  });
  try {
    const answer = await Promise.race([fromServer(request), late]);
    const isStray = isPage(new URL(request.url)) && isOver(answer) && !answer.headers.has('Kta-Card');
    return answer.status >= 500 || isStray ? known : answer;
  } catch {
    return known;
  }
}

function kept(request: Request): Promise<Response | undefined> {
  return caches.match(keyOf(new URL(request.url)), { cacheName: CACHE });
}
