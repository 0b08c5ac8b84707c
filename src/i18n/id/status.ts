/** Texts of the area `status`; the shape is the type that English must satisfy. */
export const status = {};

export type StatusTexts = typeof status;
