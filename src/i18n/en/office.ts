import type { OfficeTexts } from '../id/office.ts';

export const office: OfficeTexts = {};
