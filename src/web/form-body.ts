import type { Context } from 'hono';

/** What a browser's form sent, read once. */
export interface FormBody {
  /** The field as typed; empty where it is missing or a file. */
  text(name: string): string;
  /** Every value of a field that may come several times. */
  texts(name: string): readonly string[];
  /** A chosen file; null where none was chosen. */
  file(name: string): File | null;
  readonly names: readonly string[];
}

/** Reads a posted form. */
export async function readForm(c: Context): Promise<FormBody> {
  const body = await c.req.formData();
  const texts = (name: string) => body.getAll(name).filter((value) => typeof value === 'string');
  return {
    text: (name) => texts(name)[0] ?? '',
    texts,
    file: (name) =>
      (body.getAll(name).find((value) => value instanceof File && value.size > 0) as File | undefined) ??
      null,
    names: [...new Set(body.keys())],
  };
}
