import type { MembersTexts } from '../id/members.ts';

export const members: MembersTexts = {};
