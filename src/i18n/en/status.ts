import type { StatusTexts } from '../id/status.ts';

export const status: StatusTexts = {};
