/** A button that prints the page; hidden where scripts are off, as browsers have a command of their own. */
class PrintButton extends HTMLElement {
  connectedCallback(): void {
    this.hidden = false;
    this.querySelector('button')?.addEventListener('click', () => window.print());
  }
}

customElements.define('print-button', PrintButton);
