import { solveChallenge } from 'altcha-lib/v1';

interface Challenge {
  readonly algorithm: string;
  readonly challenge: string;
  readonly maxnumber: number;
  readonly salt: string;
  readonly signature: string;
}

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
    const task = JSON.parse(this.dataset.challenge ?? '{}') as Challenge;
    const solution = await solveChallenge(task.challenge, task.salt, task.algorithm, task.maxnumber).promise;
    const field = this.querySelector('input');
    if (!solution || !field) {
      button.disabled = false;
      return;
    }
    const { algorithm, challenge, salt, signature } = task;
    field.value = btoa(JSON.stringify({ algorithm, challenge, salt, signature, number: solution.number }));
    this.#say(this.dataset.done ?? '');
    if (this.dataset.sends !== undefined) this.closest('form')?.submit();
  }

  #say(text: string): void {
    const status = this.querySelector('[role="status"]');
    if (status) status.textContent = text;
  }
}

customElements.define('proof-of-work', ProofOfWork);
