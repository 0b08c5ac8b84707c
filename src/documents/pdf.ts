import type { Readable } from 'node:stream';
import PDFDocument from 'pdfkit';
import { FONTS, fontOf, type ParsedFont } from './fonts.ts';

export type Pdf = PDFKit.PDFDocument;

export const A4 = { width: 595.28, height: 841.89 } as const;

/** The typings of pdfkit's `font` option want a file's name; it takes parsed fonts just as well. */
function asSource(font: ParsedFont): string {
  return font as unknown as string;
}

export interface PdfOptions {
  readonly title: string;
  /** Who publishes it: the library. */
  readonly author: string;
  readonly lang: 'id' | 'en';
  /** When it was made; written into the file. */
  readonly now: Date;
  /** Keeps all pages until the end, for "page 1 of 3"; short documents only. */
  readonly bufferPages?: boolean;
}

/** An empty PDF document with the fonts registered; add pages, then end() it. */
export function newPdf(options: PdfOptions): Pdf {
  const doc = new PDFDocument({
    autoFirstPage: false,
    margin: 0,
    bufferPages: options.bufferPages ?? false,
    font: asSource(fontOf(FONTS.regular)),
    lang: options.lang,
    displayTitle: true,
    info: {
      Title: options.title,
      Author: options.author,
      Creator: 'Daftar Pustaka',
      Producer: 'pdfkit',
      CreationDate: options.now,
    },
  });
  for (const name of Object.values(FONTS)) doc.registerFont(name, asSource(fontOf(name)));
  return doc;
}

/** The whole of a stream, such as a PDF, as bytes. */
export async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
