/** One village: its code, and its whole path in words. */
type Hit = readonly [code: string, path: string];

const WAIT_MS = 200;
const LEAST_LETTERS = 3;

/**
 * Type-ahead over the villages of the country, a handful of rows an answer; after the combobox pattern of the ARIA
 * practices. Takes the place of the search button and the list of choices, which work without it.
 */
class VillageSearch extends HTMLElement {
  #input!: HTMLInputElement;
  #code!: HTMLInputElement;
  #list!: HTMLUListElement;
  #status!: HTMLElement;
  #hits: readonly Hit[] = [];
  #active = -1;
  #timer = 0;
  #asked = 0;

  connectedCallback(): void {
    const input = this.querySelector<HTMLInputElement>('input[type="text"]');
    if (!input || this.#code) return;
    const name = this.dataset.name ?? '';
    this.#input = input;
    this.#code = document.createElement('input');
    this.#code.type = 'hidden';
    this.#code.name = name;
    this.#list = document.createElement('ul');
    this.#list.className = 'dp-suggest__list';
    this.#list.id = `${name}-daftar`;
    this.#list.hidden = true;
    this.#list.setAttribute('role', 'listbox');
    this.#list.setAttribute('aria-label', this.querySelector('label')?.textContent?.trim() ?? '');
    this.#status = document.createElement('p');
    this.#status.className = 'dp-sr';
    this.#status.setAttribute('role', 'status');
    for (const [attribute, value] of [
      ['role', 'combobox'],
      ['aria-autocomplete', 'list'],
      ['aria-expanded', 'false'],
      ['aria-controls', this.#list.id],
    ] as const)
      input.setAttribute(attribute, value);
    const wrap = document.createElement('div');
    wrap.className = 'dp-suggest';
    input.replaceWith(wrap);
    wrap.append(input, this.#list);
    this.append(this.#code, this.#status);
    this.#takeOverChoices();
    input.addEventListener('input', this.#typed);
    input.addEventListener('keydown', this.#key);
    input.addEventListener('blur', () => window.setTimeout(() => this.#close(), 150));
    this.#list.addEventListener('mousedown', (event) => event.preventDefault());
    this.#list.addEventListener('click', (event) => {
      const row = event.target instanceof Element ? event.target.closest('li') : null;
      if (row) this.#choose(this.#hits[[...this.#list.children].indexOf(row)]);
    });
    // A draft of this device brings back code and text together.
    this.addEventListener('village-set', (event) => this.#choose((event as CustomEvent<Hit>).detail, true));
  }

  /** What the server offered or kept as radio buttons. */
  #takeOverChoices(): void {
    this.querySelector('[data-without-script]')?.remove();
    const choices = this.querySelector('[data-choices]');
    if (!choices) return;
    const offered = [...choices.querySelectorAll<HTMLInputElement>('input')].map(
      (radio): Hit => [
        radio.value,
        choices.querySelector(`label[for="${radio.id}"]`)?.textContent?.trim() ?? '',
      ],
    );
    const chosen = choices.querySelector<HTMLInputElement>('input:checked')?.value;
    choices.remove();
    const kept = offered.find(([code]) => code === chosen);
    if (kept) this.#choose(kept, true);
    else this.#show(offered);
  }

  #typed = (): void => {
    this.#setCode('');
    window.clearTimeout(this.#timer);
    const text = this.#input.value.trim();
    if (text.length < LEAST_LETTERS) this.#close();
    else this.#timer = window.setTimeout(() => void this.#search(text), WAIT_MS);
  };

  async #search(text: string): Promise<void> {
    const asked = ++this.#asked;
    try {
      const response = await fetch(`${this.dataset.url}?q=${encodeURIComponent(text)}`);
      if (!response.ok) return;
      const hits = (await response.json()) as Hit[];
      // An earlier question may be answered later.
      if (asked === this.#asked) this.#show(hits);
      window.dispatchEvent(new Event('connection-back'));
    } catch {
      window.dispatchEvent(new Event('connection-lost'));
    }
  }

  #show(hits: readonly Hit[]): void {
    this.#hits = hits;
    this.#active = -1;
    // Not replaceChildren: the oldest browser served does not have it.
    this.#list.textContent = '';
    this.#list.append(
      ...hits.map(([, path], index) => {
        const row = document.createElement('li');
        row.id = `${this.#list.id}-${index}`;
        row.setAttribute('role', 'option');
        row.textContent = path;
        return row;
      }),
    );
    this.#list.hidden = hits.length === 0;
    this.#input.setAttribute('aria-expanded', String(hits.length > 0));
    const { none = '', found = '', one = '' } = this.dataset;
    this.#status.textContent =
      hits.length === 0 ? none : hits.length === 1 ? one : found.replace('{}', String(hits.length));
    this.#status.className = hits.length > 0 ? 'dp-sr' : 'dp-chosen';
  }

  #key = (event: KeyboardEvent): void => {
    if (this.#list.hidden) return;
    if (event.key === 'Escape') {
      this.#close();
      return;
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      this.#choose(this.#hits[Math.max(0, this.#active)]);
      return;
    }
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    this.#active = (this.#active + step + this.#hits.length) % this.#hits.length;
    [...this.#list.children].forEach((row, index) => {
      row.setAttribute('aria-selected', String(index === this.#active));
      if (index === this.#active) row.scrollIntoView({ block: 'nearest' });
    });
    this.#input.setAttribute('aria-activedescendant', `${this.#list.id}-${this.#active}`);
  };

  #choose(hit: Hit | undefined, silent = false): void {
    if (!hit) return;
    this.#input.value = hit[1];
    this.#setCode(hit[0]);
    this.#close();
    if (!silent) this.#code.dispatchEvent(new Event('input', { bubbles: true }));
  }

  #setCode(code: string): void {
    this.#code.value = code;
    // In full: a phone shows only the beginning of the box.
    this.#status.textContent = code === '' ? '' : this.#input.value;
    this.#status.className = 'dp-chosen';
  }

  #close(): void {
    this.#list.hidden = true;
    this.#input.setAttribute('aria-expanded', 'false');
    this.#input.removeAttribute('aria-activedescendant');
  }
}

customElements.define('village-search', VillageSearch);
