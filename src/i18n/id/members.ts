/** Texts of the area `members`; the shape is the type that English must satisfy. */
export const members = {};

export type MembersTexts = typeof members;
