/**
 * Leaves a page of the staff when its session is over, so that nobody reads it on a screen that was left (ASVS 14.3.1).
 * `data-seconds` is the time the session has if nobody works; another page of the same session that is opened in this
 * browser tells the new end, and signing out in one of them ends all. The address is asked for again: the server says
 * what is shown now.
 */
import { afterWord, type PageSession, type SessionWord } from './session-end/word.ts';

/** Computers sleep, and timers with them: the clock is looked at, also when the page is seen again. */
const LOOK_MS = 5_000;

class SessionEnd extends HTMLElement {
  #session: PageSession = { mark: '', endsAt: 0 };
  #timer = 0;
  #channel: BroadcastChannel | undefined;

  connectedCallback(): void {
    const { mark = '', seconds = '0' } = this.dataset;
    this.#session = { mark, endsAt: Date.now() + Number(seconds) * 1000 };
    // `/{library}`: a session is one library's.
    this.#channel = new BroadcastChannel(`sesi-${location.pathname.split('/')[1] ?? ''}`);
    this.#channel.onmessage = ({ data }: MessageEvent<SessionWord>) => {
      this.#session = afterWord(this.#session, data);
      // Asked again with the next look only: the server hears of signing out after the other pages do.
      if (this.#session.endsAt === 0) clear();
    };
    this.#tell({ kind: 'seen', ...this.#session });
    this.#timer = window.setInterval(this.#look, LOOK_MS);
    document.addEventListener('visibilitychange', this.#look);
    window.addEventListener('pageshow', this.#look);
    document.addEventListener('submit', this.#submitted);
  }

  disconnectedCallback(): void {
    this.#channel?.close();
    window.clearInterval(this.#timer);
    document.removeEventListener('visibilitychange', this.#look);
    window.removeEventListener('pageshow', this.#look);
    document.removeEventListener('submit', this.#submitted);
  }

  #tell(word: SessionWord): void {
    this.#channel?.postMessage(word);
  }

  #submitted = (event: SubmitEvent): void => {
    const isSignOut = event.target instanceof HTMLFormElement && event.target.matches('[data-sign-out]');
    if (isSignOut) this.#tell({ kind: 'ended', mark: this.#session.mark });
  };

  #look = (): void => {
    if (Date.now() < this.#session.endsAt) return;
    window.clearInterval(this.#timer);
    clear();
    location.replace(`${location.pathname}${location.search}`);
  };
}

/** What stood there goes at once, also where the server does not answer. */
function clear(): void {
  document.querySelector('main')?.replaceChildren();
}

customElements.define('session-end', SessionEnd);
