/** Texts of the area `reports`; the shape is the type that English must satisfy. */
export const reports = {};

export type ReportsTexts = typeof reports;
