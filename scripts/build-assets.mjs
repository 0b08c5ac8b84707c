/**
 * Builds what browsers load into dist/assets: style bundles, islands, static files. Every name carries the hash of
 * its content, `manifest.json` maps plain names to them, and each file has a brotli and a gzip copy beside it.
 * Same input, same bytes; nothing is done when no input changed.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build, transform as transpile } from 'esbuild';
import { transform } from 'lightningcss';
import { PurgeCSS } from 'purgecss';
import { lowerCss, TARGETS } from './lower-css.mjs';
import { root } from './packages.mjs';

const STYLES = join(root, 'src', 'web', 'styles');
const DESIGN = join(root, 'node_modules', '@digdir', 'designsystemet-css', 'dist', 'src');
/** The very version that barcode-detector's own script belongs to: another one reads outside its memory. */
const WASM = ['barcode-detector/node_modules/zxing-wasm', 'zxing-wasm']
  .map((name) => join(root, 'node_modules', ...name.split('/'), 'dist', 'reader', 'zxing_reader.wasm'))
  .find(existsSync);
const BUNDLES = ['public.css', 'staff.css'];
/** Loaded beside a bundle by the few pages that need them. */
const ADDITIONS = ['photo.css', 'kta.css', 'gate.css'];
const THEME = join(root, 'src', 'domain', 'theme.ts');

const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 10);

/** Files under a folder, in a stable order. */
function filesUnder(folder, wanted) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && wanted(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Custom elements: one file each, directly in src/islands; what they share lies in folders below it. */
function islandEntries() {
  const folder = join(root, 'src', 'islands');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.endsWith('.d.ts'))
    .sort()
    .map((name) => join(folder, name));
}

/** The hash of everything the result depends on. */
function inputHash() {
  const hash = createHash('sha256');
  const isSource = (name) => /\.(css|tsx?|svg|png|webmanifest)$/.test(name) && !/\.test\.tsx?$/.test(name);
  const inputs = [
    ...filesUnder(join(root, 'src', 'web'), isSource),
    ...filesUnder(join(root, 'src', 'islands'), isSource),
    ...filesUnder(join(root, 'src', 'domain'), isSource),
    join(root, 'scripts', 'build-assets.mjs'),
    join(root, 'scripts', 'lower-css.mjs'),
    ...[
      '@digdir/designsystemet-css',
      'altcha-lib',
      'barcode-detector',
      'zxing-wasm',
      'esbuild',
      'lightningcss',
      'purgecss',
    ].map((name) => join(root, 'node_modules', ...name.split('/'), 'package.json')),
  ];
  for (const file of inputs)
    hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/** src/domain/theme.ts as a module: Node 20 cannot read TypeScript. */
async function loadTheme() {
  const { code } = await transpile(readFileSync(THEME, 'utf8'), { loader: 'ts', format: 'esm' });
  return import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
}

/** Sets with a meaning, and `data-color` as the switch between sets. */
async function colourCss() {
  const { semanticCss, THEME_TOKENS } = await loadTheme();
  const set = (selector, colour) =>
    `${selector}{${THEME_TOKENS.map((token) => `--ds-color-${token}:var(--ds-color-${colour}-${token})`).join(';')}}`;
  const sets = ['neutral', 'info', 'success', 'warning', 'danger'];
  return [
    semanticCss(),
    set(':root,[data-color=accent]', 'accent'),
    ...sets.map((colour) => set(`[data-color=${colour}]`, colour)),
  ].join('');
}

async function styleBundle(name, content) {
  const source = readFileSync(join(STYLES, name), 'utf8');
  const parts = ADDITIONS.includes(name) ? [] : [await colourCss()];
  for (const [, target] of source.matchAll(/^@import "([^"]+)";$/gm)) {
    const file = target.startsWith('ds:') ? join(DESIGN, `${target.slice(3)}.css`) : join(STYLES, target);
    const css = readFileSync(file, 'utf8');
    parts.push(target.startsWith('ds:') ? lowerCss(file, css) : css);
  }
  const rest = source
    .replace(/^@import .*$/gm, '')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .trim();
  const [purged] = await new PurgeCSS().purge({
    content,
    css: [{ raw: [...parts, rest].join('\n') }],
    keyframes: true,
    variables: true,
    // The theme's sheet gives these their values.
    safelist: { standard: [/^:/], variables: [/^--ds-color-(accent|neutral)-/] },
  });
  const { code } = transform({
    filename: name,
    code: Buffer.from(purged.css),
    targets: TARGETS,
    minify: true,
  });
  return Buffer.from(code);
}

