/**
 * Prints a batch of cards from a frame that nobody sees, and shows how far the file is. Where the browser has no viewer
 * for PDFs, the page says to open the PDF itself.
 */
import { BY_ITSELF } from './live-queue/by-itself.ts';

const EVERY_MS = 400;
/** Far more than ten thousand cards take. */
const PATIENCE_MS = 120_000;

class CardBatch extends HTMLElement {
  #frame: HTMLIFrameElement | undefined;
  #timer = 0;
  #patience = 0;

  connectedCallback(): void {
    const button = this.querySelector<HTMLButtonElement>('[data-do="print"]');
    if (!button) return;
    button.hidden = false;
    button.addEventListener('click', () => this.#print(button));
  }

  disconnectedCallback(): void {
    this.#rest();
  }

  #print(button: HTMLButtonElement): void {
    const { pdf } = this.dataset;
    if (pdf === undefined) return;
    button.disabled = true;
    this.#say('progress');
    this.#frame?.remove();
    const frame = document.createElement('iframe');
    this.#frame = frame;
    frame.title = 'PDF';
    frame.setAttribute('aria-hidden', 'true');
    frame.className = 'dp-printframe';
    frame.tabIndex = -1;
    frame.addEventListener('load', () => {
      this.#rest();
      button.disabled = false;
      try {
        frame.contentWindow?.focus();
        frame.contentWindow?.print();
        this.#say('opening');
      } catch {
        this.#say('blocked');
      }
    });
    frame.src = pdf;
    document.body.append(frame);
    this.#timer = window.setInterval(() => void this.#look(), EVERY_MS);
    this.#patience = window.setTimeout(() => {
      this.#rest();
      button.disabled = false;
      this.#say('blocked');
    }, PATIENCE_MS);
  }

  async #look(): Promise<void> {
    const { progress } = this.dataset;
    if (progress === undefined) return;
    try {
      const answer = await fetch(progress, { cache: 'no-store', headers: BY_ITSELF });
      const { drawn } = (await answer.json()) as { readonly drawn: number | null };
      const bar = this.querySelector('progress');
      const text = this.querySelector<HTMLElement>('[data-progress-text]');
      if (drawn === null || !bar || !text || this.#timer === 0) return;
      bar.value = drawn;
      text.textContent = (text.dataset.progressText ?? '').replace('{n}', String(drawn));
    } catch {
      // The file itself tells whether the connection is there.
    }
  }

  #rest(): void {
    window.clearInterval(this.#timer);
    window.clearTimeout(this.#patience);
    this.#timer = 0;
  }

  #say(what: string): void {
    for (const line of this.querySelectorAll<HTMLElement>('[data-say]'))
      line.hidden = line.dataset.say !== what;
  }
}

customElements.define('card-batch', CardBatch);
