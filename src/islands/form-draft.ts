interface Draft {
  readonly at: number;
  readonly fields: Readonly<Record<string, string>>;
  /** The form was sent; whether it arrived is known when the next page opens. */
  readonly sent?: boolean;
}

const SAVE_MS = 400;
const DAY_MS = 86_400_000;
const PROBE_MS = 6_000;
/**
 * What belongs to one page and not to what a person typed; and identity numbers: whoever finds the phone, or a script that
 * got in, would read them in the clear for two weeks.
 */
const NOT_KEPT = ['consent_version', 'yakin', 'lanjut', 'bukti', 'document_number', 'nik'];

/**
 * Keeps what was typed on this device until it has been sent: over a reload, a lost connection, an empty battery. With
 * `data-done` it stands on the page after sending and clears what was sent.
 */
class FormDraft extends HTMLElement {
  #timer = 0;
  #form: HTMLFormElement | null = null;
  /** The button pressed last: the oldest browser served does not name it in the event. */
  #pressed: HTMLButtonElement | null = null;

  connectedCallback(): void {
    if (this.hasAttribute('data-done')) {
      if (this.#read()?.sent) this.#remove();
      return;
    }
    this.#form = this.querySelector('form');
    if (!this.#form) return;
    // After the other elements of the form have taken their places.
    window.setTimeout(() => this.#restore());
    this.#form.addEventListener('input', () => this.#later());
    this.#form.addEventListener('change', () => this.#later());
    this.#form.addEventListener('click', (event) => {
      const button = event.target instanceof Element ? event.target.closest('button') : null;
      if (button?.type === 'submit') this.#pressed = button;
    });
    this.#form.addEventListener('submit', this.#submit);
    window.addEventListener('pagehide', () => this.#timer !== 0 && this.#save());
    this.querySelector('[data-clear]')?.addEventListener('click', this.#clear);
  }

  #restore(): void {
    const draft = this.#read();
    if (!draft) {
      if (!this.hasAttribute('data-fresh')) this.#save();
      return;
    }
    const old = Date.now() - draft.at > Number(this.dataset.days ?? 14) * DAY_MS;
    if (old) {
      this.#remove();
      return;
    }
    // A page that came back with an error holds what was typed; the draft only follows it.
    if (!this.hasAttribute('data-fresh')) {
      this.#save();
      return;
    }
    const { fields } = draft;
    // An untouched form is nothing to talk about.
    const typed = Object.keys(fields).some((name) => name !== 'kunci' && name !== 'present_same');
    if (!typed || !this.#form) return;
    for (const element of [...this.#form.elements]) {
      if (element instanceof HTMLInputElement && (element.type === 'radio' || element.type === 'checkbox'))
        element.checked = fields[element.name] === element.value;
      else if (element instanceof HTMLInputElement || element instanceof HTMLSelectElement) {
        const value = fields[element.name];
        if (value !== undefined && element.name !== '') element.value = value;
      }
    }
    for (const search of this.querySelectorAll<HTMLElement>('village-search')) {
      const name = search.dataset.name ?? '';
      const code = fields[name];
      const path = fields[`${name}.cari`];
      if (code && path) search.dispatchEvent(new CustomEvent('village-set', { detail: [code, path] }));
    }
    this.#form.dispatchEvent(new Event('change', { bubbles: true }));
    this.#toggle('[data-restored]', true);
  }

  #later(): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      this.#save();
      this.#say(this.dataset.saved ?? '');
    }, SAVE_MS);
  }

  #save(sent = false): void {
    if (!this.#form) return;
    window.clearTimeout(this.#timer);
    this.#timer = 0;
    const fields: Record<string, string> = {};
    for (const [name, value] of new FormData(this.#form))
      if (typeof value === 'string' && value !== '' && !NOT_KEPT.includes(name)) fields[name] = value;
    try {
      localStorage.setItem(this.#key(), JSON.stringify({ at: Date.now(), fields, sent } satisfies Draft));
    } catch {
      // A full or forbidden storage: the form works as before, it only is not kept.
    }
  }

  /** Asks whether the service can be reached before the page is left: a form must not be lost to an error page. */
  #submit = (event: SubmitEvent): void => {
    const form = this.#form;
    if (!form || form.dataset.probed !== undefined) return;
    event.preventDefault();
    this.#save();
    const button = event.submitter instanceof HTMLButtonElement ? event.submitter : this.#pressed;
    if (button) button.setAttribute('aria-busy', 'true');
    void this.#reachable().then((reachable) => {
      if (button) button.removeAttribute('aria-busy');
      this.#toggle('[data-offline]', !reachable);
      window.dispatchEvent(new Event(reachable ? 'connection-back' : 'connection-lost'));
      if (!reachable) return this.querySelector('[data-offline]')?.scrollIntoView({ block: 'center' });
      // Also stops the waiting save of a field left by this very press: it would mark the draft as not sent.
      this.#save(true);
      form.dataset.probed = '';
      if (button && !button.hidden) form.requestSubmit ? form.requestSubmit(button) : button.click();
      else form.submit();
      // Back from the next page, the form can be sent again: it is the same case by its key.
      window.setTimeout(() => delete form.dataset.probed, 1_000);
    });
  };

  async #reachable(): Promise<boolean> {
    if (!navigator.onLine) return false;
    const stop = new AbortController();
    const timer = window.setTimeout(() => stop.abort(), PROBE_MS);
    try {
      return (await fetch('/healthz', { cache: 'no-store', signal: stop.signal })).ok;
    } catch {
      return false;
    } finally {
      window.clearTimeout(timer);
    }
  }

  #clear = (): void => {
    this.#remove();
    this.#toggle('[data-restored]', false);
    this.#form?.reset();
    for (const box of this.querySelectorAll<HTMLInputElement>('village-search input')) box.value = '';
    this.#form?.dispatchEvent(new Event('change', { bubbles: true }));
    window.clearTimeout(this.#timer);
    this.#timer = 0;
    this.#remove();
    this.#say(this.dataset.cleared ?? '');
  };

  #toggle(selector: string, shown: boolean): void {
    const part = this.querySelector<HTMLElement>(selector);
    if (part) part.hidden = !shown;
  }

  #say(text: string): void {
    const status = this.querySelector('[data-status]');
    if (status) status.textContent = text;
  }

  #key(): string {
    return this.dataset.key ?? 'draf';
  }

  #read(): Draft | null {
    try {
      return JSON.parse(localStorage.getItem(this.#key()) ?? 'null') as Draft | null;
    } catch {
      return null;
    }
  }

  #remove(): void {
    try {
      localStorage.removeItem(this.#key());
    } catch {
      // Storage is forbidden: nothing was kept there either.
    }
  }
}

customElements.define('form-draft', FormDraft);
