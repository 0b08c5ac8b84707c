import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { fileFieldOfRequest } from './middleware/takes-file.ts';
import { boundaryOf, MOST_FIELDS, partsOf, upTo } from './multipart.ts';

/** What a browser's form sent, read once. */
export interface FormBody {
  /** The field as typed; empty where it is missing or a file. */
  text(name: string): string;
  /** Every value of a field that may come several times. */
  texts(name: string): readonly string[];
  /** A chosen file; null where none was chosen. Only of the field that the route's `takesFile` names. */
  file(name: string): File | null;
  readonly names: readonly string[];
  /** Some file was chosen, whichever field it was for. */
  readonly hasFiles: boolean;
}

/** A photo as an old phone sends it, and the other fields of its form. */
const LARGEST_UPLOAD = 15 * 1024 * 1024;
/** Names and values of a form with files, in bytes: what was typed is drawn again where it is kept. */
const FIELDS = 256 * 1024;
/** So much more is read and thrown away, so that the browser gets to see the answer instead of a cut connection. */
const PATIENCE = 5;

/** Whoever asks once more gets what was read: a body comes only once. */
const bodies = new WeakMap<Context, Promise<FormBody | 'too-large'>>();

/**
 * Reads a posted form; what is no form at all, or has more in it than any of this service, ends as a page with status
 * 400, and what is too large with 413.
 */
export async function readForm(c: Context): Promise<FormBody> {
  const body = await readUpload(c);
  if (body === 'too-large') throw new HTTPException(413);
  return body;
}

/** A body that breaks off on the way is the sender's mistake, status 400, and no fault of the service for its log. */
export async function whole<Body>(reading: Promise<Body>): Promise<Body> {
  try {
    return await reading;
  } catch (cause) {
    throw cause instanceof HTTPException ? cause : new HTTPException(400, { cause });
  }
}

/** Reads a form with a file of at most 15 MB; 'too-large' where it is more. */
export function readUpload(c: Context): Promise<FormBody | 'too-large'> {
  const known = bodies.get(c);
  if (known !== undefined) return known;
  // Most forms carry no file: their plain encoding is read without the multipart parser, ten times as fast.
  const isPlain = c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded') === true;
  const reading = isPlain
    ? whole(c.req.text()).then((text) => formBodyOf(new URLSearchParams(countedFields(text, '&'))))
    : readMultipart(c);
  bodies.set(c, reading);
  return reading;
}

/** Reads what was typed into a form with files. Its files are passed over as they come: none of them is kept. */
export function readTyped(c: Context): Promise<FormBody | 'too-large'> {
  if (!isMultipart(c)) return readUpload(c);
  const known = bodies.get(c);
  if (known !== undefined) return known;
  const reading = readTexts(c);
  bodies.set(c, reading);
  return reading;
}

/** A form that could bring a file. */
export function isMultipart(c: Context): boolean {
  return c.req.header('content-type')?.startsWith('multipart/') === true;
}

async function readMultipart(c: Context): Promise<FormBody | 'too-large'> {
  const limit = LARGEST_UPLOAD + FIELDS;
  try {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of c.req.raw.body ?? []) {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else chunks.length = 0;
      if (length > limit * PATIENCE) break;
    }
    if (length > limit) return 'too-large';
    const boundary = boundaryOf(c.req.header('Content-Type') ?? '');
    if (boundary === undefined) throw new HTTPException(400, { message: 'no boundary' });
    // The parser makes an object of each part: they are counted before it, by the mark that it is told to look for.
    const body = new Response(countedFields(Buffer.concat(chunks), `--${boundary}`), {
      headers: { 'Content-Type': `multipart/form-data; boundary="${boundary}"` },
    });
    const sent = await body.formData();
    let typed = 0;
    for (const [name, value] of sent)
      typed = countedBytes(typed, name, typeof value === 'string' ? value : '');
    return formBodyOf(sent, fileFieldOfRequest(c));
  } catch (cause) {
    // A body cut off on the way, or of another type, is the sender's mistake.
    throw new HTTPException(400, { cause });
  }
}

