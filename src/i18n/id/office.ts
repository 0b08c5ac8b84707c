/** Texts of the area `office`; the shape is the type that English must satisfy. */
export const office = {};

export type OfficeTexts = typeof office;
