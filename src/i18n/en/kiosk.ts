import type { KioskTexts } from '../id/kiosk.ts';

export const kiosk: KioskTexts = {};
