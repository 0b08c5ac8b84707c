/**
 * The KTA online on its holder's phone: says that it arrived, offers the home screen, keeps the card for use without
 * internet, prints. A phone keeps it from the first opening on; a computer, which may be shared, where somebody asks.
 */
import { forgetCard, hasKept, type KeptDetail } from './kta/kept.ts';

/** The longest that keeping the moving code is waited for. */
const CODE_MS = 5_000;

interface InstallEvent extends Event {
  prompt(): Promise<void>;
}

class KtaKeep extends HTMLElement {
  #install: InstallEvent | undefined;
  #isKeeping = false;

  connectedCallback(): void {
    const { receive } = this.dataset;
    if (receive !== undefined)
      void fetch(receive, { method: 'POST', keepalive: true }).catch(() => undefined);
    this.#show('print', true);
    this.addEventListener('click', (event) => {
      const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-do]') : null;
      if (button?.dataset.do === 'print') window.print();
      if (button?.dataset.do === 'keep') void this.#keep();
      if (button?.dataset.do === 'install') void this.#askInstall();
      if (button?.dataset.do === 'forget') void this.#forget();
    });
    window.addEventListener('beforeinstallprompt', (event) => {
      event.preventDefault();
      this.#install = event as InstallEvent;
      this.#show('install', true);
    });
    // Who put it on the home screen wants it to open in the basement too.
    window.addEventListener('appinstalled', () => void this.#keep());
    for (const name of ['online', 'offline']) window.addEventListener(name, () => this.#tellOffline());
    this.#tellOffline();
    void this.#begin();
  }

  async #begin(): Promise<void> {
    if (!window.isSecureContext || !('serviceWorker' in navigator)) return;
    const { base = '' } = this.dataset;
    if (await hasKept(base)) this.#kept();
    else if (window.matchMedia('(display-mode: standalone)').matches) await this.#keep();
    else {
      this.#show('keep', true);
      if (this.dataset.self !== undefined && isOwnPhone()) {
        await loaded();
        await this.#keep({ silent: true });
      }
    }
  }

  /** @param silent nobody asked: that it did not work is nothing to tell */
  async #keep({ silent = false } = {}): Promise<void> {
    const { base, worker } = this.dataset;
    if (base === undefined || worker === undefined || !('serviceWorker' in navigator) || this.#isKeeping)
      return;
    this.#isKeeping = true;
    this.#tell('failed', false);
    const before = await hasKept(base);
    try {
      const registration = await navigator.serviceWorker.register(worker, { scope: base });
      const active = await activeOf(registration);
      // Asked for, so that a phone short of space clears other things first.
      void navigator.storage?.persist?.().catch(() => false);
      // What this page has loaded is what it needs; the worker fetches it once more, to keep it.
      const parts = performance.getEntriesByType('resource').map((entry) => entry.name);
      if (!(await isStored(active, [location.href, ...parts]))) throw new Error('not stored');
      const until: Promise<unknown>[] = [];
      document.dispatchEvent(new CustomEvent<KeptDetail>('kta-kept', { detail: { until } }));
      // Said when the code is kept as well; where that takes long or fails, the code says so itself.
      await Promise.race([Promise.allSettled(until), new Promise((resolve) => setTimeout(resolve, CODE_MS))]);
      this.#kept();
    } catch {
      // Half a card would be called kept at the next opening.
      if (!before) await forgetCard(base);
      this.#show('keep', true);
      this.#tell('failed', !silent);
    } finally {
      this.#isKeeping = false;
    }
  }

  async #forget(): Promise<void> {
    await forgetCard(this.dataset.base ?? '');
    neverBySelf();
    document.dispatchEvent(new Event('kta-forgotten'));
    this.#tell('kept', false);
    this.#tell('forgotten', true);
    this.#show('forget', false);
    this.#show('keep', true);
  }

  async #askInstall(): Promise<void> {
    await this.#install?.prompt();
    this.#install = undefined;
    this.#show('install', false);
  }

  #kept(): void {
    this.#show('keep', false);
    this.#show('forget', true);
    this.#tell('kept', true);
    this.#tell('forgotten', false);
  }

  #tellOffline(): void {
    this.#tell('offline', !navigator.onLine);
    this.#tell('online', navigator.onLine);
  }

  #tell(what: 'kept' | 'forgotten' | 'failed' | 'offline' | 'online', told: boolean): void {
    for (const line of this.querySelectorAll<HTMLElement>(`[data-${what}]`)) line.hidden = !told;
  }

  #show(what: string, shown: boolean): void {
    for (const button of this.querySelectorAll<HTMLElement>(`[data-do="${what}"]`)) button.hidden = !shown;
  }
}

/** Says of this phone that it keeps cards only when asked; says nothing of any card. */
const ASKED_ONLY = 'kta-keep-asked-only';

/** A screen that is touched is a phone or a tablet, which few share; whoever removed a card from it is believed. */
function isOwnPhone(): boolean {
  if (!window.matchMedia('(hover: none) and (pointer: coarse)').matches) return false;
  try {
    return localStorage.getItem(ASKED_ONLY) === null;
  } catch {
    // No store, no place to keep a card either.
    return false;
  }
}

function neverBySelf(): void {
  try {
    localStorage.setItem(ASKED_ONLY, 'yes');
  } catch {
    // Then nothing is kept by itself.
  }
}

/** The page comes first: what is kept is fetched after it. */
function loaded(): Promise<void> {
  if (document.readyState === 'complete') return Promise.resolve();
  return new Promise((resolve) => window.addEventListener('load', () => resolve(), { once: true }));
}

/** Longer than a phone in the basement needs for a page and a photo. */
const STORED_WITHIN_MS = 60_000;

/** Asks the worker to keep these addresses, and whether it could. */
function isStored(worker: ServiceWorker, keep: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const answer = (stored: boolean) => {
      window.clearTimeout(timer);
      port1.close();
      resolve(stored);
    };
    const timer = window.setTimeout(() => answer(false), STORED_WITHIN_MS);
    port1.onmessage = ({ data }) => answer((data as { readonly kept?: unknown } | null)?.kept === true);
    worker.postMessage({ keep }, [port2]);
  });
}

function activeOf(registration: ServiceWorkerRegistration): Promise<ServiceWorker> {
  const { active } = registration;
  if (active) return Promise.resolve(active);
  return new Promise((resolve, reject) => {
    const coming = registration.installing ?? registration.waiting;
    coming?.addEventListener('statechange', () => {
      if (registration.active) resolve(registration.active);
      else if (coming.state === 'redundant') reject(new Error('not installed'));
    });
  });
}

customElements.define('kta-keep', KtaKeep);
