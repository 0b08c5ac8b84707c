/**
 * A USB scanner types: very fast, and ends with Enter. This element holds the form a scan goes to, and catches the
 * scan wherever the cursor is; a field that happened to have the cursor gets its text back.
 * Attributes: `data-confirm`, asked before a scan leaves a form that somebody has begun to fill (`data-keep`).
 */
const GAP_MS = 45;
const SHORTEST = 6;

interface Burst {
  text: string;
  last: number;
  readonly target: EventTarget | null;
  /** What the field held before the first character. */
  readonly before: string | null;
}

class ScannerInput extends HTMLElement {
  #burst: Burst | undefined;

  #press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    // When the key was pressed, not when a busy PC came round to it.
    const now = event.timeStamp;
    const burst = this.#burst;
    const follows = burst !== undefined && now - burst.last < GAP_MS;
    if (event.key === 'Enter' || event.key === 'Tab') {
      this.#burst = undefined;
      if (!follows || burst.text.length < SHORTEST || burst.target === this.#field()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const { target, before } = burst;
      if (before !== null && (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement))
        target.value = before;
      this.#send(burst.text);
      return;
    }
    if (event.key.length !== 1) return;
    if (follows) {
      burst.text += event.key;
      burst.last = now;
      return;
    }
    const { target } = event;
    const typed = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
    this.#burst = { text: event.key, last: now, target, before: typed ? target.value : null };
  };

  #field(): HTMLInputElement | null {
    return this.querySelector('input[name="kode"]');
  }

  #send(text: string): void {
    const field = this.#field();
    if (!field?.form) return;
    const question = this.dataset.confirm;
    if (question !== undefined && isBegun() && !window.confirm(question)) return;
    field.value = text;
    // `requestSubmit` came with Chrome 76 but Safari 16: a click on the button is the same everywhere.
    const button = field.form.querySelector<HTMLButtonElement>('button:not([type="button"])');
    if (button) button.click();
    else field.form.submit();
  }

  connectedCallback(): void {
    // In the capture phase: before the shortcuts and before the form that has the cursor.
    document.addEventListener('keydown', this.#press, true);
  }

  disconnectedCallback(): void {
    document.removeEventListener('keydown', this.#press, true);
  }
}

function isBegun(): boolean {
  const fields = document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(
    'form[data-keep] input:not([type="hidden"]), form[data-keep] textarea',
  );
  return [...fields].some((field) =>
    field instanceof HTMLInputElement && /^(?:radio|checkbox)$/.test(field.type)
      ? field.checked !== field.defaultChecked
      : field.value !== field.defaultValue,
  );
}

customElements.define('scanner-input', ScannerInput);
