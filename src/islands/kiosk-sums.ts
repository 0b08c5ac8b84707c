/**
 * Running sums of a group: each `data-part` shows what its numbers add up to beside the total. It only shows; the
 * server checks. Words: `data-sum` with `{sum}` and `{total}`, `data-right` when it adds up.
 */
class KioskSums extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener('input', () => this.#show());
    this.#show();
  }

  #show(): void {
    const field = this.querySelector<HTMLInputElement>(`input[name="${this.dataset.total ?? ''}"]`);
    const total = countOf(field?.value ?? '');
    for (const part of this.querySelectorAll<HTMLElement>('[data-part]')) {
      const line = part.querySelector<HTMLElement>('[data-sum]');
      if (!line) continue;
      const inputs = [...part.querySelectorAll('input')];
      const sum = inputs.reduce((all, input) => all + countOf(input.value), 0);
      const silent = total === 0 || (sum === 0 && !part.hasAttribute('data-required'));
      const right = sum === total;
      const words = (this.dataset.sum ?? '').replace('{sum}', String(sum)).replace('{total}', String(total));
      line.textContent = silent ? '' : right ? `${words}. ${this.dataset.right ?? ''}` : words;
      line.dataset.state = silent ? 'silent' : right ? 'right' : sum > total ? 'over' : 'under';
    }
  }
}

function countOf(text: string): number {
  return /^\d{1,4}$/.test(text.trim()) ? Number(text) : 0;
}

customElements.define('kiosk-sums', KioskSums);
