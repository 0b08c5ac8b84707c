/**
 * Lowers Designsystemet's modern style sheets to what Chrome 80 on Android understands. lightningcss lowers syntax
 * (nesting, logical shorthands, prefixes); it cannot lower selectors, and one unknown selector drops the whole rule:
 *
 * - `:is()` and `:where()` (Chrome 88) are written out, `:not(a, b)` (88) becomes `:not(a):not(b)`;
 * - `:has()` (105) that carries layout becomes a marker class that our components set; any other rule with it goes;
 * - individual transforms (104), `lh` (109), `round()` (125), relative colours (119) get an older equal or go;
 * - `outline: none` goes: Chrome 80 has no `:focus-visible`, and would be left without any focus ring.
 */
import { transform } from 'lightningcss';

/** Browsers served: the oldest is Chrome 80 (2020). Versions as lightningcss counts them (major << 16). */
export const TARGETS = {
  chrome: 80 << 16,
  android: 80 << 16,
  firefox: 78 << 16,
  safari: 13 << 16,
  ios_saf: 13 << 16,
};

/** `[what, by what]` over the text, before parsing. */
const REWRITES = [
  // Marker classes instead of :has(), see Field, Alert and Card in src/web/components.
  [/:has\(input\[type=radio\],input\[type=checkbox\]\)/g, '.dp-choice'],
  [/\.ds-alert:not\(:has\(>:is\(h1,h2,h3,h4,h5,h6\):first-child\)\)/g, '.ds-alert:not(.dp-titled)'],
  [/\.ds-card:has\(>\.ds-card__block,>\.ds-details\)/g, '.ds-card.dp-blocks'],
  [/:has\(input:not\(:only-child\)\)/g, ''],
  // Zero weight cannot be written for the oldest browser; base.css resets the elements instead.
  [/:where\(\.ds-[\w-]+\)\{[^}]*\}/g, ''],
  [/margin-block:var\(--dsc-card-content-margin-block\)/g, 'margin-top:var(--ds-size-3)'],
  [/,u-summary\b|,\.ds-tabs (?:ds|u)-tab(?:panel|list)?/g, ''],
  // Composite focus handling that only :has() rules need.
  [/[^{}]+\{--_ds--focus:\s*\}/g, ''],
  [/var\(--_ds--focus,\s*((?:var\([^()]*\)))\)/g, '$1'],
  [/outline:none;?/g, ''],
  // Newer values.
  [/[\w-]+:round\((?:[^;{}]*)\);?(?=[^{}]*\})/g, ''],
  [/z-index:calc\(infinity\)/g, ''],
  [/overflow:clip/g, ''],
  [
    /color-mix\(in srgb,\s*var\(--dsc-input-color\),\s*transparent 30%\)/g,
    'var(--ds-color-neutral-text-subtle)',
  ],
  [/rgb\(from [^;}]*\)/g, 'transparent'],
  [/\b1lh\b/g, '1.5em'],
  [/(?<![\d.])\.5lh\b/g, '.75em'],
  [/([;{])translate:([^;}\s]+) (calc\((?:[^()]|\([^()]*\))*\)|[^;}\s]+)/g, '$1transform:translate($2,$3)'],
  [/([;{])translate:([^;}\s]+)(?=[;}])/g, '$1transform:translate($2)'],
  [/([;{])rotate:([^;}]+)/g, '$1transform:rotate($2)'],
  [/(?:interpolate-size|field-sizing|block-size|overscroll-behavior):[^;}]*;?/g, ''],
  [/(?:-moz-|-webkit-)(?:column|box|user|appearance|print|text)[\w-]*:[^;}]*;?/g, ''],
  [/(?:width|height):-moz-[\w-]+;?/g, ''],
  [/padding-inline:var\(--dsc-list-padding-inline\)/g, 'padding-left:var(--ds-size-6)'],
  // Shorthands of the two axes around variables, which lightningcss must leave alone. No right-to-left language here.
  [
    /(?<![\w-])(padding|margin)-(inline|block):((?:[^;{}()]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))+)/g,
    axes,
  ],
  [/(?<![\w-])(padding|margin)-(inline|block)-(start|end):/g, side],
  [/border-block-(width|style|color):([^;}]+)/g, 'border-top-$1:$2;border-bottom-$1:$2'],
  [/inset:0 0 auto;/g, 'top:0;right:0;left:0;'],
  [/inset:0 auto 0 0;/g, 'top:0;bottom:0;left:0;'],
  [/([;{])inset:0;/g, '$1top:0;right:0;bottom:0;left:0;'],
  [/border-start-start-radius/g, 'border-top-left-radius'],
  [/border-start-end-radius/g, 'border-top-right-radius'],
  [/border-end-start-radius/g, 'border-bottom-left-radius'],
  [/border-end-end-radius/g, 'border-bottom-right-radius'],
  [/border-inline-end:/g, 'border-right:'],
  [/border-inline-start:/g, 'border-left:'],
];

