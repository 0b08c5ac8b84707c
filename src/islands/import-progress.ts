import { BY_ITSELF } from './live-queue/by-itself.ts';

/** Slow enough for a small server, quick enough to be believed. */
const EVERY_MS = 2_000;

/** Looks how far an import is and shows it in place; when it rests the page is shown anew with what there is to do. */
class ImportProgress extends HTMLElement {
  #timer = 0;

  connectedCallback(): void {
    this.#timer = window.setInterval(() => void this.#look(), EVERY_MS);
  }

  disconnectedCallback(): void {
    window.clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (document.hidden) return;
    try {
      const response = await fetch(window.location.pathname, { cache: 'no-store', headers: BY_ITSELF });
      if (!response.ok) return;
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      const fresh = page.querySelector('import-progress');
      if (fresh === null) window.location.replace(window.location.pathname);
      else this.replaceChildren(...fresh.childNodes);
    } catch {
      window.dispatchEvent(new Event('connection-lost'));
    }
  }
}

customElements.define('import-progress', ImportProgress);
