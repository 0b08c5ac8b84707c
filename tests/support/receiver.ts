/** A receiver of webhooks on the loopback address, which answers as a test says. */
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSigned } from './tls-files.ts';

export interface HeardEvent {
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Receiver {
  readonly url: string;
  readonly port: number;
  /** Of a receiver that speaks TLS: who signed its certificate. */
  readonly ca: string | undefined;
  /** In the order of their arrival, each time they came. */
  readonly heard: HeardEvent[];
  /** Status and headers for what came; a promise holds the answer back. */
  answer: (
    event: HeardEvent,
  ) => number | { status: number; headers: Record<string, string> } | Promise<number>;
  close(): Promise<void>;
}

export async function openReceiver(options: { readonly tls?: boolean } = {}): Promise<Receiver> {
  const files = options.tls ? selfSigned() : undefined;
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const read = JSON.parse(body) as Pick<HeardEvent, 'type' | 'data'>;
      const event = { id: String(request.headers['webhook-id']), headers: request.headers, body, ...read };
      receiver.heard.push(event);
      void Promise.resolve(receiver.answer(event)).then((answer) => {
        const { status, headers } = typeof answer === 'number' ? { status: answer, headers: {} } : answer;
        response.writeHead(status, headers).end();
      });
    });
  };
  const server = files ? createTlsServer(files, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: files ? `https://localhost:${port}/terima` : `http://127.0.0.1:${port}/terima`,
    port,
    ca: files?.cert,
    heard: [],
    answer: () => 204,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}
