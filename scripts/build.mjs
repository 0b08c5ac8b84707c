/**
 * Builds what runs into dist/: the server bundle (packages stay in node_modules) and what browsers load. Nothing is
 * done when no source changed since the last build.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensurePackages, root } from './packages.mjs';

const marker = join(root, 'dist', 'built.json');

/** Entry of the bundle by the name that scripts/run.mjs knows it by; those not written yet are left out. */
const entries = {
  cli: 'src/cli/cli.ts',
  'card-thread': 'src/card-thread.ts',
  'pdf-thread': 'src/pdf-thread.ts',
  'import-thread': 'src/import-thread.ts',
  'page-process': 'src/page-process.ts',
  bench: 'bench/bench.ts',
  'bench-cards': 'bench/cards/command.ts',
  'bench-codes': 'bench/codes/command.ts',
  faults: 'faults/command.ts',
};

/** Whether dist/ is that of the present sources. */
export function isBuilt() {
  return isBuiltFrom(hashOfSources());
}

function isBuiltFrom(sources) {
  return existsSync(marker) && JSON.parse(readFileSync(marker, 'utf8')).sources === sources;
}

/** Builds unless dist/ is that of the present sources; returns whether it had to. */
async function buildIfChanged() {
  const sources = hashOfSources();
  if (isBuiltFrom(sources)) return false;
  rmSync(marker, { force: true });
  mkdirSync(join(root, 'dist'), { recursive: true });
  const { build } = await import('esbuild');
  const present = Object.entries(entries).filter(([, file]) => existsSync(join(root, file)));
  await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(present),
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    external: keptOutside(),
    jsx: 'automatic',
    jsxImportSource: '#jsx',
    sourcemap: true,
    logLevel: 'warning',
  });
  const assets = join(root, 'scripts', 'build-assets.mjs');
  if (existsSync(assets)) await (await import(pathToFileURL(assets).href)).buildAssets();
  writeFileSync(`${marker}.new`, JSON.stringify({ sources }));
  renameSync(`${marker}.new`, marker);
  return true;
}

/**
 * Pure JavaScript made of many small files goes into the bundle: read one by one from node_modules it made up most of
 * the time to start. Everything else stays a package, with its native parts and data files.
 */
const bundled = ['kysely', 'hono', '@hono/node-server', 'zod'];

function keptOutside() {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.keys({ ...dependencies, ...devDependencies })
    .filter((name) => !bundled.includes(name))
    .flatMap((name) => [name, `${name}/*`]);
}

/** By content: a checkout changes times without changing anything. */
function hashOfSources() {
  const hash = createHash('sha256');
  for (const folder of ['src', 'bench', 'faults', 'scripts']) {
    if (!existsSync(join(root, folder))) continue;
    const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    for (const file of files)
      hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
}

if (process.argv[1] !== undefined && pathToFileURL(process.argv[1]).href === import.meta.url) {
  await ensurePackages();
  const began = performance.now();
  const built = await buildIfChanged();
  // The commands that follow write their result to the standard output.
  console.error(built ? `Built in ${Math.round(performance.now() - began)} ms.` : 'Up to date.');
}
