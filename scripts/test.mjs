/**
 * `npm test`: sets up what is missing, builds, runs every project of vitest.config.ts (the database tests on
 * PostgreSQL 18 and again on 15) and ends with the line `N passed, N failed`.
 */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ensurePackages, root, run, runNode } from './packages.mjs';

const debian15 = '/usr/lib/postgresql/15/bin';
const results = join(root, 'artefacts', 'results');

/** Programs that some tests need: what is looked for, the Debian package, and what is left out without it. */
const programs = [
  { found: () => isOnPath('chromium'), apt: 'chromium', without: 'the journeys in a real browser' },
  { found: () => isOnPath('zbarimg'), apt: 'zbar-tools', without: 'reading the card codes back' },
  { found: () => isOnPath('pdftoppm'), apt: 'poppler-utils', without: 'looking at the printed card' },
  {
    found: () => isOnPath('mariadbd') || existsSync('/usr/sbin/mariadbd'),
    apt: 'mariadb-server',
    without: 'reading live databases of INLISLite and SLiMS',
  },
  {
    found: () => existsSync(join(debian15, 'initdb')),
    apt: 'postgresql-15',
    without: 'the run on PostgreSQL 15',
  },
];

await ensurePackages();
await ensurePrograms();
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

/** The whole run must leave room in the half hour that a clean clone is given. */
const deadline = Date.now() + 27 * 60_000;
let passed = 0;
let failed = 0;

if ((await runNode('scripts/build.mjs')) !== 0) {
  console.error('The build failed.');
  failed += 1;
} else {
  await runProject('unit', 'unit');
  // Two lines, one for each core of a small machine: each project works on one thing at a time.
  const on15 = existsSync(join(debian15, 'initdb'));
  const beside = runBeside([
    ...(on15 ? [['integration', 'integration-15', { env: { TEST_POSTGRES_BIN: debian15 } }]] : []),
    ['faults', 'faults', {}],
    ['budgets', 'budgets', {}],
  ]);
  await runProject('integration', 'integration-18');
  await runProject('e2e', 'e2e');
  await beside();
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/**
 * Runs projects beside what follows.
 * @returns waits for their end and prints what they said, so that two outputs are not mixed
 */
function runBeside(projects) {
  const log = join(results, 'beside.log');
  const into = openSync(log, 'w');
  const running = (async () => {
    for (const [project, name, options] of projects) await runProject(project, name, { ...options, into });
  })();
  return async () => {
    await running;
    closeSync(into);
    console.log(readFileSync(log, 'utf8'));
  };
}

/** Runs one project and adds its figures; a file that could not even be loaded counts as one failure. */
async function runProject(project, name, options = {}) {
  if (options.into === undefined) console.log(`\n— ${name}`);
  else writeSync(options.into, `\n— ${name}\n`);
  const output = join(results, `${name}.json`);
  const code = await runNode(
    join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    [
      'run',
      '--project',
      project,
      '--passWithNoTests',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${output}`,
    ],
    { ...options, timeoutMs: Math.max(10_000, deadline - Date.now()) },
  );
  let own = 0;
  if (existsSync(output)) {
    const report = JSON.parse(readFileSync(output, 'utf8'));
    passed += report.numPassedTests;
    own += report.numFailedTests;
    for (const file of report.testResults) {
      if (file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'))
        own += 1;
    }
  }
  if (code === 124) console.error(`${name} was stopped: the tests may take 27 minutes in all.`);
  // An error outside any test, a crash, a run that took too long.
  failed += code !== 0 && own === 0 ? 1 : own;
}

/** Installs missing programs where that is possible, and says what is left out where it is not. */
async function ensurePrograms() {
  const missing = programs.filter((program) => !program.found());
  if (missing.length === 0) return;
  if (process.getuid?.() === 0 && isOnPath('apt-get')) {
    console.log(`Installing ${missing.map((program) => program.apt).join(', ')} …`);
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-qq'], { env, quiet: true, timeoutMs: 120_000 });
    for (const program of missing) {
      const args = ['install', '-y', '-qq', '--no-install-recommends', program.apt];
      await run('apt-get', args, { env, quiet: true, timeoutMs: 300_000 });
    }
  }
  for (const program of missing) {
    if (!program.found()) console.log(`Without ${program.apt}, ${program.without} is left out.`);
  }
}

function isOnPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}
