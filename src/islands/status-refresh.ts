const EVERY_MS = 20_000;

/**
 * Looks now and then whether the case has changed, and shows the page anew if so. Only while somebody looks at the
 * page, and never over a file that was chosen and not sent yet.
 */
class StatusRefresh extends HTMLElement {
  #timer = 0;

  connectedCallback(): void {
    this.#timer = window.setInterval(() => void this.#look(), EVERY_MS);
    document.addEventListener('visibilitychange', this.#look);
  }

  disconnectedCallback(): void {
    window.clearInterval(this.#timer);
    document.removeEventListener('visibilitychange', this.#look);
  }

  #look = async (): Promise<void> => {
    if (document.hidden) return;
    try {
      const response = await fetch(this.dataset.url ?? '', { cache: 'no-store' });
      if (!response.ok) return;
      const { version } = (await response.json()) as { version: number };
      window.dispatchEvent(new Event('connection-back'));
      if (String(version) === this.dataset.version || this.#isBusy()) return;
      // Without the news of the last visit in the address.
      window.location.replace(window.location.pathname);
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
