/** `npm run check`: types, lint with import direction, format, dead code, lock file, licences. Installs what is missing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { licenceProblems } from './licences.mjs';
import { inTwoLines } from './lines.mjs';
import { ensurePackages, root, runNode } from './packages.mjs';

await ensurePackages();

const bin = (...path) => join(root, 'node_modules', ...path);
const tsc = bin('typescript', 'bin', 'tsc');
/** What it learned of the files is kept: a second check reads only what changed. */
const typesOf = (name, project) => [
  tsc,
  ['-p', project, '--incremental', '--tsBuildInfoFile', join(root, '.cache', 'types', `${name}.tsbuildinfo`)],
];
const steps = [
  ['types of the tests', ...typesOf('tests', 'tests/tsconfig.json')],
  ['types of the service', ...typesOf('service', 'tsconfig.json')],
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
  ['types of the browser code', ...typesOf('islands', 'src/islands/tsconfig.json')],
];

const failed = [];
await inTwoLines(
  steps.map(([name, script, args]) => ({
    name,
    async work(into) {
      if ((await runNode(script, args, { into })) !== 0) failed.push(name);
    },
  })),
);
console.log('\n— lock file');
const unlocked = findUnlocked();
for (const name of unlocked)
  console.log(`${name} is named as optional but has no entry: npm ci would refuse.`);
if (unlocked.length > 0) failed.push('lock file');

console.log('\n— licences of all packages');
const refused = licenceProblems();
for (const problem of refused) console.log(problem);
if (refused.length > 0) failed.push('licences');

console.log(failed.length === 0 ? '\nAll checks passed.' : `\nNot passed: ${failed.join('; ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;

/** npm, run on one system, drops the binaries of others from the lock file now and then; npm ci then fails for all. */
function findUnlocked() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const locked = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
  const named = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
  return named.filter((name) => !locked.has(name));
}
