import type { Context } from 'hono';
import type { CardElementKind, CardField } from '../../../domain/card-design.ts';
import { CARD_DESIGN_NAMES } from '../../../domain/card-designs.ts';
import type { SettingProblem } from '../../../usecases/setting-schemas.ts';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import type { Notice } from '../office-page.tsx';

export function wordsOf(c: Context<LibraryEnv>) {
  return textsOf(c).office.cardDesigns;
}

export function elementName(
  c: Context<LibraryEnv>,
  element: { readonly kind: CardElementKind; readonly field?: unknown },
): string {
  const { kinds } = wordsOf(c);
  return element.kind === 'field' ? kinds[`field:${element.field as CardField}`] : kinds[element.kind];
}

/** The name of a design: of those that come with the service in the reader's language. */
export function designName(
  c: Context<LibraryEnv>,
  design: { readonly code: string; readonly name?: string },
): string {
  const shipped = CARD_DESIGN_NAMES.find((name) => name === design.code);
  return shipped ? wordsOf(c).shipped[shipped].name : (design.name ?? design.code);
}

/** What is wrong, and what is allowed where that is a number. */
export function problemText(c: Context<LibraryEnv>, { code, limit }: SettingProblem): string {
  const { problems, limits } = textsOf(c).office.settings;
  if (code === 'not_a_number') return wordsOf(c).numberWanted;
  if (code === 'too_long' && limit !== undefined) return limits.too_long(limit);
  if (code === 'too_small' && limit !== undefined) return limits.too_small(String(limit).replace('.', ','));
  if (code === 'too_large' && limit !== undefined) return limits.too_large(String(limit).replace('.', ','));
  return problems[code];
}

/** What has just happened, told by the address it led to. */
export function doneNotice(c: Context<LibraryEnv>): readonly Notice[] {
  const words = wordsOf(c);
  const told: Readonly<Record<string, string>> = {
    chosen: words.chosen,
    copied: words.copied,
    renamed: words.renamed,
    removed: words.removed,
    saved: words.saved,
  };
  const text = told[c.req.query('selesai') ?? ''];
  return text === undefined ? [] : [{ tone: 'success', text }];
}
