/**
 * What JSX in this program becomes: text, at once. Pages are drawn in one pass on the server, by functions that wait for
 * nothing; a renderer that also follows components through time costs each page several times as much
 * (docs/decisions/043). The compiler imports this by itself (`jsxImportSource`); types of elements are Hono's.
 */
import type { JSX as HonoJsx } from 'hono/jsx/jsx-runtime';
import type { HtmlEscapedString } from 'hono/utils/html';

/** What may stand between two tags. Text is escaped, markup is not, and what is not there (`cond && …`) shows nothing. */
export type Child = HtmlEscapedString | string | number | boolean | null | undefined | readonly Child[];
export type PropsWithChildren<Props = unknown> = Props & { readonly children?: Child };

type Props = Readonly<Record<string, unknown>>;
type Component = (props: Props) => Child;

/** Text that is markup. Hono's `raw`, `html` and `c.html` know it by `isEscaped` and take its text. */
class Markup {
  readonly isEscaped = true;
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  toString(): string {
    return this.#text;
  }
}

/** Elements without an end. */
const EMPTY = new Set([
  'area',
  'base',
  'br',
  'col',
  'embed',
  'hr',
  'img',
  'input',
  'link',
  'meta',
  'source',
  'track',
  'wbr',
]);

/** Attributes that are there or not; `true` and `false` of others are words, as in `aria-expanded`. */
const THERE_OR_NOT = new Set([
  'async',
  'autofocus',
  'autoplay',
  'checked',
  'controls',
  'default',
  'defer',
  'disabled',
  'download',
  'formnovalidate',
  'hidden',
  'inert',
  'loop',
  'multiple',
  'muted',
  'nomodule',
  'novalidate',
  'open',
  'playsinline',
  'readonly',
  'required',
  'reversed',
  'selected',
]);

/** One element, or what a component makes of its properties. */
export function jsx(tag: string | Component, props: Props): HtmlEscapedString {
  if (typeof tag === 'function') return asMarkup(tag(props));
  let text = `<${tag}`;
  for (const name in props) if (name !== 'children') text += attribute(name, props[name]);
  return markup(EMPTY.has(tag) ? `${text}/>` : `${text}>${textOf(props.children as Child)}</${tag}>`);
}

export { jsx as jsxDEV, jsx as jsxs };

/** `<>…</>` */
export function Fragment(props: { readonly children?: Child }): HtmlEscapedString {
  return asMarkup(props.children);
}

function markup(text: string): HtmlEscapedString {
  return new Markup(text) as unknown as HtmlEscapedString;
}

function isMarkup(child: Child): child is HtmlEscapedString {
  return typeof child === 'object' && child !== null && 'isEscaped' in child;
}

function asMarkup(child: Child): HtmlEscapedString {
  return isMarkup(child) ? child : markup(textOf(child));
}

function textOf(child: Child): string {
  if (typeof child === 'string') return escaped(child);
  if (child === undefined || child === null || typeof child === 'boolean') return '';
  if (typeof child === 'number') return String(child);
  if (isMarkup(child)) return child.toString();
  let text = '';
  for (const one of child) text += textOf(one);
  return text;
}

function attribute(name: string, value: unknown): string {
  switch (typeof value) {
    case 'string':
      return ` ${nameOf(name)}="${escaped(value)}"`;
    case 'boolean':
      if (THERE_OR_NOT.has(name)) return value ? ` ${name}=""` : '';
      return ` ${nameOf(name)}="${value}"`;
    case 'number':
      return ` ${nameOf(name)}="${value}"`;
    case 'undefined':
      return '';
    default:
      if (value === null) return '';
      throw new TypeError(`attribute ${name}: neither text, number nor boolean`);
  }
}

/** Names that were looked at; they stand in the source, so that there are few. */
const known = new Set<string>();

/** Some are made of data (`data-…`): one that would end the tag is an error, not a gap. */
function nameOf(name: string): string {
  if (known.has(name)) return name;
  if (!/^[A-Za-z][\w:.-]*$/.test(name)) throw new TypeError('not the name of an attribute');
  if (known.size < 1_000) known.add(name);
  return name;
}

const SPECIAL = /[&<>"']/;
const ALL_SPECIAL = /[&<>"']/g;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return SPECIAL.test(text) ? text.replace(ALL_SPECIAL, (sign) => ENTITIES[sign] ?? '') : text;
}

/** As the compiler looks them up beside `jsx`. */
// biome-ignore lint/style/noNamespace: TypeScript finds the types of elements under this name only.
export declare namespace JSX {
  type Element = HtmlEscapedString;
  type ElementType = string | ((props: never) => Child);
  interface ElementChildrenAttribute {
    children: unknown;
  }
  type IntrinsicElements = HonoJsx.IntrinsicElements;
  interface IntrinsicAttributes {
    key?: string | number | undefined;
  }
}
