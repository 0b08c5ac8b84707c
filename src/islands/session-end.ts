/**
 * Leaves a page of the staff when its session is over, so that nobody reads it on a screen that was left (ASVS 14.3.1).
 * `data-seconds` is the time the session has if nobody works; another page of the same library that is opened in this
 * browser begins it anew, as it does on the server. The address is asked for again: the server says what is shown now.
 */
/** Computers sleep, and timers with them: the clock is looked at, also when the page is seen again. */
const LOOK_MS = 5_000;

class SessionEnd extends HTMLElement {
  #endsAt = 0;
  #timer = 0;
  #channel: BroadcastChannel | undefined;

  connectedCallback(): void {
    this.#begin();
    // `/{library}`: a session is one library's.
    this.#channel = new BroadcastChannel(`sesi-${location.pathname.split('/')[1] ?? ''}`);
    this.#channel.onmessage = () => this.#begin();
    this.#channel.postMessage('seen');
    this.#timer = window.setInterval(this.#look, LOOK_MS);
    document.addEventListener('visibilitychange', this.#look);
    window.addEventListener('pageshow', this.#look);
  }

  disconnectedCallback(): void {
    this.#channel?.close();
    window.clearInterval(this.#timer);
    document.removeEventListener('visibilitychange', this.#look);
    window.removeEventListener('pageshow', this.#look);
  }

  #begin(): void {
    this.#endsAt = Date.now() + Number(this.dataset.seconds ?? 0) * 1000;
  }

  #look = (): void => {
    if (Date.now() < this.#endsAt) return;
    window.clearInterval(this.#timer);
    // What stood there goes at once, also where the server does not answer.
    document.querySelector('main')?.replaceChildren();
    location.replace(`${location.pathname}${location.search}`);
  };
}

customElements.define('session-end', SessionEnd);
