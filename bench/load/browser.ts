/**
 * A browser as far as the service can tell: cookies, redirects, forms of pages, the streams that keep a page fresh, and what
 * it does by itself when it is asked to come again. Assets are taken from its cache.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { PATIENTLY } from '../../src/islands/live-queue/by-itself.ts';
import {
  type Connection,
  Cut,
  followEvents,
  headerOf,
  openConnection,
  type RawAnswer,
} from './connection.ts';
import type { Phase, Tally, Written } from './tally.ts';

export interface Page {
  readonly status: number;
  /** Where the redirects led, with its query. */
  readonly path: string;
  /** Unpacked when first asked for. */
  text(): string;
}

export interface File {
  readonly name: string;
  readonly bytes: Buffer;
}

type Fields = readonly (readonly [string, string])[];

/** A form of a page, or one of its buttons pressed. */
export interface Submit {
  readonly path: string;
  readonly fields: Fields;
  readonly file?: File;
  /** Sent by the page's own script. */
  readonly json?: string;
  /** What it leaves in the database, where its answer leads to this. */
  readonly leaves?: { readonly what: Written; readonly to: string };
  /** Nothing is kept of it: not one of those that may not be lost. */
  readonly looksOnly?: boolean;
}

export interface Browser {
  /** Opens an address and follows where it leads. */
  look(path: string, accept?: string): Promise<Page>;
  /** As an open page does by itself: nobody waits for it, and who leaves the page gives it up. */
  lookAgain(path: string, left: AbortSignal): Promise<Page>;
  submit(what: Submit): Promise<Page>;
  /** Hears of a page's changes until it is closed. */
  follow(path: string, heard: (event: string) => void): () => void;
  setCookie(name: string, value: string): void;
  /** Milliseconds that it waited because it was told to come again; grows. */
  waited(): number;
  close(): void;
}

/** What all browsers share. */
export interface Net {
  readonly url: URL;
  readonly tally: Tally;
  phase(): Phase;
  /** Told apart: people who leave for good go on sending what they have typed, and look at nothing more. */
  readonly stopping: AbortSignal;
  /** Nothing is waited for any longer. */
  readonly over: AbortSignal;
}

const PATIENCE_MS = 30_000;
/** As `outage.tsx` has it: a page that was only read comes again after this long, by itself. */
const LOOK_AGAIN_MS = 10_000;
const MOST_REDIRECTS = 4;
const BY_ITSELF = Object.entries(PATIENTLY)
  .map(([name, value]) => `${name}: ${value}`)
  .join('\r\n');
const BOUNDARY = 'batas-formulir-5f0c2a';
const AGENT =
  'Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36';

