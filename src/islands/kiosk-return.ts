/**
 * Brings a kiosk back to its start when nobody touches it: asks first, for the last ten seconds. `data-seconds` is the
 * time without a touch, `data-url` the start, `data-count` the words around the seconds (`{}`). A page that the browser
 * kept for "back" is never shown again.
 */
/** Seconds before the return at which it asks; half the time where there is little. */
const ASKED_S = 10;

class KioskReturn extends HTMLElement {
  #timer = 0;
  #last = 0;

  connectedCallback(): void {
    window.addEventListener('pageshow', this.#shown);
    if (this.#seconds() === 0) return;
    this.#touched();
    for (const name of ['pointerdown', 'keydown', 'input', 'touchstart'])
      document.addEventListener(name, this.#touched, { passive: true, capture: true });
    this.#timer = window.setInterval(this.#tick, 500);
  }

  disconnectedCallback(): void {
    window.removeEventListener('pageshow', this.#shown);
    window.clearInterval(this.#timer);
    for (const name of ['pointerdown', 'keydown', 'input', 'touchstart'])
      document.removeEventListener(name, this.#touched, { capture: true });
  }

  #seconds(): number {
    return Number(this.dataset.seconds ?? 0);
  }

  #shown = (event: PageTransitionEvent): void => {
    if (event.persisted) location.replace(this.dataset.url ?? location.href);
  };

  #touched = (): void => {
    this.#last = Date.now();
    this.#ask(null);
  };

  #tick = (): void => {
    const left = Math.ceil(this.#seconds() - (Date.now() - this.#last) / 1000);
    if (left <= 0) {
      window.clearInterval(this.#timer);
      // The page that is left must not come back with "back".
      location.replace(this.dataset.url ?? '/');
      return;
    }
    this.#ask(left <= Math.min(ASKED_S, this.#seconds() / 2) ? left : null);
  };

  #ask(left: number | null): void {
    const box = this.querySelector<HTMLElement>('div');
    if (!box || (box.hidden && left === null)) return;
    const words = box.querySelector('[data-count]');
    if (left !== null && words) words.textContent = (this.dataset.count ?? '{}').replace('{}', String(left));
    box.hidden = left === null;
  }
}

customElements.define('kiosk-return', KioskReturn);
