import type { FormTexts } from '../id/form.ts';

export const form: FormTexts = {};
