import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { type Context, Hono } from 'hono';
import { parseHexColour, themeCss } from '../domain/theme.ts';

/**
 * What the build put into dist/assets, by plain name, and the route that serves it. Names carry the hash of their
 * content, so answers are kept for a year; only names of the manifest are ever opened.
 */

interface Manifest {
  readonly files: Readonly<Record<string, string>>;
  readonly preload: Readonly<Record<string, readonly string[]>>;
}

type Encoding = 'br' | 'gzip' | 'identity';

/** Beside the bundled server, or from the sources when tests run. */
const FOLDERS = ['./assets/', '../assets/', '../../dist/assets/'].map(
  (path) => new URL(path, import.meta.url),
);
const NOTHING: Manifest = { files: {}, preload: {} };
const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  wasm: 'application/wasm',
  webmanifest: 'application/manifest+json',
};
const FOREVER = 'public, max-age=31536000, immutable';
const DEFAULT_COLOUR = '#0b5d51';

let built: { readonly folder: URL; readonly manifest: Manifest } | undefined;

function load(): { readonly folder: URL | undefined; readonly manifest: Manifest } {
  if (built) return built;
  const folder = FOLDERS.find((candidate) => existsSync(new URL('manifest.json', candidate)));
  if (!folder) return { folder: undefined, manifest: NOTHING };
  built = {
    folder,
    manifest: JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')) as Manifest,
  };
  return built;
}

/** The address of an asset by its plain name: `public.css`, `photo-capture.js`, `zxing_reader.wasm`. */
export function assetUrl(name: string): string {
  return `/assets/${load().manifest.files[name] ?? name}`;
}

/** The modules an island imports, to be fetched beside it. */
export function preloadUrls(name: string): readonly string[] {
  return (load().manifest.preload[name] ?? []).map((file) => `/assets/${file}`);
}

/** Changes with the rules of the palette, so that a cached sheet of an older version is not used. */
const themeVersion = createHash('sha256').update(themeCss(DEFAULT_COLOUR)).digest('hex').slice(0, 8);

/** The address of a library's style sheet. The colour is in the name: no database is asked, any cache may keep it. */
export function themeUrl(colour: string | undefined): string {
  const hex = parseHexColour(colour ?? DEFAULT_COLOUR) ?? DEFAULT_COLOUR;
  return `/assets/tema-${hex.slice(1)}-${themeVersion}.css`;
}

/** The best encoding that the browser takes. */
function encodingFor(header: string | undefined): Encoding {
  const accepted = new Set(
    (header ?? '')
      .toLowerCase()
      .split(',')
      .filter((part) => !/;\s*q=0(\.0+)?\s*$/.test(part))
      .map((part) => part.split(';')[0]?.trim()),
  );
  return accepted.has('br') ? 'br' : accepted.has('gzip') ? 'gzip' : 'identity';
}

const bodies = new Map<string, Uint8Array<ArrayBuffer>>();
/** A visitor can ask for any of 16 million colours: keep the last few sheets only. */
const MOST_BODIES = 400;

function keep(key: string, make: () => Uint8Array): Uint8Array<ArrayBuffer> {
  const known = bodies.get(key);
  if (known) return known;
  const body = new Uint8Array(make());
  const oldest = bodies.keys().next();
  if (bodies.size >= MOST_BODIES && !oldest.done) bodies.delete(oldest.value);
  bodies.set(key, body);
  return body;
}

function bodyOfFile(folder: URL, file: string, encoding: Encoding): Uint8Array<ArrayBuffer> {
  const suffix = { br: '.br', gzip: '.gz', identity: '' }[encoding];
  return keep(`${file}${suffix}`, () => readFileSync(new URL(`${file}${suffix}`, folder)));
}

function bodyOfTheme(hex: string, encoding: Encoding): Uint8Array<ArrayBuffer> {
  return keep(`tema ${hex} ${encoding}`, () => {
    const css = Buffer.from(themeCss(hex));
    return encoding === 'br' ? brotliCompressSync(css) : encoding === 'gzip' ? gzipSync(css) : css;
  });
}

function answer(c: Context, type: string, body: Uint8Array<ArrayBuffer>, encoding: Encoding, cache: string) {
  c.header('Content-Type', type);
  c.header('Cache-Control', cache);
  c.header('Vary', 'Accept-Encoding');
  c.header('Content-Length', String(body.byteLength));
  if (encoding !== 'identity') c.header('Content-Encoding', encoding);
  return c.body(body);
}

/** `GET /assets/{file}`: built files in their smallest accepted form, and the style sheet of any colour. */
export function serveAssets(): Hono {
  const app = new Hono();
  app.get('/assets/:file', (c) => {
    const asked = c.req.param('file');
    const encoding = encodingFor(c.req.header('Accept-Encoding'));
    const colour = /^tema-([0-9a-f]{6})-[0-9a-f]{8}\.css$/.exec(asked)?.[1];
    if (colour !== undefined)
      return answer(c, 'text/css; charset=utf-8', bodyOfTheme(`#${colour}`, encoding), encoding, FOREVER);
    const { folder, manifest } = load();
    if (!folder) return c.notFound();
    const plain = Object.hasOwn(manifest.files, asked) ? manifest.files[asked] : undefined;
    const file = plain ?? Object.values(manifest.files).find((name) => name === asked);
    const type = TYPES[file?.split('.').at(-1) ?? ''];
    if (file === undefined || type === undefined) return c.notFound();
    return answer(c, type, bodyOfFile(folder, file, encoding), encoding, plain ? 'no-cache' : FOREVER);
  });
  return app;
}
