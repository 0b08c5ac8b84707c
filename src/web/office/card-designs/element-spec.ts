import {
  BARCODES,
  type CardElement,
  type CardElementKind,
  type CardField,
} from '../../../domain/card-design.ts';

/** The fields of each kind of element, as data: one engine draws and reads them all. */
export interface ElementField {
  /** From the element down: `box.x`, `style.size`. */
  readonly at: string;
  readonly kind: 'mm' | 'points' | 'choice' | 'check' | 'colour' | 'text';
  readonly choices?: readonly string[];
}

const number = (at: string): ElementField => ({ at, kind: 'mm' });
const choice = (at: string, choices: readonly string[]): ElementField => ({ at, kind: 'choice', choices });
const check = (at: string): ElementField => ({ at, kind: 'check' });

export const BOX_PARTS = ['x', 'y', 'width', 'height'] as const;
export const BOX: readonly ElementField[] = BOX_PARTS.map((part) => number(`box.${part}`));
export const OTHER_BOX: readonly ElementField[] = BOX_PARTS.map((part) => number(`boxWithoutPhoto.${part}`));

const ALIGN = choice('style.align', ['left', 'center', 'right']);
const STYLE: readonly ElementField[] = [
  { at: 'style.size', kind: 'points' },
  choice('style.weight', ['regular', 'medium', 'bold']),
  { at: 'style.colour', kind: 'colour' },
  ALIGN,
  choice('style.valign', ['top', 'middle', 'bottom']),
];
const CAPITALS = check('style.capitals');

/** Fields with a name of their own above them: those that name themselves to nobody. */
const LABELLED: readonly CardField[] = ['number', 'member_type', 'valid_until'];

/** What else an element has than its box. */
const FIELDS: Readonly<Record<CardElementKind, readonly ElementField[]>> = {
  shape: [choice('shape', ['rectangle', 'ellipse']), { at: 'fill', kind: 'colour' }, number('radius')],
  emblem: [check('plate')],
  picture: [],
  text: [{ at: 'text.id', kind: 'text' }, { at: 'text.en', kind: 'text' }, ...STYLE, CAPITALS],
  field: [...STYLE, CAPITALS],
  photo: [choice('shape', ['square', 'rounded', 'oval'])],
  barcode: [choice('barcode', BARCODES), choice('align', ['left', 'center', 'right']), check('number')],
  qr: [],
  rules: [...STYLE],
};

export function fieldsOf(element: {
  readonly kind: CardElementKind;
  readonly field?: CardField;
}): readonly ElementField[] {
  const fields = FIELDS[element.kind];
  const hasLabel = element.kind === 'field' && LABELLED.some((name) => name === element.field);
  return hasLabel ? [...fields, check('label')] : fields;
}

/** Whether an element may stand elsewhere on a card without a photo. */
export function movesWithoutPhoto({ kind }: Pick<CardElement, 'kind'>): boolean {
  return kind === 'field' || kind === 'barcode';
}

export function isKind(kind: string): kind is CardElementKind {
  return Object.hasOwn(FIELDS, kind);
}