async function islandBundles(outdir) {
  const entryPoints = islandEntries();
  if (entryPoints.length === 0) return { files: [], preload: {} };
  const result = await build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: ['es2019', 'chrome80', 'firefox78', 'safari13'],
    // All of them have it; esbuild only counts an old Safari's fault with nested defaults, and cannot rewrite it.
    supported: { destructuring: true },
    charset: 'utf8',
    legalComments: 'none',
    entryNames: '[name]-[hash]',
    chunkNames: 'part-[hash]',
    logLevel: 'error',
  });
  const contents = new Map(result.outputFiles.map((file) => [file.path, file.contents]));
  const files = [];
  const preload = {};
  for (const [path, output] of Object.entries(result.metafile.outputs)) {
    const file = path.split('/').at(-1);
    const bytes = contents.get(join(root, ...path.split('/')));
    const name = output.entryPoint ? `${output.entryPoint.split('/').at(-1).replace(/\.ts$/, '')}.js` : file;
    files.push({ name, file, bytes: Buffer.from(bytes) });
    const parts = output.imports.filter(({ kind }) => kind === 'import-statement');
    if (output.entryPoint && parts.length > 0)
      preload[name] = parts.map((part) => part.path.split('/').at(-1)).sort();
  }
  return { files, preload };
}

const hashed = (name, bytes) => ({ name, file: name.replace(/(\.[^.]+)$/, `-${hashOf(bytes)}$1`), bytes });

/** Already small in itself, or read once in a while: compressed less hard so that a first start stays quick. */
const quality = (bytes) => (bytes.length > 300_000 ? 9 : 11);

async function writeWithCopies(outdir, { file, bytes }) {
  const path = join(outdir, file);
  if (existsSync(`${path}.gz`)) return;
  const brotli = await promisify(brotliCompress)(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality(bytes),
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  const zipped = await promisify(gzip)(bytes, { level: 9 });
  writeFileSync(path, bytes);
  writeFileSync(`${path}.br`, brotli);
  writeFileSync(`${path}.gz`, zipped);
}

/**
 * Builds into `outdir` (dist/assets unless told). Returns whether anything had to be done.
 * The manifest is replaced last and whole, so that a reader never sees a name without its file.
 */
export async function buildAssets(outdir = join(root, 'dist', 'assets')) {
  const manifestPath = join(outdir, 'manifest.json');
  const inputs = inputHash();
  if (existsSync(manifestPath) && JSON.parse(readFileSync(manifestPath, 'utf8')).inputs === inputs)
    return false;
  mkdirSync(outdir, { recursive: true });

  const content = ['web', 'islands'].flatMap((folder) =>
    filesUnder(join(root, 'src', folder), (name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name)).map(
      (file) => ({
        raw: readFileSync(file, 'utf8'),
        extension: 'tsx',
      }),
    ),
  );
  const [styles, islands] = await Promise.all([
    Promise.all(
      [...BUNDLES, ...ADDITIONS].map(async (name) => hashed(name, await styleBundle(name, content))),
    ),
    islandBundles(outdir),
  ]);
  const fixed = [
    ...filesUnder(join(root, 'src', 'web', 'static'), () => true).map((file) =>
      hashed(file.split(/[\\/]/).at(-1), readFileSync(file)),
    ),
    hashed('zxing_reader.wasm', readFileSync(WASM)),
  ];
  const all = [...styles, ...islands.files, ...fixed];
  await Promise.all(all.map((asset) => writeWithCopies(outdir, asset)));

  const manifest = {
    inputs,
    files: Object.fromEntries(all.map(({ name, file }) => [name, file]).sort(([a], [b]) => (a < b ? -1 : 1))),
    preload: islands.preload,
  };
  writeFileSync(`${manifestPath}.new`, `${JSON.stringify(manifest, null, 2)}\n`);
  renameSync(`${manifestPath}.new`, manifestPath);

  const kept = new Set(['manifest.json', ...all.flatMap(({ file }) => [file, `${file}.br`, `${file}.gz`])]);
  for (const name of readdirSync(outdir)) if (!kept.has(name)) rmSync(join(outdir, name), { force: true });
  return true;
}

if (process.argv[1] && import.meta.url.endsWith(process.argv[1].replaceAll('\\', '/').split('/').at(-1))) {
  const started = performance.now();
  const done = await buildAssets(process.argv[2]);
  console.log(
    `Assets ${done ? `built in ${Math.round(performance.now() - started)} ms` : 'are up to date'}.`,
  );
}
