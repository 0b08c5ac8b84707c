import { browserSupportsWebAuthn, startAuthentication, startRegistration } from '@simplewebauthn/browser';

type Making = Parameters<typeof startRegistration>[0]['optionsJSON'];
type Using = Parameters<typeof startAuthentication>[0]['optionsJSON'];

/**
 * A form that a passkey answers: its button first asks the device, then sends what the device said. Hidden where
 * scripts are off or the browser knows no passkeys, as the other ways stand beside it.
 */
class PasskeyDoor extends HTMLElement {
  #busy = false;

  connectedCallback(): void {
    const form = this.querySelector('form');
    if (!form || !browserSupportsWebAuthn()) return;
    this.hidden = false;
    form.addEventListener('submit', (event) => {
      const field = form.querySelector<HTMLInputElement>('input[data-answer]');
      if (field?.value !== '') return;
      event.preventDefault();
      void this.#ask(form, field);
    });
    // Back from another page: a challenge is answered once.
    window.addEventListener('pageshow', (event) => {
      if (event.persisted) window.location.reload();
    });
  }

  async #ask(form: HTMLFormElement, field: HTMLInputElement): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    this.#say(this.dataset.wait ?? '');
    try {
      const options: unknown = JSON.parse(this.dataset.options ?? '{}');
      const answer =
        this.dataset.task === 'make'
          ? await startRegistration({ optionsJSON: options as Making })
          : await startAuthentication({ optionsJSON: options as Using });
      field.value = JSON.stringify(answer);
      form.requestSubmit();
    } catch {
      // Cancelled, timed out or already registered: browsers tell these apart on purpose as little as they can.
      this.#say(this.dataset.failed ?? '');
      this.#busy = false;
    }
  }

  #say(text: string): void {
    const status = this.querySelector('[role="status"]');
    if (status) status.textContent = text;
  }
}

customElements.define('passkey-door', PasskeyDoor);
