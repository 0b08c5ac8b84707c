import type { ServiceTexts } from '../id/service.ts';

export const service: ServiceTexts = {};
