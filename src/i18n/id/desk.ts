/** Texts of the area `desk`; the shape is the type that English must satisfy. */
export const desk = {};

export type DeskTexts = typeof desk;
