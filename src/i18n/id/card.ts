/** Texts of the area `card`; the shape is the type that English must satisfy. */
export const card = {};

export type CardTexts = typeof card;
