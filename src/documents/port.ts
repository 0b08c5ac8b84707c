import { paperSections } from './paper-form.ts';
import { paperFormPdf } from './paper-form-pdf.ts';
import { preparePhoto } from './photo.ts';
import { qrSvg } from './qr.ts';

/**
 * All that pages ask of this folder, handed to them by `main.ts` and by tests: a page never draws or re-encodes
 * anything itself, so that a test of a page can stand a quick one in for a slow one.
 */
export const documents = { paperFormPdf, paperSections, preparePhoto, qrSvg } as const;

export type DocumentsPort = typeof documents;
