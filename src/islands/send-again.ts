/**
 * What was typed and could not be taken yet is sent again by itself, once the time that the service asked for is over and
 * somebody may still be there: with a little chance in it, so that not all come back at the same instant.
 */
class SendAgain extends HTMLElement {
  #timer = 0;

  connectedCallback(): void {
    const form = this.closest('form');
    const line = this.querySelector<HTMLElement>('[data-line]');
    const seconds = this.querySelector('[data-seconds]');
    if (!form || !line || !seconds) return;
    let left = Math.ceil(Number(this.dataset.after) * (1 + Math.random()));
    const tell = (): void => {
      seconds.textContent = String(left);
    };
    tell();
    line.hidden = false;
    // Pressed by hand, it is on its way.
    form.addEventListener('submit', () => window.clearInterval(this.#timer));
    this.#timer = window.setInterval(() => {
      left--;
      if (left > 0) return tell();
      window.clearInterval(this.#timer);
      form.submit();
    }, 1_000);
  }

  disconnectedCallback(): void {
    window.clearInterval(this.#timer);
  }
}

customElements.define('send-again', SendAgain);
