/** Asked this often where the connection that tells of changes cannot be had. */
const EVERY_MS = 20_000;
/** The server says something every 20 s; after this long without a word the connection is taken for lost. */
const SILENCE_MS = 50_000;
/** States of an EventSource, by number: a browser without it has no names for them either. */
const OPEN = 1;
const CLOSED = 2;

/**
 * Hears that the case has changed (server-sent events without content), looks what version it has and shows the page
 * anew. Without EventSource, or where the server has no place left, it asks now and then. Only while somebody looks at
 * the page, and never over a file that was chosen and not sent yet.
 */
class StatusRefresh extends HTMLElement {
  #timer = 0;
  #source: EventSource | undefined;
  #lastHeard = 0;

  connectedCallback(): void {
    this.#timer = window.setInterval(this.#tick, EVERY_MS);
    document.addEventListener('visibilitychange', this.#seen);
    this.#connect();
  }

  disconnectedCallback(): void {
    window.clearInterval(this.#timer);
    document.removeEventListener('visibilitychange', this.#seen);
    this.#source?.close();
  }

  /** A phone in a pocket holds no connection; what happened meanwhile is seen on taking it out. */
  #seen = (): void => {
    if (document.hidden) {
      this.#source?.close();
      return;
    }
    void this.#look();
    this.#connect();
  };

  #tick = (): void => {
    if (document.hidden || this.#isHearing()) return;
    void this.#look();
    // A refused answer closes the source for good; one that fell silent is begun anew.
    const silent = performance.now() - this.#lastHeard > SILENCE_MS;
    if (silent || this.#source?.readyState === CLOSED) this.#connect();
  };

  #isHearing(): boolean {
    return this.#source?.readyState === OPEN && performance.now() - this.#lastHeard <= SILENCE_MS;
  }

  #connect(): void {
    if (typeof EventSource === 'undefined' || document.hidden) return;
    this.#source?.close();
    const source = new EventSource(`${this.dataset.base}/siaran`);
    this.#source = source;
    let lost = false;
    // Also at first: the case may have moved on since this page was made.
    let behind = true;
    const heard = (): void => {
      this.#lastHeard = performance.now();
      // What happened while nobody told us.
      if (behind) void this.#look();
      lost = false;
      behind = false;
    };
    source.addEventListener('open', heard);
    source.addEventListener('ping', heard);
    source.addEventListener('change', () => {
      heard();
      void this.#look();
    });
    source.addEventListener('error', () => {
      // Found out by asking: the notice is shown if that fails as well.
      if (!lost) void this.#look();
      lost = true;
      behind = true;
    });
  }

  #look = async (): Promise<void> => {
    const { base = '', version: shown } = this.dataset;
    try {
      const response = await fetch(`${base}/versi`, { cache: 'no-store' });
      if (!response.ok) return;
      const { version } = (await response.json()) as { version: string };
      window.dispatchEvent(new Event('connection-back'));
      if (version === shown || this.#isBusy()) return;
      // Without the news of the last visit in the address, and not the address a refused file was sent to.
      window.location.replace(base);
    } catch {
      window.dispatchEvent(new Event('connection-lost'));
    }
  };

  #isBusy(): boolean {
    return [...document.querySelectorAll<HTMLInputElement>('input[type="file"]')].some(
      (input) => (input.files?.length ?? 0) > 0,
    );
  }
}

customElements.define('status-refresh', StatusRefresh);
