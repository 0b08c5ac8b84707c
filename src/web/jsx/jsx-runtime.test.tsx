import fc from 'fast-check';
import { raw } from 'hono/html';
import { jsx as honoJsx } from 'hono/jsx';
import { describe, expect, it } from 'vitest';
import { type Child, jsx, type PropsWithChildren } from './jsx-runtime.ts';

type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;
type Tree =
  | { readonly tag: string; readonly attributes: Attributes; readonly children: readonly Tree[] }
  | string
  | number
  | boolean
  | null
  | undefined;

const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('<b>', '"', "'", '&amp;', '</p>', ''));
const attributes = fc.dictionary(
  fc.constantFrom('class', 'aria-expanded', 'checked', 'hidden', 'value', 'data-a', 'viewBox', 'href'),
  fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.constant(undefined)),
);
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.constant(undefined)),
    fc.record({
      tag: fc.constantFrom('p', 'div', 'input', 'g', 'path', 'live-queue', 'br'),
      attributes,
      children: fc.array(tie('tree'), { maxLength: 3 }),
    }),
  ),
}));

const isEmpty = (tag: string) => tag === 'input' || tag === 'br';

function ours(node: Tree): Child {
  if (typeof node !== 'object' || node === null) return node;
  return jsx(
    node.tag,
    isEmpty(node.tag) ? node.attributes : { ...node.attributes, children: node.children.map(ours) },
  );
}

function honos(node: Tree): ReturnType<typeof honoJsx> {
  const one = (child: Tree) => (typeof child === 'object' && child !== null ? honos(child) : child);
  if (typeof node !== 'object' || node === null) return honoJsx('p', {}, node);
  return honoJsx(node.tag, { ...node.attributes }, ...(isEmpty(node.tag) ? [] : node.children.map(one)));
}

describe('what JSX becomes', () => {
  it('is what Hono’s own renderer makes of it, for whatever text, attributes and children', () => {
    fc.assert(
      fc.property(tree, (node) => {
        const element =
          typeof node === 'object' && node !== null ? ours(node) : jsx('p', { children: ours(node) });
        expect(String(element)).toBe(String(honos(node)));
      }),
      { numRuns: 500 },
    );
  });

  it('is drawn by components, fragments, lists and conditions', () => {
    const Item = ({ name, children }: PropsWithChildren<{ readonly name: string }>) => (
      <li data-name={name}>{children}</li>
    );
    const Nothing = () => null;
    const isShown = String(1) === '2';
    const list = ['a & b', '<i>'];
    expect(
      String(
        <>
          <ul>
            {list.map((name) => (
              <Item name={name}>
                {name}
                {1}
              </Item>
            ))}
          </ul>
          <Nothing />
          {isShown && <p>never</p>}
          {raw('<hr>')}
        </>,
      ),
    ).toBe('<ul><li data-name="a &amp; b">a &amp; b1</li><li data-name="&lt;i&gt;">&lt;i&gt;1</li></ul><hr>');
  });

  it('refuses what no attribute can be', () => {
    expect(() => jsx('p', { 'onclick x': 'y' })).toThrow(TypeError);
    expect(() => jsx('p', { 'x"y': '1' })).toThrow(TypeError);
    expect(() => jsx('p', { title: { toString: () => '"' } })).toThrow(TypeError);
  });
});
