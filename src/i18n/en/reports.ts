import type { ReportsTexts } from '../id/reports.ts';

export const reports: ReportsTexts = {};
