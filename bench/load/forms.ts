/** What a page offers to send. The service's own markup is read, not any HTML. */
import { Broken, type Page } from './browser.ts';

export interface PageForm {
  readonly path: string;
  readonly hidden: readonly (readonly [string, string])[];
  readonly buttons: readonly PageButton[];
}

export interface PageButton {
  readonly name: string;
  readonly value: string;
  /** The key that presses it. */
  readonly keys: string;
}

export function formsOf(html: string): readonly PageForm[] {
  return [...html.matchAll(/<form(\s[^>]*)>([\s\S]*?)<\/form>/g)].flatMap(([, head = '', inside = '']) => {
    if (attribute(head, 'method').toLowerCase() !== 'post') return [];
    const hidden = [...inside.matchAll(/<input\b([^>]*)>/g)].flatMap(([, input = '']) =>
      attribute(input, 'type') === 'hidden'
        ? [[attribute(input, 'name'), attribute(input, 'value')] as const]
        : [],
    );
    const buttons = [...inside.matchAll(/<button\b([^>]*)>/g)].flatMap(([, button = '']) =>
      attribute(button, 'type') === 'button' || attribute(button, 'form') !== ''
        ? []
        : [
            {
              name: attribute(button, 'name'),
              value: attribute(button, 'value'),
              keys: attribute(button, 'aria-keyshortcuts'),
            },
          ],
    );
    return [{ path: attribute(head, 'action'), hidden, buttons }];
  });
}

/** Value of an attribute in the inside of a tag; empty where it has none. */
export function attribute(tag: string, name: string): string {
  const found = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
  return found.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
}

/** The hidden fields of a form with one of its buttons. */
export function pressed(
  form: PageForm,
  button: PageButton | undefined,
): readonly (readonly [string, string])[] {
  return button === undefined || button.name === ''
    ? form.hidden
    : [...form.hidden, [button.name, button.value]];
}

/** The form of a page that is sent to this path. */
export function formTo(page: Page, path: string): PageForm {
  const form = formsOf(page.text()).find((each) => each.path === path);
  if (!form) throw new Broken(`no form to ${path} on ${page.status} ${page.path.slice(0, 40)}`);
  return form;
}
