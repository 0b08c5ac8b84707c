/** The copy of a card's page on this phone, which its service worker holds. */

/** Of the event `kta-kept`: the page is kept, and whoever keeps something of its own beside it says so here. */
export interface KeptDetail {
  readonly until: Promise<unknown>[];
}

/** The worker of this very card; another one's scope may begin alike. */
export async function workerOf(base: string): Promise<ServiceWorkerRegistration | undefined> {
  if (!('serviceWorker' in navigator)) return undefined;
  const known = await navigator.serviceWorker.getRegistration(base);
  return known && new URL(known.scope).pathname === base ? known : undefined;
}

export async function hasKept(base: string): Promise<boolean> {
  return (await workerOf(base)) !== undefined;
}

/** As the worker names it. */
export async function forgetCard(base: string): Promise<void> {
  await (await workerOf(base))?.unregister();
  if ('caches' in window) await caches.delete(`kta ${base}`);
}
