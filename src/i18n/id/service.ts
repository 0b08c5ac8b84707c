/** Texts of the area `service`; the shape is the type that English must satisfy. */
export const service = {};

export type ServiceTexts = typeof service;
