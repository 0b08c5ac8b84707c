/**
 * `node scripts/run.mjs <command> [arguments]`: sets up what is missing, builds what changed, runs the command in this
 * same process, so that a signal meets the program itself and nothing in between.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensurePackages, root, runNode } from './packages.mjs';

/**
 * npm starts scripts through a shell that passes SIGTERM on to nobody: whoever stops `npm start` would leave the service
 * running. It therefore stops when the process above it is gone.
 */
function endWithParent() {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  watch.unref();
}

/** Runs a command of the program; it sets the exit code. */
export async function runCommand(name, args) {
  process.env.DAFTAR_STARTED_AT ??= String(Math.round(performance.timeOrigin));
  endWithParent();
  await ensurePackages();
  const { isBuilt } = await import('./build.mjs');
  // In a process of its own: what the build loads would stay in the memory of the service.
  if (!isBuilt() && (await runNode(join(root, 'scripts', 'build.mjs'))) !== 0) {
    console.error('The build failed.');
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