async function readTexts(c: Context): Promise<FormBody | 'too-large'> {
  const fields: [name: string, value: string | null][] = [];
  let length = 0;
  let hasFiles = false;
  try {
    const body = upTo((LARGEST_UPLOAD + FIELDS) * PATIENCE, c.req.raw.body ?? emptyBody());
    for await (const { name, fileName, bytes } of partsOf(c.req.header('content-type') ?? '', body)) {
      const typed: Uint8Array[] = [];
      length = countedBytes(length, name);
      for await (const piece of bytes) {
        if (fileName !== undefined) {
          hasFiles = true;
          continue;
        }
        length = countedBytes(length, piece);
        // A copy: the piece is a view of what the network brought, a file may be in the rest of it.
        typed.push(new Uint8Array(piece));
      }
      fields.push([name, fileName === undefined ? Buffer.concat(typed).toString('utf8') : null]);
    }
  } catch (error) {
    if (error instanceof HTTPException && error.status === 413) return 'too-large';
    throw new HTTPException(400, { cause: error });
  }
  return bodyOf(fields, undefined, hasFiles);
}

/** The same, where no more fields are in it than any form has: between two of them stands this mark. */
function countedFields<Body extends string | Buffer>(body: Body, mark: string): Body {
  let count = 0;
  for (let at = body.indexOf(mark); at >= 0; at = body.indexOf(mark, at + mark.length))
    if (++count > MOST_FIELDS + 1) throw new HTTPException(400, { message: 'too many fields' });
  return body;
}

/** So many bytes and these, where no more was typed than into any form. */
function countedBytes(length: number, ...more: readonly (string | Uint8Array)[]): number {
  const all = more.reduce((sum, one) => sum + Buffer.byteLength(one), length);
  if (all > FIELDS) throw new HTTPException(400, { message: 'too much typed' });
  return all;
}

async function* emptyBody(): AsyncGenerator<Uint8Array, void, void> {}

function formBodyOf(body: FormData | URLSearchParams, fileField?: string): FormBody {
  let hasFiles = false;
  const fields = [...body].map(([name, sent]): [string, string | File | null] => {
    if (typeof sent === 'string') return [name, sent];
    if (sent.size > 0) hasFiles = true;
    return [name, name === fileField && sent.size > 0 ? sent : null];
  });
  return bodyOf(fields, fileField, hasFiles);
}

/** @param fields null stands for a file that is not kept */
function bodyOf(
  fields: readonly (readonly [name: string, value: string | File | null])[],
  fileField: string | undefined,
  hasFiles: boolean,
): FormBody {
  const values = new Map<string, (string | File)[]>();
  for (const [name, sent] of fields) {
    const known = values.get(name) ?? [];
    values.set(name, known);
    // No keyboard types a NUL, and PostgreSQL takes none.
    if (sent !== null) known.push(typeof sent === 'string' ? sent.replaceAll('\0', '') : sent);
  }
  const texts = (name: string) => (values.get(name) ?? []).filter((value) => typeof value === 'string');
  return {
    text: (name) => texts(name)[0] ?? '',
    texts,
    file(name) {
      if (name !== fileField && fileField !== undefined)
        throw new Error(`no takesFile('${name}') at this route`);
      return (values.get(name) ?? []).find((value): value is File => value instanceof File) ?? null;
    },
    names: [...values.keys()],
    hasFiles,
  };
}

/** When the page said that something was done last, null for never; undefined for a page that says nothing of it. */
export function timeShown(body: FormBody, name: string): Date | null | undefined {
  if (!body.names.includes(name)) return undefined;
  const at = new Date(body.text(name));
  return Number.isNaN(at.getTime()) ? null : at;
}
