import { solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/web/pbkdf2';
import type { Challenge } from 'altcha-lib/types';

/** As long as the service takes it; see `web/proof-of-work.tsx`. */
const TASK_MS = 10 * 60_000;

/** A small task instead of a wait, for people behind an address that has sent many forms; loaded only then. */
class ProofOfWork extends HTMLElement {
  connectedCallback(): void {
    const button = this.querySelector('button');
    // Plain http on a network: browsers withhold the functions that the task needs.
    if (!window.isSecureContext || !button) return;
    this.hidden = false;
    button.addEventListener('click', () => void this.#solve(button));
  }

  async #solve(button: HTMLButtonElement): Promise<void> {
    button.disabled = true;
    this.#say(this.dataset.working ?? '');
    const challenge = JSON.parse(this.dataset.challenge ?? '{}') as Challenge;
    // The browser derives keys in a thread of its own: the page goes on meanwhile.
    const solution = await solveChallenge({ challenge, deriveKey, timeout: TASK_MS });
    const field = this.querySelector('input');
    if (!solution || !field) {
      button.disabled = false;
      return;
    }
    const { counter, derivedKey } = solution;
    field.value = btoa(JSON.stringify({ challenge, solution: { counter, derivedKey } }));
    this.#say(this.dataset.done ?? '');
    if (this.dataset.sends !== undefined) this.closest('form')?.submit();
  }

  #say(text: string): void {
    const status = this.querySelector('[role="status"]');
    if (status) status.textContent = text;
  }
}

customElements.define('proof-of-work', ProofOfWork);
