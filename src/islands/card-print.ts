/**
 * Prints a card's PDF from a frame that nobody sees, once the page came back from the print key (`?cetak=1`). Where
 * the browser has no viewer for PDFs, the page says to open the PDF itself.
 */
const PATIENCE_MS = 15_000;

class CardPrint extends HTMLElement {
  connectedCallback(): void {
    const { pdf } = this.dataset;
    const address = new URL(location.href);
    if (pdf === undefined || !address.searchParams.has('cetak')) return;
    // A reload, or the page refreshing itself, must not print a second card.
    address.searchParams.delete('cetak');
    history.replaceState(null, '', address.href);
    this.#say('printing');
    const frame = document.createElement('iframe');
    frame.src = pdf;
    frame.title = 'PDF';
    frame.setAttribute('aria-hidden', 'true');
    frame.className = 'dp-printframe';
    frame.tabIndex = -1;
    const waiting = window.setTimeout(() => this.#say('blocked'), PATIENCE_MS);
    frame.addEventListener('load', () => {
      window.clearTimeout(waiting);
      try {
        frame.contentWindow?.focus();
        frame.contentWindow?.print();
        this.#say('');
      } catch {
        this.#say('blocked');
      }
    });
    // Outside this element: the panel may be exchanged while the print window is open.
    document.body.append(frame);
  }

  #say(what: string): void {
    for (const line of document.querySelectorAll<HTMLElement>('card-print [data-say]'))
      line.hidden = line.dataset.say !== what;
  }
}

customElements.define('card-print', CardPrint);
