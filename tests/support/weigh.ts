/** What a first visit to a page costs: bytes of every answer that a browser fetches by itself. */
import { get } from 'node:http';
import { brotliDecompressSync } from 'node:zlib';
import { expect } from 'vitest';

/** One request on a connection of its own: everything the socket received, head and body. */
function load(origin: string, path: string): Promise<{ bytes: number; body: Buffer; encoding: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'Accept-Encoding': 'gzip, deflate, br', Accept: 'text/html,*/*' };
    get(`${origin}${path}`, { agent: false, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        expect(response.statusCode, path).toBe(200);
        resolve({
          bytes: response.socket.bytesRead,
          body: Buffer.concat(chunks),
          encoding: response.headers['content-encoding'] ?? '',
        });
      });
    }).on('error', reject);
  });
}

/** What a browser fetches by itself: style sheets, scripts, their parts, the icon. */
function assetsOf(html: string): string[] {
  const tags = html.replace(/<noscript>.*?<\/noscript>/gs, '').matchAll(/<(?:link|script|img)\b[^>]*>/g);
  const found = [...tags].flatMap(([tag]) => /(?:href|src)="(\/[^"]+)"/.exec(tag)?.[1] ?? []);
  return [...new Set(found)];
}

/** Page, style sheets, scripts with their parts, pictures; heads and all, as the socket received them. */
export async function weigh(
  origin: string,
  page: string,
): Promise<{ readonly total: number; readonly parts: Readonly<Record<string, number>> }> {
  const { bytes, body, encoding } = await load(origin, page);
  expect(encoding).toBe('br');
  const parts: Record<string, number> = { [page]: bytes };
  for (const asset of assetsOf(brotliDecompressSync(body).toString()))
    parts[asset] = (await load(origin, asset)).bytes;
  return { total: Object.values(parts).reduce((sum, part) => sum + part, 0), parts };
}
