/** Texts of the area `form`; the shape is the type that English must satisfy. */
export const form = {};

export type FormTexts = typeof form;
