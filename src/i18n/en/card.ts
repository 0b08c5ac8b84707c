import type { CardTexts } from '../id/card.ts';

export const card: CardTexts = {};
