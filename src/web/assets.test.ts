import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { themeCss } from '../domain/theme.ts';
import { assetUrl, serveAssets, themeUrl } from './assets.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'dist', 'assets');
const get = (path: string, encoding = '') =>
  serveAssets().request(path, { headers: { 'Accept-Encoding': encoding } });
const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());
const styles = (name: string) => readFileSync(join(root, 'dist', assetUrl(name)), 'utf8');

beforeAll(() => {
  execFileSync(process.execPath, [join(root, 'scripts', 'build-assets.mjs')], { cwd: root });
}, 60_000);

test('a style sheet is sent in the smallest form the browser takes, to be kept for a year', async () => {
  const url = assetUrl('public.css');
  expect(url).toMatch(/^\/assets\/public-[0-9a-f]{10}\.css$/);
  const [brotli, zipped, plain] = await Promise.all([
    get(url, 'gzip, br'),
    get(url, 'gzip, br;q=0'),
    get(url),
  ]);
  expect(brotli.headers.get('Content-Encoding')).toBe('br');
  expect(zipped.headers.get('Content-Encoding')).toBe('gzip');
  expect(plain.headers.get('Content-Encoding')).toBeNull();
  for (const answer of [brotli, zipped, plain]) {
    expect(answer.headers.get('Content-Type')).toBe('text/css; charset=utf-8');
    expect(answer.headers.get('Cache-Control')).toContain('immutable');
    expect(answer.headers.get('Vary')).toBe('Accept-Encoding');
  }
  const text = await plain.text();
  expect(brotliDecompressSync(await bytesOf(brotli)).toString()).toBe(text);
  expect(gunzipSync(await bytesOf(zipped)).toString()).toBe(text);
});

test('the bar code reader comes from the library itself, not from a foreign server', async () => {
  const answer = await get(assetUrl('zxing_reader.wasm'), 'br');
  expect(answer.headers.get('Content-Type')).toBe('application/wasm');
  expect(
    brotliDecompressSync(await bytesOf(answer))
      .subarray(0, 4)
      .toString('latin1'),
  ).toBe('\0asm');
});

test('nothing outside the built files can be fetched', async () => {
  for (const path of [
    '/assets/..%2f..%2fpackage.json',
    '/assets/%2e%2e%2fmanifest.json',
    '/assets/manifest.json',
    '/assets/constructor',
    '/assets/__proto__',
    `${assetUrl('public.css')}.br`,
    '/assets/tema-0b5d51-zzzzzzzz.css',
    '/assets/tema-red-00000000.css',
  ])
    expect((await get(path)).status, path).toBe(404);
});

test('every library has its style sheet by its colour', async () => {
  const answer = await get(themeUrl('#7A1F2B'), 'br');
  expect(answer.headers.get('Cache-Control')).toContain('immutable');
  expect(brotliDecompressSync(await bytesOf(answer)).toString()).toBe(themeCss('#7a1f2b'));
  expect(themeUrl('nonsense')).toBe(themeUrl(undefined));
});

test('the styles of the form, theme included, stay under 11 kB', () => {
  const name = readdirSync(folder).find((file) => /^public-.*\.css\.br$/.test(file)) ?? '';
  const bytes = readFileSync(join(folder, name)).length + brotliCompressSync(themeCss('#0b5d51')).length;
  console.log(`public_styles: ${bytes} bytes`);
  expect(bytes).toBeLessThanOrEqual(11 * 1024);
});

test('a phone of 2020 understands every rule', () => {
  for (const name of ['public.css', 'staff.css']) {
    const css = styles(name);
    // Each of these drops the rule or the value on Chrome 80.
    for (const tooNew of [
      /:is\(/,
      /:where\(/,
      /:has\(/,
      /@layer/,
      /color-mix\(/,
      /light-dark\(/,
      /oklch\(/,
      /[;{]inset:/,
      /[;{](?:translate|rotate|scale):/,
      /[\d.]lh\b/,
      /round\(/,
      /aspect-ratio/,
      /[;{](?:padding|margin)-(?:inline|block):/,
      /:not\([^()]*,/,
      /&/,
    ])
      expect(css.match(tooNew)?.[0], `${name}: ${tooNew}`).toBeUndefined();
    // One unknown selector drops its whole list: the newer `:focus-visible` stands in no list with older ones.
    for (const [, list = ''] of css.matchAll(/([^{}]*:focus-visible[^{}]*)\{/g))
      for (const selector of list.split(',')) expect(selector).toContain(':focus-visible');
  }
});

test('what is used is in the bundle, and what is not used is left out', () => {
  const [small, large] = [styles('public.css'), styles('staff.css')];
  for (const part of [
    '.ds-button',
    '.ds-error-summary',
    '.dp-choice',
    '.dp-steps',
    '.dp-kiosk',
    '@media print',
  ])
    expect(small).toContain(part);
  for (const part of ['.ds-table', '.dp-chart', '.dp-timeline']) {
    expect(small).not.toContain(part);
    expect(large).toContain(part);
  }
  for (const part of ['.ds-avatar', '.ds-file-upload', 'clickdelegate', 'role=switch'])
    expect(large).not.toContain(part);
});
