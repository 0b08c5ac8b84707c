import { existsSync } from 'node:fs';
import { drawPdf, type PdfDrawer } from './documents/pdf-scan.ts';
import { openThread } from './thread.ts';

/** Longer than the largest honest file takes on an old PC. */
const PATIENCE_MS = 20_000;
/** Four pages and what a large picture within them unpacks to; PDFium's own memory is not part of it. */
const LIMITS = { maxOldGenerationSizeMb: 256 } as const;
/** Beside the program; where it runs from its sources there is none. */
const ENTRY = new URL('./pdf-thread.js', import.meta.url);

/** Draws each PDF in a thread that lives for it alone: what a hostile file does there ends with it. */
export function pdfScans(): PdfDrawer {
  if (!existsSync(ENTRY)) return drawPdf;
  return async (bytes) => {
    const thread = openThread(ENTRY, null, LIMITS);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Awaited<ReturnType<PdfDrawer>>>((resolve) => {
      timer = setTimeout(() => resolve({ ok: false, reason: 'damaged' }), PATIENCE_MS);
    });
    try {
      const drawn = (await Promise.race([thread.send('draw', [bytes]), late])) as Awaited<
        ReturnType<PdfDrawer>
      >;
      // A buffer becomes plain bytes on its way between threads.
      return drawn.ok ? { ok: true, jpeg: Buffer.from(drawn.jpeg) } : drawn;
    } catch {
      return { ok: false, reason: 'damaged' };
    } finally {
      clearTimeout(timer);
      void thread.terminate();
    }
  };
}
