/**
 * A keypad on the screen for the field `data-for`, as a kiosk may have no keyboard. The tablet's own keyboard stays
 * away while it is there; a real keyboard or a scanner still types.
 */
class KioskKeypad extends HTMLElement {
  connectedCallback(): void {
    const field = document.getElementById(this.dataset.for ?? '');
    if (!(field instanceof HTMLInputElement)) return;
    this.hidden = false;
    field.inputMode = 'none';
    field.focus();
    this.addEventListener('click', (event) => {
      const button = event.target instanceof Element ? event.target.closest('button') : null;
      if (!button) return;
      if (button.hasAttribute('data-erase')) field.value = field.value.slice(0, -1);
      else field.value += button.dataset.key ?? '';
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
  }
}

customElements.define('kiosk-keypad', KioskKeypad);
