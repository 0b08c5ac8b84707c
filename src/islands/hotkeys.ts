/**
 * Every action has a key: a key press clicks the first visible element whose `aria-keyshortcuts` names it, or puts the
 * cursor into it where it is a field. A single letter or digit waits a moment: where more follow at once, a scanner is
 * typing and none of them is meant for a button.
 */
const SCANNER_GAP_MS = 70;
const TYPING = /^(?:text|search|tel|email|url|number|password|date)$/;

class DeskHotkeys extends HTMLElement {
  #waiting: number | undefined;
  #lastKey = 0;
  #sent = false;

  #press = (event: KeyboardEvent): void => {
    const follows = event.timeStamp - this.#lastKey < SCANNER_GAP_MS;
    this.#lastKey = event.timeStamp;
    window.clearTimeout(this.#waiting);
    if (event.defaultPrevented || event.repeat || event.isComposing || this.#sent) return;
    const name = keyName(event);
    if (name === null) return;
    const target = event.target instanceof Element ? event.target : document.body;
    const plain = !event.altKey;
    if (plain && isTyping(target)) {
      // Escape first leaves the field, so that the other keys work; only then does it leave the page.
      if (name === 'Escape' && target instanceof HTMLElement) target.blur();
      return;
    }
    if (name === 'Enter' && target.closest('a, button, summary, input, select, textarea') !== null) return;
    const element = find(name);
    if (element === undefined) return;
    event.preventDefault();
    // Going into a field changes nothing: what is typed next belongs there already.
    if (!plain || name.length > 1 || (isTyping(element) && !follows)) this.#act(element);
    else if (!follows) this.#waiting = window.setTimeout(() => this.#act(element), SCANNER_GAP_MS);
  };

  #act(element: HTMLElement): void {
    if (isTyping(element)) {
      element.focus();
      if (element instanceof HTMLInputElement) element.select();
      return;
    }
    if (element instanceof HTMLInputElement) element.focus();
    element.click();
  }

  /** A form that is on its way is not sent a second time by an impatient key. */
  #submitted = (event: Event): void => {
    if (!event.defaultPrevented) this.#sent = true;
  };
  #shown = (): void => {
    this.#sent = false;
  };

  connectedCallback(): void {
    document.addEventListener('keydown', this.#press);
    document.addEventListener('submit', this.#submitted);
    window.addEventListener('pageshow', this.#shown);
    // A form that fills the page is begun at once; where errors stand above it, those come first.
    if (document.querySelector('[data-error-summary]') === null)
      document
        .querySelector<HTMLElement>(
          'form[data-begin] input:not([type="hidden"]):not([hidden]), form[data-begin] textarea',
        )
        ?.focus();
  }

  disconnectedCallback(): void {
    document.removeEventListener('keydown', this.#press);
    document.removeEventListener('submit', this.#submitted);
    window.removeEventListener('pageshow', this.#shown);
  }
}

/** As `aria-keyshortcuts` writes it: `E`, `1`, `Enter`, `Escape`, `Alt+1`; null for what is never a shortcut. */
function keyName(event: KeyboardEvent): string | null {
  if (event.ctrlKey || event.metaKey) return null;
  // With Alt held down macOS gives another character: the key itself counts.
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  const key = event.altKey && digit !== undefined ? digit : event.key;
  const name = key.length === 1 ? key.toUpperCase() : key;
  if (name.length > 1 && name !== 'Enter' && name !== 'Escape') return null;
  return event.altKey ? `Alt+${name}` : name;
}

function isTyping(element: Element): boolean {
  if (element instanceof HTMLInputElement) return TYPING.test(element.type);
  return (
    element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement ||
    (element instanceof HTMLElement && element.isContentEditable)
  );
}

function find(name: string): HTMLElement | undefined {
  return [...document.querySelectorAll<HTMLElement>('[aria-keyshortcuts]')].find(
    (element) =>
      (element.getAttribute('aria-keyshortcuts') ?? '').split(' ').includes(name) &&
      !('disabled' in element && element.disabled === true) &&
      element.getClientRects().length > 0,
  );
}

customElements.define('desk-hotkeys', DeskHotkeys);
