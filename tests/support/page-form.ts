/** The fields of a page's form as a browser would send them: ticked boxes, chosen options, typed texts. */
export type PageFields = Record<string, string[]>;

/**
 * Reads the form that posts to `action` from a page of the service. Enough of HTML for what the service writes; no
 * buttons, as a browser sends only the one that was pressed.
 */
export function fieldsOf(html: string, action: string): PageFields {
  const form = [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].find(([, head = '']) =>
    head.includes(`action="${action}"`),
  );
  if (!form) throw new Error(`no form to ${action}`);
  const fields: PageFields = {};
  const add = (name: string | undefined, value: string) => {
    if (name === undefined) return;
    const known = fields[name] ?? [];
    fields[name] = [...known, unescaped(value)];
  };
  const control =
    /<input\b([^>]*)>|<textarea\b([^>]*)>([\s\S]*?)<\/textarea>|<select\b([^>]*)>([\s\S]*?)<\/select>/g;
  for (const [, input, area, text = '', select, options = ''] of (form[2] ?? '').matchAll(control)) {
    if (input !== undefined) {
      const type = attribute(input, 'type');
      if ((type === 'checkbox' || type === 'radio') && !/\bchecked\b/.test(input)) continue;
      add(attribute(input, 'name'), attribute(input, 'value') ?? '');
    } else if (area !== undefined) add(attribute(area, 'name'), text);
    else if (select !== undefined) {
      const all = [...options.matchAll(/<option\b([^>]*)>/g)].map(([, option = '']) => option);
      const chosen = all.find((option) => /\bselected\b/.test(option)) ?? all[0] ?? '';
      add(attribute(select, 'name'), attribute(chosen, 'value') ?? '');
    }
  }
  return fields;
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
