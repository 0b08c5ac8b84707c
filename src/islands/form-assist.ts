import { checkDocumentNumber } from '../domain/document-number.ts';
import {
  FORM_FIELDS,
  type FormContext,
  type FormField,
  type FormValues,
  pickFormValues,
} from '../domain/form-fields.ts';
import { offeredBirthDates, parseNik, readNik } from '../domain/nik.ts';
import { datePartsOf, type PlainDate } from '../domain/plain-date.ts';
import { DOCUMENT_TYPES } from '../domain/procedure.ts';

/**
 * Shows the fields that the answers so far ask for, names the number of the chosen document, and offers birth date and
 * sex as the NIK has them. Offers only: nothing is ever filled in or changed by itself.
 */
class FormAssist extends HTMLElement {
  #form: HTMLFormElement | null = null;

  connectedCallback(): void {
    this.#form = this.querySelector('form');
    if (!this.#form) return;
    this.#form.addEventListener('input', this.#update);
    this.#form.addEventListener('change', this.#update);
    this.#update();
  }

  #update = (): void => {
    const values = this.#values();
    const context = { today: this.dataset.today as PlainDate } as FormContext;
    for (const field of FORM_FIELDS) this.#show(field, values, context);
    for (const group of this.querySelectorAll<HTMLElement>('[data-group]'))
      group.hidden = !group.querySelector('[data-field-name]:not([hidden])');
    this.#nameNumber(values);
    this.#offer(values, context.today);
  };

  #values(): FormValues {
    // A page that opens only some fields tells the stored answers that decide about others.
    const data = JSON.parse(this.dataset.base ?? '{}') as Record<string, unknown>;
    if (this.#form) for (const [name, value] of new FormData(this.#form)) data[name] = value;
    const boxes = ['day', 'month', 'year'].map((part) => String(data[`birth_date.${part}`] ?? '').trim());
    if (this.querySelector('[name="birth_date.day"]')) data.birth_date = boxes.join('-');
    return pickFormValues(data);
  }

  #show(field: FormField, values: FormValues, context: FormContext): void {
    const part = this.querySelector<HTMLElement>(`[data-field-name="${field.name}"]`);
    if (part) part.hidden = !field.asked(values, context);
  }

  #nameNumber(values: FormValues): void {
    const input = this.querySelector<HTMLInputElement>('#document_number');
    const words = (
      JSON.parse(this.dataset.numbers ?? '{}') as Record<string, { label: string; hint: string }>
    )[values.document_type ?? ''];
    if (!input || !words) return;
    const label = this.querySelector('label[for="document_number"]');
    const hint = this.querySelector('#document_number-about');
    if (label) label.textContent = words.label;
    if (hint && this.dataset.keepHints === undefined) hint.textContent = words.hint;
    const letters = values.document_type === 'ktm' || values.document_type === 'paspor';
    input.inputMode = letters ? 'text' : 'numeric';
  }

  #offer(values: FormValues, today: PlainDate): void {
    const type = DOCUMENT_TYPES.find((each) => each === values.document_type);
    const number = type ? checkDocumentNumber(type, values.document_number ?? '') : undefined;
    const added = parseNik(values.nik ?? '');
    const nik = number?.ok && number.nik ? number.nik : added.ok ? added.nik : null;
    const dates = nik && values.birth_date === '--' ? offeredBirthDates(nik, today) : [];
    this.#offerAt(
      'birth_date',
      dates.map((date) => {
        const { year, month, day } = datePartsOf(date);
        const name = (this.dataset.months ?? '').split(',')[month - 1] ?? String(month);
        return {
          text: (this.dataset.useDate ?? '{}').replace('{}', `${day} ${name} ${year}`),
          use: () => {
            this.#set('birth_date.day', day);
            this.#set('birth_date.month', month);
            this.#set('birth_date.year', year);
          },
        };
      }),
    );
    const sex = nik && !values.sex ? readNik(nik).sex : null;
    const [male = '', female = ''] = (this.dataset.sexes ?? '').split(',');
    this.#offerAt(
      'sex',
      sex
        ? [
            {
              text: (this.dataset.useSex ?? '{}').replace('{}', sex === 'L' ? male : female),
              use: () => this.querySelector<HTMLInputElement>(`[name="sex"][value="${sex}"]`)?.click(),
            },
          ]
        : [],
    );
  }

  #offerAt(field: string, offers: readonly { readonly text: string; readonly use: () => void }[]): void {
    const part = this.querySelector<HTMLElement>(`[data-field-name="${field}"]`);
    if (!part) return;
    const key = offers.map((offer) => offer.text).join('|');
    const before = part.querySelector<HTMLElement>('.dp-offer');
    if ((before?.dataset.key ?? '') === key) return;
    before?.remove();
    if (offers.length === 0) return;
    const line = document.createElement('div');
    line.className = 'dp-offer';
    line.dataset.key = key;
    const about = document.createElement('span');
    about.textContent = `${this.dataset.fromNik ?? ''}:`;
    line.append(about);
    for (const offer of offers) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'ds-button';
      button.dataset.variant = 'secondary';
      button.textContent = offer.text;
      button.addEventListener('click', () => {
        offer.use();
        part.querySelector<HTMLElement>('input')?.focus();
        this.#form?.dispatchEvent(new Event('input', { bubbles: true }));
      });
      line.append(button);
    }
    part.append(line);
  }

  #set(name: string, value: number): void {
    const input = this.#form?.elements.namedItem(name);
    if (input instanceof HTMLInputElement) input.value = String(value);
  }
}

customElements.define('form-assist', FormAssist);
