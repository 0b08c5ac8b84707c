/**
 * A lean HTTP/1.1 client for one purpose: the same kind of request again and again over connections kept alive. It
 * shares the computer with what it measures; node:http would take three times its work.
 */
import net from 'node:net';
import type { Post } from './tasks.ts';

export interface Answer {
  readonly status: number;
  /** Value of the Location header; empty where there is none. */
  readonly location: string;
}

export interface Connection {
  /** Sends a whole request, head and body; one at a time. */
  send(request: string): Promise<Answer>;
  close(): void;
}

/** Connects to `url`; rejects when nobody listens. */
export async function openConnection(url: URL): Promise<Connection> {
  const socket = net.connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  let waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;
  let received = '';
  const fail = (error: Error): void => {
    waiting?.reject(error);
    waiting = undefined;
  };
  // Heads and the bodies of the answers asked for here are ASCII or not looked at: one character is one byte.
  socket.setEncoding('latin1');
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the service closed the connection')));
  socket.on('data', (chunk: string) => {
    received = received === '' ? chunk : received + chunk;
    const end = endOfAnswer(received);
    if (end === undefined || received.length < end) return;
    const answer = readAnswer(received);
    received = received.slice(end);
    const done = waiting;
    waiting = undefined;
    done?.resolve(answer);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => void socket.destroy(),
  };
}

/** Length of the first answer in the text, undefined while its head or its last chunk is missing. */
function endOfAnswer(text: string): number | undefined {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return undefined;
  const body = head + 4;
  const length = headerOf(text, head, 'content-length');
  if (length !== '') return body + Number(length);
  if (headerOf(text, head, 'transfer-encoding') === 'chunked') {
    const last = text.indexOf('0\r\n\r\n', body);
    return last < 0 ? undefined : last + 5;
  }
  return body;
}

function readAnswer(text: string): Answer {
  const head = text.indexOf('\r\n\r\n');
  return { status: Number(text.slice(9, 12)), location: headerOf(text, head, 'location') };
}

function headerOf(text: string, head: number, name: string): string {
  const found = new RegExp(`\\r\\n${name}: *([^\\r]*)`, 'i').exec(text.slice(0, head));
  return found?.[1] ?? '';
}

/** The text of a request as a browser behind a proxy sends it. */
export function postOf(url: URL, post: Post): string {
  const { path, body, clientAddress, cookie, accept } = post;
  return [
    `${body === null ? 'GET' : 'POST'} ${path} HTTP/1.1`,
    `Host: ${url.host}`,
    `Origin: ${url.origin}`,
    `X-Forwarded-For: ${clientAddress}`,
    'User-Agent: Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36',
    `Accept: ${accept ?? 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8'}`,
    'Accept-Language: id',
    'Accept-Encoding: gzip, deflate, br',
    ...(cookie === '' ? [] : [`Cookie: ${cookie}`]),
    ...(body === null
      ? []
      : ['Content-Type: application/x-www-form-urlencoded', `Content-Length: ${Buffer.byteLength(body)}`]),
    '',
    body ?? '',
  ].join('\r\n');
}
