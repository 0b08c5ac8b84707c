import type { DeskTexts } from '../id/desk.ts';

export const desk: DeskTexts = {};
