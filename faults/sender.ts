/**
 * Sends one request again and again until somebody says what became of it. Knows nothing of the service but what a
 * browser sees.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Act, Intent, Journal } from './journal.ts';

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
  /** Told that it is done, by what it was. */
  acknowledged: Partial<Record<Act, number>>;
  /** Pages that were looked at and came, and those that nobody answered: no service, a connection cut. */
  looks: number;
  unseen: number;
  longestLookMs: number;
  /** Requests of either kind that hung for as long as anybody may have patience. */
  hung: number;
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
  acknowledged: {},
  looks: 0,
  unseen: 0,
  longestLookMs: 0,
  hung: 0,
  unknown: 0,
  outagePages: 0,
  unclear: [],
  refused: [],
});

/** Longer than the service lets anybody wait for its database (docs/decisions/055). */
export const TIMEOUT_MS = 15_000;
/** Between two tries: short, as a person with a finger on the button. */
const PAUSE_MS = 120;
const ENOUGH_TRIES = 2_000;

export interface Sender {
  /** One request. Undefined where nobody knows what became of it. */
  once(request: Request): Promise<Answer | undefined>;
  /** The same request until it is answered. */
  until(request: Request): Promise<Answered>;
  /** Opens a page as somebody who only looks. Undefined where none came, or one that says to come again. */
  look(path: string, clientAddress: string): Promise<Answer | undefined>;
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

/**
 * @param stopping nothing is begun or repeated after it
 * @param onOutagePage told of each page that said to come again
 */
export function openSender(
  origin: string,
  tally: Tally,
  stopping: AbortSignal,
  onOutagePage: () => void = () => undefined,
): Sender {
  /** What became of one request: an answer, a page that says to come again, or nothing that anybody could read. */
  async function ask(
    path: string,
    clientAddress: string,
    more: { readonly method: string; readonly body?: URLSearchParams | FormData; readonly cookie?: string },
  ): Promise<Answer | 'outage' | 'nothing'> {
    const { method, body: sent, cookie = '' } = more;
    try {
      const response = await fetch(`${origin}${path}`, {
        method,
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(sent === undefined ? {} : { body: sent }),
        headers: {
          origin,
          accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
          'x-forwarded-for': clientAddress,
          ...(cookie === '' ? {} : { cookie }),
        },
      });
      const body = await response.text();
      const { status, headers } = response;
      if (status >= 500) {
        if (judge(tally, path, status, headers, body)) onOutagePage();
        return 'outage';
      }
      if (STACK.test(body)) note(tally, path, status, body);
      return {
        status,
        location: headers.get('location') ?? '',
        cookies: headers.getSetCookie().map((each) => each.split(';')[0] ?? ''),
        body,
      };
    } catch (error) {
      // No service, a connection cut, no answer in time.
      if (error instanceof Error && error.name === 'TimeoutError') tally.hung++;
      return 'nothing';
    }
  }
  async function once(request: Request): Promise<Answer | undefined> {
    const { path, clientAddress, cookie } = request;
    const answer = await ask(path, clientAddress, { method: 'POST', body: bodyOf(request), cookie });
    if (typeof answer === 'object') return answer;
    tally.unknown++;
    return undefined;
  }
  return {
    once,
    async look(path, clientAddress) {
      const began = performance.now();
      const answer = await ask(path, clientAddress, { method: 'GET' });
      if (answer === 'nothing') tally.unseen++;
      else tally.looks++;
      tally.longestLookMs = Math.max(tally.longestLookMs, performance.now() - began);
      if (typeof answer !== 'object') return undefined;
      // What people open is there, whatever has happened: a status page that is not found is a case that is lost.
      if (answer.status !== 200) note(tally, path, answer.status, answer.body);
      return answer;
    },
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

/**
 * A page for people says what is the matter in their words, and the browser when to come again.
 * @returns whether this one does
 */
function judge(tally: Tally, path: string, status: number, headers: Headers, body: string): boolean {
  const clear =
    status === 503 &&
    headers.get('retry-after') !== null &&
    (headers.get('content-type') ?? '').startsWith('text/html') &&
    body.includes('</html>') &&
    !STACK.test(body) &&
    !/SQLSTATE|ECONN/.test(body);
  if (clear) tally.outagePages++;
  else note(tally, path, status, body);
  return clear;
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
  tally.acknowledged[what.act] = (tally.acknowledged[what.act] ?? 0) + 1;
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
