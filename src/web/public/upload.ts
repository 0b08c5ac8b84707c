import type { Context } from 'hono';
import { type FormBody, formBodyOf, readParts } from '../form-body.ts';

/** A photo as an old phone sends it, and the other fields of its form. */
const LARGEST_UPLOAD = 15 * 1024 * 1024;
const FIELDS = 256 * 1024;
/** So much more is read and thrown away, so that the browser gets to see the answer instead of a cut connection. */
const PATIENCE = 5;

/** Reads a form with a file of at most 15 MB; 'too-large' where it is more. */
export async function readUpload(c: Context): Promise<FormBody | 'too-large'> {
  const limit = LARGEST_UPLOAD + FIELDS;
  const stream = c.req.raw.body;
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (stream) {
    const reader = stream.getReader();
    for (;;) {
      const { done, value } = (await reader.read()) as { done: boolean; value?: Uint8Array };
      if (done || !value) break;
      length += value.length;
      if (length <= limit) chunks.push(value);
      else chunks.length = 0;
      if (length > limit * PATIENCE) {
        await reader.cancel();
        break;
      }
    }
  }
  if (length > limit) return 'too-large';
  const body = new Response(Buffer.concat(chunks), {
    headers: { 'Content-Type': c.req.header('Content-Type') ?? '' },
  });
  return formBodyOf(await readParts(() => body.formData()));
}
