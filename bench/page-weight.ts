import http from 'node:http';

/**
 * Bytes that a first visit of a page takes from the line, heads of the answers included: the page itself and every
 * file its markup names, as a browser asks for them that understands brotli.
 */
export async function pageBytes(address: string): Promise<number> {
  const page = await fetchRaw(address, 'identity');
  const files = filesOf(page.text).map((file) => new URL(file, address).href);
  let bytes = 0;
  for (const each of new Set([address, ...files])) bytes += (await fetchRaw(each, 'br, gzip')).bytes;
  return bytes;
}

/** Styles, scripts and pictures of a page; what stands in `noscript` is for other browsers. */
function filesOf(html: string): readonly string[] {
  const shown = html.replace(/<noscript>.*?<\/noscript>/gs, '');
  const files: string[] = [];
  for (const [tag] of shown.matchAll(/<(?:link|script|img)\b[^>]*>/g)) {
    const rel = /\brel="([^"]*)"/.exec(tag)?.[1] ?? '';
    if (tag.startsWith('<link') && !/stylesheet|modulepreload|preload|icon|manifest/.test(rel)) continue;
    const file = /\b(?:src|href)="([^"]+)"/.exec(tag)?.[1];
    if (file !== undefined && !file.startsWith('data:')) files.push(file.replaceAll('&amp;', '&'));
  }
  return files;
}

/** The bytes as they came over the connection. */
function fetchRaw(address: string, encoding: string): Promise<{ bytes: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = http.get(
      address,
      { headers: { 'accept-encoding': encoding }, agent: false },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          if (answer.statusCode !== 200) reject(new Error(`${address} answered ${answer.statusCode}`));
          const text = encoding === 'identity' ? Buffer.concat(chunks).toString('utf8') : '';
          resolve({ bytes: answer.socket.bytesRead, text });
        });
      },
    );
    request.on('error', reject);
  });
}
