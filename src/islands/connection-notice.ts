/**
 * Shows its first child while there is no connection. Other islands that notice a lost answer earlier than the
 * browser dispatch `connection-lost` and `connection-back` on `window`.
 */
class ConnectionNotice extends HTMLElement {
  #update = (event?: Event): void => {
    const notice = this.firstElementChild;
    if (!(notice instanceof HTMLElement)) return;
    notice.hidden = event ? event.type === 'online' || event.type === 'connection-back' : navigator.onLine;
  };

  connectedCallback(): void {
    for (const name of ['online', 'offline', 'connection-lost', 'connection-back'])
      window.addEventListener(name, this.#update);
    this.#update();
  }

  disconnectedCallback(): void {
    for (const name of ['online', 'offline', 'connection-lost', 'connection-back'])
      window.removeEventListener(name, this.#update);
  }
}

customElements.define('connection-notice', ConnectionNotice);
