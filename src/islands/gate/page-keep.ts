/**
 * Has the page's worker keep what the page needs to open without the server: itself and what it has loaded. Called again
 * once more has been loaded; what is not named any more goes.
 */
export async function keepPage(worker: string, base: string): Promise<void> {
  if (!window.isSecureContext || !('serviceWorker' in navigator)) return;
  try {
    const registration = await navigator.serviceWorker.register(worker, { scope: base });
    const active = registration.active ?? (await navigator.serviceWorker.ready).active;
    const parts = performance.getEntriesByType('resource').map((entry) => entry.name);
    const linked = [
      ...document.querySelectorAll<HTMLLinkElement | HTMLScriptElement>('link[href], script[src]'),
    ];
    const urls = linked.map((one) => (one instanceof HTMLLinkElement ? one.href : one.src));
    active?.postMessage({ keep: [...new Set([...parts, ...urls])] });
  } catch {
    // Not permitted here: the gate judges offline as long as its page stays open.
  }
}

/** The device is no gate any more. */
export async function forgetPage(base: string): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const registration = await navigator.serviceWorker.getRegistration(base);
  if (!registration || new URL(registration.scope).pathname !== base) return;
  registration.active?.postMessage({ forget: true });
  await registration.unregister();
}
