/** What an admin does to designs: begin one, add an element, see where it is used. Nothing is checked here. */
import {
  type Box,
  CARD_FIELDS,
  CARD_SIZE,
  type CardDesigns,
  type CardElement,
  type CardElementKind,
  type CardField,
  type CardSideName,
  type OwnCardDesign,
  type TextStyle,
} from './card-design.ts';
import { findDesign } from './card-designs.ts';

/** What can be added to a side: a kind of element, or a field by its name. */
export const ELEMENT_CHOICES = [
  ...CARD_FIELDS.map((field) => `field:${field}` as const),
  'photo',
  'barcode',
  'qr',
  'emblem',
  'rules',
  'text',
  'shape',
  'picture',
] as const satisfies readonly (Exclude<CardElementKind, 'field'> | `field:${CardField}`)[];
export type ElementChoice = (typeof ELEMENT_CHOICES)[number];

const WHOLE: Box = { x: 0, y: 0, width: CARD_SIZE.width, height: CARD_SIZE.height };
const LINE: Box = { x: 30, y: 24, width: 48, height: 5 };
const STYLE: TextStyle = { weight: 'medium', size: 9, colour: 'ink', align: 'left', valign: 'middle' };

/** A new element in the middle of the card, of a size that is usual for it. */
export function newElement(choice: ElementChoice): CardElement {
  switch (choice) {
    case 'photo':
      return { kind: 'photo', box: { x: 4, y: 16, width: 22.5, height: 30 }, shape: 'rounded' };
    case 'barcode':
      return {
        kind: 'barcode',
        barcode: 'code128',
        box: { x: 16, y: 40, width: 54, height: 8.5 },
        number: false,
      };
    case 'qr':
      return { kind: 'qr', box: { x: 30, y: 14, width: 25, height: 25 } };
    case 'emblem':
      return { kind: 'emblem', box: { x: 4, y: 4, width: 9, height: 9 }, plate: false };
    case 'rules':
      return {
        kind: 'rules',
        box: { x: 4, y: 5, width: 47, height: 32 },
        style: { ...STYLE, size: 7, weight: 'regular', valign: 'top' },
      };
    case 'text':
      return { kind: 'text', text: { id: 'Teks', en: 'Text' }, box: LINE, style: STYLE };
    case 'shape':
      return { kind: 'shape', shape: 'rectangle', box: { ...LINE, height: 8 }, radius: 0, fill: 'tint' };
    case 'picture':
      return { kind: 'picture', box: WHOLE };
    default: {
      const field = CARD_FIELDS.find((name) => choice === `field:${name}`) ?? 'name';
      const label = field === 'number' || field === 'member_type' || field === 'valid_until';
      return { kind: 'field', field, label, box: { ...LINE, height: label ? 6.5 : 5 }, style: STYLE };
    }
  }
}

/** Codes of the member types that a design is chosen for, and whether it is the usual one. */
export function usesOf(
  designs: CardDesigns,
  code: string,
): { readonly usual: boolean; readonly types: readonly string[] } {
  return {
    usual: designs.usual === code,
    types: Object.keys(designs.byType).filter((type) => designs.byType[type] === code),
  };
}

/** The designs with a copy of one under a name; undefined where there is none of that code. */
export function copyDesign(
  designs: CardDesigns,
  from: string,
  name: string,
): { readonly designs: CardDesigns; readonly code: string } | undefined {
  const found = findDesign(designs, from);
  if (!found) return undefined;
  const taken = new Set(designs.own.map((one) => one.code));
  let number = designs.own.length + 1;
  while (taken.has(`desain-${number}`)) number++;
  const code = `desain-${number}`;
  const { design, pictureFileId } = found;
  return { designs: { ...designs, own: [...designs.own, { code, name, design, pictureFileId }] }, code };
}

/** The designs with one of the own ones changed; undefined where it is not there. */
export function changeOwn(
  designs: CardDesigns,
  code: string,
  change: (own: OwnCardDesign) => OwnCardDesign,
): CardDesigns | undefined {
  if (!designs.own.some((one) => one.code === code)) return undefined;
  return { ...designs, own: designs.own.map((one) => (one.code === code ? change(one) : one)) };
}

/** The designs with another picture in one; where no element shows it, it becomes the ground of the front. */
export function setPicture(
  designs: CardDesigns,
  code: string,
  pictureFileId: string | null,
): CardDesigns | undefined {
  return changeOwn(designs, code, (own) => {
    const shown = (['front', 'back'] as const).some((side) => hasPicture(own, side));
    if (pictureFileId === null || shown) return { ...own, pictureFileId };
    const { front } = own.design;
    const elements = [newElement('picture'), ...front.elements];
    return { ...own, pictureFileId, design: { ...own.design, front: { ...front, elements } } };
  });
}

function hasPicture({ design }: OwnCardDesign, side: CardSideName): boolean {
  return design[side].elements.some(({ kind }) => kind === 'picture');
}
