/**
 * Sends one request again and again until somebody says what became of it. Knows nothing of the service but what a
 * browser sees.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Intent, Journal } from './journal.ts';

export interface Request {
  readonly path: string;
  readonly fields: Readonly<Record<string, string>> | URLSearchParams;
  /** A file of the form, by the name of its field. */
  readonly file?: { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> };
  readonly clientAddress: string;
  readonly cookie: string;
}

export interface Answer {
  readonly status: number;
  readonly location: string;
  readonly cookies: readonly string[];
  readonly body: string;
}

/** What is counted over the whole run and told to the parent. */
export interface Tally {
  acknowledged: number;
  /** Requests whose fate was unknown: cut off, timed out, 5xx. */
  unknown: number;
  /** Answers that told people to try again, in a page. */
  outagePages: number;
  /** Answers that a person could make nothing of: a 500, a stack, a 503 without words or without when to come again. */
  unclear: string[];
  /** Acts that the service did not allow, by their answer. */
  refused: string[];
}

export const newTally = (): Tally => ({
  acknowledged: 0,
  unknown: 0,
  outagePages: 0,
  unclear: [],
  refused: [],
});

const TIMEOUT_MS = 8_000;
/** Between two tries: short, as a person with a finger on the button. */
const PAUSE_MS = 120;
const ENOUGH_TRIES = 2_000;

export interface Sender {
  /** One request. Undefined where nobody knows what became of it. */
  once(request: Request): Promise<Answer | undefined>;
  /** The same request until it is answered. */
  until(request: Request): Promise<Answered>;
}

export interface Answered {
  readonly answer: Answer;
  /** How often it was sent. */
  readonly tries: number;
  /** When the sending that was answered began, in milliseconds since 1970. */
  readonly sentAt: number;
  /** From the first sending to the answer, in milliseconds. */
  readonly waitedMs: number;
}

/** @param stopping nothing is begun or repeated after it */
export function openSender(origin: string, tally: Tally, stopping: AbortSignal): Sender {
  async function once(request: Request): Promise<Answer | undefined> {
    try {
      const response = await fetch(`${origin}${request.path}`, {
        method: 'POST',
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        body: bodyOf(request),
        headers: {
          origin,
          accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
          'x-forwarded-for': request.clientAddress,
          ...(request.cookie === '' ? {} : { cookie: request.cookie }),
        },
      });
      const body = await response.text();
      const { status, headers } = response;
      if (status >= 500) {
        tally.unknown++;
        judge(tally, request.path, status, headers, body);
        return undefined;
      }
      if (STACK.test(body)) note(tally, request.path, status, body);
      return {
        status,
        location: headers.get('location') ?? '',
        cookies: headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? ''),
        body,
      };
    } catch {
      // No service, a connection cut, no answer in time.
      tally.unknown++;
      return undefined;
    }
  }
  return {
    once,
    async until(request) {
      const began = Date.now();
      for (let tries = 1; tries <= ENOUGH_TRIES; tries++) {
        if (stopping.aborted) throw new Stopped();
        const sentAt = Date.now();
        const answer = await once(request);
        if (answer) return { answer, tries, sentAt, waitedMs: Date.now() - began };
        await sleep(PAUSE_MS);
      }
      throw new Error(`${request.path} was not answered for ${ENOUGH_TRIES} tries`);
    },
  };
}

/** The run ended while something was still without an answer; the journal says so. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** A page for people says what is the matter in their words, and the browser when to come again. */
function judge(tally: Tally, path: string, status: number, headers: Headers, body: string): void {
  const clear =
    status === 503 &&
    headers.get('retry-after') !== null &&
    (headers.get('content-type') ?? '').startsWith('text/html') &&
    body.includes('</html>') &&
    !STACK.test(body) &&
    !/SQLSTATE|ECONN/.test(body);
  if (clear) tally.outagePages++;
  else note(tally, path, status, body);
}

/** What a program says of itself and no page may. */
const STACK = /\bat [^<\n]*\.[cm]?[jt]sx?:\d+:\d+/;

function note(tally: Tally, path: string, status: number, body: string): void {
  if (tally.unclear.length < 50)
    tally.unclear.push(`${status} ${path.replace(/[0-9a-f-]{36}/g, ':id')} ${body.slice(0, 200)}`);
}

function bodyOf({ fields, file }: Request): URLSearchParams | FormData {
  const pairs = fields instanceof URLSearchParams ? [...fields] : Object.entries(fields);
  if (file === undefined) return new URLSearchParams(pairs);
  const form = new FormData();
  for (const [name, value] of pairs) form.append(name, value);
  form.append(file.name, new Blob([file.bytes], { type: 'image/jpeg' }), 'foto.jpg');
  return form;
}

/** Does one act to its end and keeps the journal of it; throws `Refused` where the service did not let it. */
export async function act(
  { sender, journal, tally }: { readonly sender: Sender; readonly journal: Journal; readonly tally: Tally },
  what: Intent,
  request: Request,
  isDone: (answer: Answer, tries: number) => boolean,
): Promise<Answered> {
  const n = journal.intend(what);
  const answered = await sender.until(request);
  const { answer, tries } = answered;
  if (!isDone(answer, tries)) throw new Refused(what.act, answer);
  journal.acknowledge(n, tries);
  tally.acknowledged++;
  return answered;
}

/** The service answered, and not with what the act should lead to. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly answer: Answer;
  constructor(what: string, answer: Answer) {
    super(`${what}: ${answer.status} ${answer.location}`);
    this.answer = answer;
  }
}
