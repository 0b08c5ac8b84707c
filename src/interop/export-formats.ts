import type { ExportFormat, FileTarget } from '../domain/exporting/outgoing-member.ts';
import { inlislite32, inlislite33 } from './inlislite/write.ts';
import { type KohaCodes, kohaCsv } from './koha/write.ts';
import { slims } from './slims/write.ts';

/** The writer of each file, for the entry points to hand to the use case. */
export function exportFormat(target: FileTarget, koha: KohaCodes): ExportFormat {
  switch (target) {
    case 'inlislite-3.2':
      return inlislite32;
    case 'inlislite-3.3':
      return inlislite33;
    case 'slims':
      return slims;
    case 'koha':
      return kohaCsv(koha);
  }
}
