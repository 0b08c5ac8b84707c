/** What a PDF says, read by the engine that the product brings: on every machine, whatever is installed there. */
import { PDFiumLibrary } from '@hyzyla/pdfium';

/** Words of all pages with one space between them; throws for what is no PDF. */
export async function textOfPdf(pdf: Uint8Array): Promise<string> {
  const library = await PDFiumLibrary.init();
  try {
    const document = await library.loadDocument(pdf);
    try {
      return [...document.pages()]
        .map((page) => page.getText())
        .join(' ')
        .replace(/\s+/g, ' ');
    } finally {
      document.destroy();
    }
  } finally {
    library.destroy();
  }
}
