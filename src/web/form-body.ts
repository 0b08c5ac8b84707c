import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';

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

/** Reads a posted form; what is no form at all ends as a page with status 400. */
export async function readForm(c: Context): Promise<FormBody> {
  // Most forms carry no file: their plain encoding is read without the multipart parser, ten times as fast.
  const isPlain = c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded') === true;
  return formBodyOf(
    isPlain ? new URLSearchParams(await c.req.text()) : await readParts(() => c.req.formData()),
  );
}

/** The parts of a form with files. A body cut off on the way, or of another type, is the sender's mistake: status 400. */
export async function readParts(read: () => Promise<FormData>): Promise<FormData> {
  try {
    return await read();
  } catch (cause) {
    throw new HTTPException(400, { cause });
  }
}

/** The same of what was read in another way, such as a form with a limit of its own. */
export function formBodyOf(body: FormData | URLSearchParams): FormBody {
  const values = new Map<string, (string | File)[]>();
  for (const [name, sent] of body) {
    // No keyboard types a NUL, and PostgreSQL takes none.
    const value = typeof sent === 'string' ? sent.replaceAll('\0', '') : sent;
    const known = values.get(name);
    if (known) known.push(value);
    else values.set(name, [value]);
  }
  const texts = (name: string) => (values.get(name) ?? []).filter((value) => typeof value === 'string');
  return {
    text: (name) => texts(name)[0] ?? '',
    texts,
    file: (name) =>
      (values.get(name) ?? []).find((value): value is File => value instanceof File && value.size > 0) ??
      null,
    names: [...values.keys()],
  };
}

/** When the page said that something was done last, null for never; undefined for a page that says nothing of it. */
export function timeShown(body: FormBody, name: string): Date | null | undefined {
  if (!body.names.includes(name)) return undefined;
  const at = new Date(body.text(name));
  return Number.isNaN(at.getTime()) ? null : at;
}
