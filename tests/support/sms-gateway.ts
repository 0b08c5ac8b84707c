/** A gateway for text messages on the loopback address, in each of the shapes that operators meet. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readConfig } from '../../src/config.ts';
import { smsSender } from '../../src/jobs/sms.ts';
import type { SendText } from '../../src/usecases/send-text.ts';

/** `phone`: an app, JSON with basic auth. `kannel`: the query of a GET. `provider`: a form with a key in a header. */
export type GatewayShape = 'phone' | 'kannel' | 'provider';
export const SHAPES: readonly GatewayShape[] = ['phone', 'kannel', 'provider'];

export interface HeardText {
  readonly shape: GatewayShape;
  readonly to: string;
  readonly text: string;
}

export interface Gateway {
  readonly heard: HeardText[];
  /** What the service asks of the gateway, read as the operator would set it. */
  sender(shape: GatewayShape, timeoutMs?: number): SendText;
  /** Default: taken. */
  answer: (response: ServerResponse, text: HeardText) => void;
  close(): Promise<void>;
}

export async function openGateway(): Promise<Gateway> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '', 'http://x');
      const body = Buffer.concat(chunks).toString('utf8');
      const text = readText(url, request.headers, body);
      if (text === undefined) {
        response.writeHead(401).end();
        return;
      }
      gateway.heard.push(text);
      gateway.answer(response, text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings: Readonly<Record<GatewayShape, Readonly<Record<string, string>>>> = {
    phone: {
      SMS_URL: `http://perpus:rahasia@${base}/message`,
      SMS_BODY: '{"textMessage":{"text":"{teks}"},"phoneNumbers":["{nomor}"]}',
    },
    kannel: {
      SMS_URL: `http://${base}/cgi-bin/sendsms?username=perpus&password=rahasia&to={nomor}&text={teks}`,
      SMS_OK: 'Accepted',
    },
    provider: {
      SMS_URL: `http://${base}/api/kirim`,
      SMS_BODY: 'sender=PERPUS&to={nomor-62}&message={teks}',
      SMS_AUTHORIZATION: 'X-Api-Key: rahasia',
    },
  };
  const gateway: Gateway = {
    heard: [],
    sender(shape, timeoutMs = 5_000) {
      const read = readConfig(settings[shape]);
      if (!read.ok || read.config.sms === undefined) throw new Error('a gateway is described wrongly');
      return smsSender(read.config.sms, [], timeoutMs);
    },
    answer: (response) => void response.end('0: Accepted for delivery'),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return gateway;
}

function readText(url: URL, headers: Readonly<Record<string, unknown>>, body: string): HeardText | undefined {
  if (url.pathname === '/message') {
    if (headers.authorization !== `Basic ${Buffer.from('perpus:rahasia').toString('base64')}`)
      return undefined;
    const read = JSON.parse(body) as { textMessage: { text: string }; phoneNumbers: string[] };
    return { shape: 'phone', to: read.phoneNumbers.join(), text: read.textMessage.text };
  }
  if (url.pathname === '/api/kirim') {
    if (headers['x-api-key'] !== 'rahasia') return undefined;
    const fields = new URLSearchParams(body);
    return { shape: 'provider', to: `+${fields.get('to')}`, text: fields.get('message') ?? '' };
  }
  const { searchParams: query } = url;
  if (query.get('password') !== 'rahasia') return undefined;
  return { shape: 'kannel', to: query.get('to') ?? '', text: query.get('text') ?? '' };
}
