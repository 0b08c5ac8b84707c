/** Further attributes of a component's main element: `data-*` for islands and keys, `aria-*`, `form`, … */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** The colours with a meaning, as Designsystemet's `data-color` names them. */
export type Tone = 'accent' | 'neutral' | 'info' | 'success' | 'warning' | 'danger';

/** Class names joined; whatever is false or undefined is left out. */
export function classes(...names: readonly (string | false | undefined)[]): string {
  return names.filter((name) => name !== false && name !== undefined && name !== '').join(' ');
}

/** `aria-describedby` of the parts that exist. */
export function describedBy(...ids: readonly (string | false | undefined)[]): string | undefined {
  return classes(...ids) || undefined;
}
