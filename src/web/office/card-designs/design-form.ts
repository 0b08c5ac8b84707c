import {
  CARD_FIELDS,
  type CardDesign,
  type CardElement,
  type CardSideName,
  PALETTE,
} from '../../../domain/card-design.ts';
import { ELEMENT_CHOICES, newElement } from '../../../domain/card-design-edit.ts';
import { parseHexColour } from '../../../domain/theme.ts';
import type { FormBody } from '../../form-body.ts';
import { setAt, type Tree, valueAt } from '../settings-values.ts';
import { BOX, type ElementField, fieldsOf, isKind, movesWithoutPhoto, OTHER_BOX } from './element-spec.ts';

/** A design as it was typed: numbers where they could be read, else what stands in the box. */
export interface TypedDesign {
  readonly front: TypedSide;
  readonly back: TypedSide;
}
export interface TypedSide {
  readonly ground: unknown;
  readonly elements: readonly TypedElement[];
}
export type TypedElement = Pick<CardElement, 'kind'> & Tree;

export const SIDES = ['front', 'back'] as const satisfies readonly CardSideName[];
/** Of the choice of colours: one that is typed. */
export const OWN_COLOUR = 'own';
const MOST = 80;

/** Reads the design of a form; nothing is checked here. Elements of kinds that there are not are left out. */
export function readDesign(body: FormBody): TypedDesign {
  return { front: readSide(body, 'front'), back: readSide(body, 'back') };
}

function readSide(body: FormBody, side: CardSideName): TypedSide {
  const count = Math.min(Number(body.text(`${side}.elements.jumlah`)) || 0, MOST);
  const elements: TypedElement[] = [];
  for (let at = 0; at < count; at++) {
    const element = readElement(body, `${side}.elements.${at}`);
    if (element) elements.push(element);
  }
  return { ground: readColour(body, `${side}.ground`), elements };
}

function readElement(body: FormBody, name: string): TypedElement | undefined {
  const kind = body.text(`${name}.kind`);
  if (!isKind(kind)) return undefined;
  const element: TypedElement = { kind };
  const field = CARD_FIELDS.find((one) => one === body.text(`${name}.field`));
  if (kind === 'field') Object.assign(element, { field: field ?? '', label: false });
  for (const spec of [...BOX, ...fieldsOf({ kind, ...(field ? { field } : {}) })])
    setAt(element, spec.at, readField(body, `${name}.${spec.at}`, spec));
  if (movesWithoutPhoto(element) && body.text(`${name}.boxWithoutPhoto.ada`) !== '')
    for (const spec of OTHER_BOX) {
      const typed = body.text(`${name}.${spec.at}`).trim();
      // Ticked just now: it begins where it stands with a photo.
      const first = valueAt(element, spec.at.replace('boxWithoutPhoto', 'box'));
      setAt(element, spec.at, typed === '' ? first : numberOf(typed));
    }
  return element;
}

function readField(body: FormBody, name: string, spec: ElementField): unknown {
  const text = body.text(name).trim();
  switch (spec.kind) {
    case 'mm':
    case 'points':
      return numberOf(text);
    case 'check':
      return text !== '';
    case 'colour':
      return readColour(body, name);
    default:
      return text;
  }
}

function readColour(body: FormBody, name: string): string {
  const chosen = body.text(name).trim();
  if (chosen !== OWN_COLOUR) return chosen;
  const typed = body.text(`${name}.hex`);
  return parseHexColour(typed) ?? typed.trim();
}

/** A number as people write it, or the text where it is none: the schema refuses it and the box shows it again. */
function numberOf(text: string): number | string {
  return /^-?\d{1,4}([.,]\d{1,4})?$/.test(text) ? Number(text.replace(',', '.')) : text;
}

/** The text of a number for its box. */
export function shownNumber(value: unknown): string {
  return typeof value === 'number'
    ? String(Math.round(value * 100) / 100).replace('.', ',')
    : String(value ?? '');
}

export function isPalette(colour: unknown): boolean {
  return PALETTE.some((name) => name === colour);
}

export interface RowAct {
  readonly design: TypedDesign;
  /** The element that the act was about, to be shown open: `front.elements.3`. */
  readonly opened: string | undefined;
}

/** What a button of a row does: `naik:front:2`, `turun:…`, `gandakan:…`, `hapus:…`, and `tambah:front`. */
export function applyRowAct(design: TypedDesign, body: FormBody, button: string): RowAct {
  const [act, named = '', place = ''] = button.split(':');
  const side = SIDES.find((one) => one === named);
  if (!side) return { design, opened: undefined };
  const elements = [...design[side].elements];
  const at = Number(place);
  let to = at;
  if (act === 'tambah') {
    const choice = ELEMENT_CHOICES.find((one) => one === body.text(`${side}.baru`));
    if (!choice || elements.length >= MOST) return { design, opened: undefined };
    to = elements.push(newElement(choice) as unknown as TypedElement) - 1;
  } else {
    const element = elements[at];
    if (!element) return { design, opened: undefined };
    if (act === 'gandakan') {
      to = at + 1;
      elements.splice(to, 0, structuredClone(element));
    } else {
      elements.splice(at, 1);
      if (act === 'naik') to = Math.max(0, at - 1);
      if (act === 'turun') to = Math.min(elements.length, at + 1);
      if (act === 'naik' || act === 'turun') elements.splice(to, 0, element);
      else to = Math.min(at, elements.length - 1);
    }
  }
  return {
    design: { ...design, [side]: { ...design[side], elements } },
    opened: to < 0 ? undefined : `${side}.elements.${to}`,
  };
}

/** A saved design as the form shows it. */
export function typedOf(design: CardDesign): TypedDesign {
  return design as unknown as TypedDesign;
}