function axes(_whole, property, axis, value) {
  const parts = value.trim().match(/(?:[^\s()]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))+/g) ?? [];
  const [first, second = first] = parts;
  const [start, end] = axis === 'inline' ? ['left', 'right'] : ['top', 'bottom'];
  return `${property}-${start}:${first};${property}-${end}:${second}`;
}

function side(_whole, property, axis, end) {
  const [start, finish] = axis === 'inline' ? ['left', 'right'] : ['top', 'bottom'];
  return `${property}-${end === 'start' ? start : finish}:`;
}

/** Selectors that cannot be made to work on the oldest browser and carry nothing essential. */
const HOPELESS = new Set([
  'has',
  'dir',
  'open',
  'modal',
  'part',
  'details-content',
  'autofill',
  'read-only',
  'indeterminate',
]);

/** Forms of a part that no page uses, and that the search for unused words cannot tell from used ones. */
const isUnused = (part) =>
  part.type === 'attribute' &&
  (part.name === 'role' || /^(data-clickdelegate|aria-readonly)/.test(part.name));

/**
 * One selector without `:is`, `:where` and lists in `:not`, as the list of plain selectors it stands for; empty
 * when it cannot be said for the oldest browser. A selector is lightningcss's array of components.
 */
export function expandSelector(selector) {
  for (const [at, part] of selector.entries()) {
    if (isUnused(part)) return [];
    if (
      part.type === 'pseudo-element' &&
      part.kind === 'custom' &&
      /part|details-content|moz/.test(part.name ?? '')
    )
      return [];
    if (part.type === 'pseudo-element' && (part.kind === 'part' || part.name === 'details-content'))
      return [];
    if (part.type !== 'pseudo-class') continue;
    const name = part.kind === 'custom' ? part.name : part.kind;
    if (HOPELESS.has(name) || part.vendorPrefix?.includes('moz')) return [];
    if (part.kind === 'not') {
      // Not one of many: each is refused on its own. `:not(.a.b)` has no older form.
      const refused = part.selectors.map(expandSelector);
      if (refused.some((inners) => inners.length === 0 || inners.some((inner) => inner.length !== 1)))
        return [];
      const separate = refused
        .flat()
        .map((inner) => ({ type: 'pseudo-class', kind: 'not', selectors: [inner] }));
      if (separate.length === 1 && !part.selectors[0].some(isMany)) continue;
      return expandSelector([...selector.slice(0, at), ...separate, ...selector.slice(at + 1)]);
    }
    if (!isMany(part)) continue;
    return part.selectors.flatMap((inner) => {
      const merged = substitute(selector, at, inner);
      return merged ? expandSelector(merged) : [];
    });
  }
  return [selector];
}

const isMany = (part) => part.type === 'pseudo-class' && ['is', 'where', 'any'].includes(part.kind);

function substitute(selector, at, inner) {
  const isCombinator = (part) => part.type === 'combinator';
  let start = at;
  while (start > 0 && !isCombinator(selector[start - 1])) start--;
  let end = at + 1;
  while (end < selector.length && !isCombinator(selector[end])) end++;
  const lastCombinator = inner.findLastIndex(isCombinator);
  // A whole path inside :is() can only be written out at the start of the selector.
  if (lastCombinator >= 0 && start > 0) return undefined;
  const own = [
    ...inner.slice(lastCombinator + 1),
    ...selector.slice(start, at),
    ...selector.slice(at + 1, end),
  ];
  const types = own.filter((part) => part.type === 'type');
  if (types.length > 1) return undefined;
  const pseudoElements = own.filter((part) => part.type === 'pseudo-element');
  const rest = own.filter(
    (part) => part.type !== 'type' && part.type !== 'pseudo-element' && part.type !== 'universal',
  );
  const compound = [...types, ...rest, ...pseudoElements];
  return [
    ...selector.slice(0, start),
    ...inner.slice(0, lastCombinator + 1),
    ...compound,
    ...selector.slice(end),
  ];
}

/** `@supports` blocks about `round()` only repeat a value that stands before them. */
function withoutBlocks(css, opening) {
  let text = css;
  for (;;) {
    const start = text.search(opening);
    if (start < 0) return text;
    let depth = 0;
    let end = text.indexOf('{', start);
    do {
      if (text[end] === '{') depth++;
      if (text[end] === '}') depth--;
      end++;
    } while (depth > 0);
    text = text.slice(0, start) + text.slice(end);
  }
}

/** CSS of one source file, lowered but not minified. */
export function lowerCss(filename, css) {
  let text = withoutBlocks(css.replace(/\/\*[\s\S]*?\*\//g, ''), /@supports \(width:round/);
  for (const [what, by] of REWRITES) text = text.replace(what, by);
  const { code } = transform({
    filename,
    code: Buffer.from(text),
    targets: TARGETS,
    // Only selectors pass through the visitor: lightningcss 1.33 cannot read back declarations that it gave out.
    visitor: { Selector: expandSelector },
  });
  return code.toString();
}
