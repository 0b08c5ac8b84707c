/**
 * `node scripts/run.mjs <command> [arguments]`: sets up what is missing, builds what changed, runs the command in this
 * same process, so that a signal meets the program itself and nothing in between.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensurePackages, root } from './packages.mjs';

/** Runs a command of the program; it sets the exit code. */
export async function runCommand(name, args) {
  process.setSourceMapsEnabled(true);
  process.env.DAFTAR_STARTED_AT ??= String(Math.round(performance.timeOrigin));
  await ensurePackages();
  const { buildIfChanged } = await import('./build.mjs');
  try {
    if (await buildIfChanged()) console.log('Built.');
  } catch (error) {
    console.error('The build failed.', error instanceof Error ? error.message : error);
    process.exit(1);
  }
  const own = join(root, 'dist', `${name}.js`);
  const bundle = name !== 'cli' && existsSync(own) ? own : join(root, 'dist', 'cli.js');
  process.argv = [process.execPath, bundle, ...(bundle === own ? [] : [name]), ...args];
  await import(pathToFileURL(bundle).href);
}

if (process.argv[1] !== undefined && pathToFileURL(process.argv[1]).href === import.meta.url) {
  const [name, ...args] = process.argv.slice(2);
  if (name === undefined) {
    console.error('Which command? For example: node scripts/run.mjs backup');
    process.exit(2);
  }
  await runCommand(name, args);
}
