/** `npm run check`: types, lint with import direction, format, dead code. Installs what is missing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages, root, runNode } from './packages.mjs';

await ensurePackages();

const bin = (...path) => join(root, 'node_modules', ...path);
const tsc = bin('typescript', 'bin', 'tsc');
const steps = [
  ['types of the service', tsc, ['-p', 'tsconfig.json']],
  ['types of the browser code', tsc, ['-p', 'src/islands/tsconfig.json']],
  ['types of the tests', tsc, ['-p', 'tests/tsconfig.json']],
  [
    'lint, format, import direction',
    bin('@biomejs', 'biome', 'bin', 'biome'),
    ['check', '--error-on-warnings', '.'],
  ],
  [
    'every forbidden import is refused',
    bin('vitest', 'vitest.mjs'),
    ['run', '--project', 'unit', 'tests/arrows'],
  ],
  ['dead code', bin('knip', 'bin', 'knip.js'), []],
];

const failed = [];
for (const [name, script, args] of steps) {
  console.log(`\n— ${name}`);
  if ((await runNode(script, args)) !== 0) failed.push(name);
}
console.log('\n— lock file');
const unlocked = findUnlocked();
for (const name of unlocked)
  console.log(`${name} is named as optional but has no entry: npm ci would refuse.`);
if (unlocked.length > 0) failed.push('lock file');

console.log(failed.length === 0 ? '\nAll checks passed.' : `\nNot passed: ${failed.join('; ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;

/** npm, run on one system, drops the binaries of others from the lock file now and then; npm ci then fails for all. */
function findUnlocked() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const locked = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
  const named = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
  return named.filter((name) => !locked.has(name));
}
