/** Texts of the area `kiosk`; the shape is the type that English must satisfy. */
export const kiosk = {};

export type KioskTexts = typeof kiosk;
