import { appIcon } from './app-icon.ts';
import { cardGround, picturesInside, prepareCardPicture } from './card/card-picture.ts';
import { elementMarks, isShrunk } from './card/layout.ts';
import { samplePortrait } from './card/sample-portrait.ts';
import { cardPreview, cardSvg } from './card/svg.ts';
import { cardPdf, writeCards } from './card/write-cards.ts';
import { code128Svg } from './code128.ts';
import { prepareEmblem } from './emblem.ts';
import { ktaPicturePdf, ktaPicturePng } from './kta-picture.ts';
import { letterPdf } from './letter-pdf.ts';
import { paperSections } from './paper-form.ts';
import { paperFormPdf } from './paper-form-pdf.ts';
import { preparePhoto } from './photo.ts';
import { qrSvg } from './qr.ts';
import { prepareScan } from './scan.ts';
import { sopPdf } from './sop-pdf.ts';
import { tableCsv } from './table-csv.ts';
import { tableXlsx } from './table-xlsx.ts';

/**
 * All that pages ask of this folder, handed to them by `main.ts` and by tests: a page never draws or re-encodes
 * anything itself, so that a test of a page can stand a quick one in for a slow one.
 */
export const documents = {
  appIcon,
  cardGround,
  cardPdf,
  cardPreview,
  cardSvg,
  code128Svg,
  elementMarks,
  isShrunk,
  ktaPicturePdf,
  ktaPicturePng,
  letterPdf,
  paperFormPdf,
  paperSections,
  picturesInside,
  prepareCardPicture,
  prepareEmblem,
  preparePhoto,
  prepareScan,
  qrSvg,
  samplePortrait,
  sopPdf,
  tableCsv,
  tableXlsx,
  writeCards,
} as const;

export type DocumentsPort = typeof documents;