/** The run is over. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** An answer that no person could go on from. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

/** @param address of the person, as a proxy tells it */
export function openBrowser(web: Net, address: string): Browser {
  const { url, tally } = web;
  const cookies = new Map<string, string>();
  /** Open and not in use; a page that refreshes itself takes another one than the person who goes on. */
  const idle: Connection[] = [];
  let waited = 0;

  function headOf(method: string, path: string, accept: string): string {
    const jar = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return [
      `${method} ${path} HTTP/1.1`,
      `Host: ${url.host}`,
      `X-Forwarded-For: ${address}`,
      `User-Agent: ${AGENT}`,
      `Accept: ${accept}`,
      'Accept-Language: id',
      'Accept-Encoding: gzip, deflate, br',
      'Sec-Fetch-Site: same-origin',
      ...(method === 'POST' ? [`Origin: ${url.origin}`] : []),
      ...(jar === '' ? [] : [`Cookie: ${jar}`]),
    ].join('\r\n');
  }

  /** One request; a connection that the service closed while it was idle is opened again, as browsers do. */
  async function exchange(request: readonly (string | Buffer)[], left?: AbortSignal): Promise<RawAnswer> {
    for (let tries = 1; ; tries++) {
      if (web.over.aborted) throw new Stopped();
      let connection = idle.pop();
      while (connection && !connection.isOpen()) connection = idle.pop();
      const isFresh = connection === undefined;
      connection ??= await openConnection(url.hostname, Number(url.port), PATIENCE_MS);
      left?.addEventListener('abort', connection.close);
      try {
        const answer = await connection.send(request);
        idle.push(connection);
        keepCookies(answer.head);
        return answer;
      } catch (error) {
        if (web.over.aborted || left?.aborted) throw new Stopped();
        if (!(error instanceof Cut) || !error.untouched || isFresh || tries > 2) throw error;
      } finally {
        left?.removeEventListener('abort', connection.close);
      }
    }
  }

  function keepCookies(head: string): void {
    for (const [, name = '', value = '', rest = ''] of head.matchAll(
      /\r\nset-cookie: ([^=;]+)=([^;\r]*)([^\r]*)/gi,
    ))
      if (/max-age=0\b/i.test(rest)) cookies.delete(name);
      else cookies.set(name, value);
  }

  /** Asks again for as long as it is told to. @param isSubmit what was typed waits as the page has it wait */
  async function ask(
    request: readonly (string | Buffer)[],
    isSubmit: boolean,
    hasFile: boolean,
  ): Promise<RawAnswer> {
    for (;;) {
      const answer = await exchange(request);
      if (answer.status !== 503 || headerOf(answer.head, 'retry-after') === '') return answer;
      tally.refused[web.phase()][isSubmit ? 'submits' : 'looks']++;
      if (isSubmit && isHtml(answer) && !textOf(answer).includes('Data Anda belum terkirim'))
        throw new Broken('asked to come again without the words that what was typed is not sent');
      const after = Number(headerOf(answer.head, 'retry-after')) * 1000;
      // The island's own rule; a file has to be chosen again by hand, and a reader's page comes again by itself.
      const wait = isSubmit ? after * (1 + Math.random()) + (hasFile ? 3_000 : 0) : LOOK_AGAIN_MS;
      const began = performance.now();
      await pause(wait, isSubmit ? web.over : web.stopping);
      waited += performance.now() - began;
    }
  }

  async function follow(path: string, answer: RawAnswer): Promise<Page> {
    let [at, current] = [path, answer];
    for (let redirects = 0; current.status === 303 || current.status === 302; redirects++) {
      if (redirects === MOST_REDIRECTS) throw new Broken('redirected in a circle');
      const to = new URL(headerOf(current.head, 'location'), `${url.origin}${at}`);
      at = `${to.pathname}${to.search}`;
      current = await ask([`${headOf('GET', at, HTML)}\r\n\r\n`], false, false);
    }
    const last = current;
    let text: string | undefined;
    return {
      status: last.status,
      path: at,
      text() {
        text ??= textOf(last);
        return text;
      },
    };
  }

  return {
    async look(path, accept = HTML) {
      return await follow(path, await ask([`${headOf('GET', path, accept)}\r\n\r\n`], false, false));
    },
    async lookAgain(path, left) {
      const request = [`${headOf('GET', path, HTML)}\r\n${BY_ITSELF}\r\n\r\n`];
      const answer = await exchange(request, left);
      if (answer.status === 503) tally.refused[web.phase()].looks++;
      return await follow(path, answer);
    },
    async submit(what) {
      const { type, body } = bodyOf(what);
      const head = headOf('POST', what.path, what.json === undefined ? HTML : 'application/json');
      const request = [`${head}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`, body];
      const counts = what.looksOnly !== true;
      if (counts) tally.submits.begun++;
      const began = performance.now();
      const waitedBefore = waited;
      const answer = await ask(request, counts, what.file !== undefined);
      if (counts) tally.submits.arrived++;
      if (
        what.leaves &&
        answer.status === 303 &&
        headerOf(answer.head, 'location').startsWith(what.leaves.to)
      )
        tally.acknowledged[what.leaves.what]++;
      if (waited > waitedBefore)
        tally.slowestArrival = Math.max(tally.slowestArrival, performance.now() - began);
      return await follow(what.path, answer);
    },
    follow: (path, heard) =>
      followEvents(
        url.hostname,
        Number(url.port),
        `${headOf('GET', path, 'text/event-stream')}\r\n\r\n`,
        heard,
      ),
    setCookie: (name, value) => void cookies.set(name, value),
    waited: () => waited,
    close() {
      for (const connection of idle) connection.close();
    },
  };
}

const HTML = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8';

function isHtml({ head }: RawAnswer): boolean {
  return headerOf(head, 'content-type').startsWith('text/html');
}

function textOf({ head, body }: RawAnswer): string {
  switch (headerOf(head, 'content-encoding')) {
    case 'br':
      return brotliDecompressSync(body).toString('utf8');
    case 'gzip':
      return gunzipSync(body).toString('utf8');
    default:
      return body.toString('utf8');
  }
}

function bodyOf({ fields, file, json }: Submit): { readonly type: string; readonly body: Buffer } {
  if (json !== undefined) return { type: 'application/json', body: Buffer.from(json) };
  if (file === undefined) {
    const body = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value]));
    return { type: 'application/x-www-form-urlencoded', body: Buffer.from(body.toString()) };
  }
  const parts = fields.map(
    ([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${file.name}"; filename="foto.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`;
  return {
    type: `multipart/form-data; boundary=${BOUNDARY}`,
    body: Buffer.concat([
      Buffer.from(parts.join('') + head),
      file.bytes,
      Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
    ]),
  };
}

/** Waits, or ends by `Stopped` when the signal comes first. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    throw new Stopped();
  }
}
