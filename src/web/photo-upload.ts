import type { Context } from 'hono';
import type { CardTexts } from '../i18n/id/card.ts';
import type { WebDeps } from './env.ts';
import { type FormBody, readUpload } from './form-body.ts';

const LONGEST_TAKING_MS = 20 * 60_000;

export type PhotoRefusal = keyof CardTexts['photo']['refused'];

export type UploadedPhoto =
  | {
      readonly ok: true;
      /** As `preparePhoto` makes it. */
      readonly jpeg: Buffer;
      /** How long the sender says it took since the camera was opened; 0 where nothing was said. */
      readonly tookMs: number;
      readonly body: FormBody;
    }
  | { readonly ok: false; readonly reason: PhotoRefusal };

/** Reads the photo of a posted form and makes it the photo of a card, cut as the sender chose. */
export async function readUploadedPhoto(c: Context, deps: WebDeps): Promise<UploadedPhoto> {
  const body = await readUpload(c);
  if (body === 'too-large') return { ok: false, reason: 'too-large' };
  const file = body.file('foto');
  if (file === null) return { ok: false, reason: 'empty' };
  const prepared = await deps.documents.preparePhoto(new Uint8Array(await file.arrayBuffer()), cropOf(body));
  if (!prepared.ok) return prepared;
  const took = Number(body.text('lama'));
  const tookMs = Number.isFinite(took) ? Math.min(Math.max(took, 0), LONGEST_TAKING_MS) : 0;
  return { ok: true, jpeg: prepared.jpeg, tookMs, body };
}

function cropOf(body: FormBody) {
  const [left, top, width, height] = ['kiri', 'atas', 'lebar', 'tinggi'].map((name) => {
    const text = body.text(name);
    return text === '' ? Number.NaN : Number(text);
  });
  if (left === undefined || top === undefined || width === undefined || height === undefined)
    return undefined;
  return [left, top, width, height].every(Number.isFinite) ? { left, top, width, height } : undefined;
}
