/**
 * What every command does first: the right Node, and the packages of the lock file. No dependency, no shell: works on
 * Windows and on a machine that has nothing but Node.
 */
import { spawn } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Runs a program to its end with its output on this terminal.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, timeoutMs?: number, quiet?: boolean, into?: number }} [options] `into`: an open file
 *   that takes the output instead
 * @returns {Promise<number>} its exit code; 124 when it took longer than `timeoutMs`, 127 when it could not start
 */
export function run(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...options.env },
      stdio:
        options.quiet === true ? 'ignore' : ['inherit', options.into ?? 'inherit', options.into ?? 'inherit'],
      windowsHide: true,
    });
    let late = false;
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            late = true;
            child.kill('SIGTERM');
            setTimeout(() => child.kill('SIGKILL'), 15_000).unref();
          }, options.timeoutMs);
    child.on('error', () => {
      clearTimeout(timer);
      resolve(127);
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve(late ? 124 : (code ?? 1));
    });
  });
}

/** Runs a JavaScript program with this same Node. */
export function runNode(script, args = [], options = {}) {
  return run(process.execPath, [script, ...args], options);
}

/**
 * Installs the packages of the lock file unless exactly they are there already.
 * Ends the process with a sentence when Node is too old or the installation fails.
 */
export async function ensurePackages() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    stop(`Node ${process.versions.node} is too old: 20.19 or newer is needed (24 LTS recommended).`);
  }
  if (arePackagesPresent()) return;
  // `npm ci` empties the folder first, and through a link it would empty somebody else's.
  if (lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink())
    stop(
      'node_modules is a link to another folder, whose packages do not fit. Remove the link and start again.',
    );
  console.log('Installing packages …');
  const code = await runNpm(['ci', '--no-audit', '--no-fund']);
  if (code !== 0) stop('The packages could not be installed (npm ci). Is the network reachable?');
}

/** Compares the lock file with what npm noted in node_modules at the end of its last complete installation. */
function arePackagesPresent() {
  const noted = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(noted)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(noted, 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const there = present[path];
    // Optional packages of other systems are in the lock file and rightly not here.
    return there === undefined ? entry.optional === true : there.version === entry.version;
  });
}

/** npm's own script is run with this Node, because npm.cmd cannot be started without a shell on Windows. */
function runNpm(args) {
  const beside = dirname(process.execPath);
  const candidates = [
    process.env.npm_execpath,
    join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, '..', 'share', 'nodejs', 'npm', 'bin', 'npm-cli.js'),
  ];
  const script = candidates.find((path) => path?.endsWith('npm-cli.js') && existsSync(path));
  return script === undefined ? run('npm', args) : runNode(script, args);
}

function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}
