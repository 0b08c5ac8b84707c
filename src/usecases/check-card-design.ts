import {
  type CardColour,
  type CardDesign,
  type CardElement,
  type CardSideName,
  designProblems,
} from '../domain/card-design.ts';
import { cardColour, cardElement, type SettingProblem, settingProblem } from './setting-schemas.ts';

export interface CheckedDesign {
  /** What of it can be drawn: elements that cannot be read are left out. */
  readonly design: CardDesign;
  /** Where each drawn element stood among those of its side that were typed. */
  readonly places: Readonly<Record<CardSideName, readonly number[]>>;
  /** At places such as `['front', 'elements', 3, 'box', 'x']`, of the design as it was typed. */
  readonly problems: readonly SettingProblem[];
}

/** More than this is no card; the schema of the setting says so with the whole. */
const MOST_ELEMENTS = 60;

/** Reads a design that somebody is still typing: whatever of it can be drawn, and all that is wrong with it. */
export function checkCardDesign(
  typed: {
    readonly [Side in CardSideName]: { readonly ground: unknown; readonly elements: readonly unknown[] };
  },
): CheckedDesign {
  const problems: SettingProblem[] = [];
  const front = sideOf('front', typed.front, problems);
  const back = sideOf('back', typed.back, problems);
  const design: CardDesign = { front: front.side, back: back.side };
  const places = { front: front.places, back: back.places };
  for (const { side, at, code } of designProblems(design))
    problems.push({ path: [side, 'elements', places[side][at] ?? at], code });
  return { design, places, problems };
}

function sideOf(
  name: CardSideName,
  typed: { readonly ground: unknown; readonly elements: readonly unknown[] },
  problems: SettingProblem[],
) {
  const ground = cardColour.safeParse(typed.ground);
  if (!ground.success) problems.push({ path: [name, 'ground'], code: 'format' });
  const elements: CardElement[] = [];
  const places: number[] = [];
  if (typed.elements.length > MOST_ELEMENTS)
    problems.push({ path: [name, 'elements'], code: 'too_large', limit: MOST_ELEMENTS });
  typed.elements.slice(0, MOST_ELEMENTS).forEach((element, at) => {
    const read = cardElement.safeParse(element);
    if (read.success) {
      elements.push(read.data as CardElement);
      places.push(at);
    } else problems.push(...read.error.issues.map((issue) => settingProblem([name, 'elements', at], issue)));
  });
  const colour: CardColour = ground.success ? ground.data : 'white';
  return { side: { ground: colour, elements }, places };
}
