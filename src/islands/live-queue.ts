/**
 * Keeps a page as it stands on the server: hears of changes (`data-feed`, server-sent events that carry ids only),
 * fetches this same page again and puts in the parts marked `data-live` that differ. What somebody is typing into is
 * left alone. Its own content is shown while the connection is lost; when it is back, everything is fetched anew.
 */
import { PATIENTLY } from './live-queue/by-itself.ts';
import { whenToLook } from './live-queue/pace.ts';

/** The server says something every 20 s; after this long without a word the connection is taken for lost. */
const SILENCE_MS = 50_000;
const RETRY_MS = 3_000;
/** Waiting times grow although nothing happens. */
const EACH_MS = 60_000;

class LiveQueue extends HTMLElement {
  #source: EventSource | undefined;
  #timers: number[] = [];
  /** The next look, where one is due. */
  #due: number | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #tookMs = 0;
  #lastHeard = 0;
  #isLost = false;
  /** What happened while nobody told us is asked for once; a page with a mark is told what it missed. */
  #isBehind = true;
  #isFetching = false;
  #again = false;
  /** Told to come again after this many milliseconds, with all that changed since; 0 for not. */
  #againMs = 0;

  connectedCallback(): void {
    this.#connect();
    this.#timers = [
      window.setInterval(() => this.#refresh(), EACH_MS),
      window.setInterval(() => this.#listenForSilence(), RETRY_MS),
    ];
    document.addEventListener('visibilitychange', this.#seen);
  }

  disconnectedCallback(): void {
    this.#source?.close();
    for (const timer of this.#timers) window.clearInterval(timer);
    window.clearTimeout(this.#due);
    document.removeEventListener('visibilitychange', this.#seen);
  }

  #seen = (): void => {
    if (document.visibilityState === 'visible') this.#refresh();
  };

  #connect(): void {
    const feed = this.dataset.feed;
    if (feed === undefined || typeof EventSource === 'undefined') return;
    this.#source?.close();
    const { mark } = this.dataset;
    // Only while the page is as it was made: later it has looked again, or was away.
    delete this.dataset.mark;
    if (mark !== undefined) this.#isBehind = false;
    const source = new EventSource(mark === undefined ? feed : withMark(feed, mark));
    this.#source = source;
    this.#lastHeard = performance.now();
    const heard = (): void => {
      this.#lastHeard = performance.now();
      if (this.#isLost) this.#show(false);
      if (this.#isBehind) this.#refresh();
      this.#isBehind = false;
    };
    source.addEventListener('open', heard);
    source.addEventListener('ping', heard);
    source.addEventListener('change', () => {
      heard();
      this.#lookSoon();
    });
    source.addEventListener('error', () => this.#show(true));
  }

  /** A refused answer closes the source for good, a broken network may only fall silent: both are begun anew. */
  #listenForSilence(): void {
    const silent = performance.now() - this.#lastHeard > SILENCE_MS;
    if (silent) this.#show(true);
    if (silent || this.#source?.readyState === EventSource.CLOSED) this.#connect();
  }

  #show(isLost: boolean): void {
    this.#isLost = isLost;
    if (isLost) this.#isBehind = true;
    this.dataset.state = isLost ? 'lost' : 'live';
    for (const notice of this.querySelectorAll<HTMLElement>('[data-lost]')) notice.hidden = !isLost;
    for (const notice of this.querySelectorAll<HTMLElement>('[data-connected]')) notice.hidden = isLost;
  }

  /** @param least milliseconds */
  #lookSoon(least = 0): void {
    // One that is due sees this change as well.
    if (this.#due !== undefined || !this.isConnected) return;
    const page = { now: performance.now(), lookedAt: this.#lookedAt, tookMs: this.#tookMs };
    const wait = Math.max(least, whenToLook(page));
    this.#due = window.setTimeout(() => this.#refresh(), wait);
  }

  #refresh(): void {
    if (this.#isFetching) {
      this.#again = true;
      return;
    }
    this.#isFetching = true;
    this.#again = false;
    this.#againMs = 0;
    window.clearTimeout(this.#due);
    this.#due = undefined;
    this.#lookedAt = performance.now();
    void this.#fetchPage().finally(() => {
      this.#isFetching = false;
      this.#tookMs = performance.now() - this.#lookedAt;
      // Those who were told to come again do not all come at once.
      if (this.#againMs > 0) return this.#lookSoon(this.#againMs * (1 + Math.random()));
      if (!this.#again) return;
      this.#refresh();
    });
  }

  async #fetchPage(): Promise<void> {
    try {
      const answer = await fetch(location.href, { cache: 'no-store', headers: PATIENTLY });
      // Signed out, or the page has moved on: only a real visit tells what to do.
      if (answer.redirected) location.assign(answer.url);
      // Too much to do there at the moment: what changed is still to be seen.
      if (answer.status === 503) this.#againMs = 1_000 * Number(answer.headers.get('Retry-After') ?? 0);
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      for (const part of document.querySelectorAll<HTMLElement>('[data-live]')) {
        const fresh = page.getElementById(part.id);
        if (fresh && !fresh.isEqualNode(part) && !isInUse(part)) exchange(part, fresh);
      }
    } catch {
      this.#show(true);
    }
  }
}

function withMark(feed: string, mark: string): string {
  return `${feed}${feed.includes('?') ? '&' : '?'}sejak=${encodeURIComponent(mark)}`;
}

/** Somebody is typing into it, has begun to, or has opened something in it. */
function isInUse(part: HTMLElement): boolean {
  const active = document.activeElement;
  if (
    active instanceof HTMLInputElement ||
    active instanceof HTMLTextAreaElement ||
    active instanceof HTMLSelectElement
  )
    if (part.contains(active)) return true;
  if (part.querySelector('details[open]:not([data-open])') !== null) return true;
  return [...part.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea')].some(
    (field) =>
      field instanceof HTMLInputElement && /^(?:radio|checkbox)$/.test(field.type)
        ? field.checked !== field.defaultChecked
        : field.type !== 'hidden' && field.type !== 'file' && field.value !== field.defaultValue,
  );
}

/** The cursor stays on the link or button that it was on. */
function exchange(part: HTMLElement, fresh: HTMLElement): void {
  const active = document.activeElement;
  const key =
    active instanceof HTMLElement && part.contains(active)
      ? (active.getAttribute('href') ?? active.getAttribute('aria-keyshortcuts'))
      : null;
  const placed = document.importNode(fresh, true);
  part.replaceWith(placed);
  if (key === null) return;
  const again = [...placed.querySelectorAll<HTMLElement>('a, button')].find(
    (element) => (element.getAttribute('href') ?? element.getAttribute('aria-keyshortcuts')) === key,
  );
  again?.focus({ preventScroll: true });
}

customElements.define('live-queue', LiveQueue);
