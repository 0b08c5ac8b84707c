/**
 * `npm test`: sets up what is missing, builds, runs every project of vitest.config.ts (the database tests on
 * PostgreSQL 18 and again on 15) and ends with the line `N passed, N failed`.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { inTwoLines } from './lines.mjs';
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

/** On a quiet machine all of it fits into the half hour that a clean clone is given; one that others use gets longer. */
const MINUTES = 45;
const deadline = Date.now() + MINUTES * 60_000;
/** What is long and asks about doors, not about the database: one version of PostgreSQL is enough. */
const OF_ONE_DATABASE = [
  'fuzz-routes',
  'case-permissions',
  'member-permissions',
  'office-permissions',
  'machine-permissions',
  'uploads',
  'wait-files',
  'asvs',
  'doors',
  'library-limits',
  'page-deadline',
  'raw-requests',
  'staff-sso',
].map((name) => `--exclude=**/${name}.test.ts`);
/** The journeys in the browser take longest: in parts, both lines get their share. */
const PARTS = [1, 2, 3, 4];
let passed = 0;
let failed = 0;
/** Named once more at the end: what comes before may be long. */
const failures = [];

if ((await runNode('scripts/build.mjs')) !== 0) {
  console.error('The build failed.');
  failed += 1;
} else {
  const on15 = { args: OF_ONE_DATABASE, env: { TEST_POSTGRES_BIN: debian15 } };
  // What is long first: begun last, it would leave the other line with nothing to do.
  const projects = [
    ['unit', 'unit', {}],
    ['faults', 'faults', {}],
    ['integration', 'integration-18', {}],
    ...(existsSync(join(debian15, 'initdb')) ? [['integration', 'integration-15', on15]] : []),
    ...PARTS.map((part) => ['e2e', `e2e-${part}`, { args: [`--shard=${part}/${PARTS.length}`] }]),
    ['budgets', 'budgets', {}],
  ];
  await inTwoLines(
    projects.map(([project, name, options]) => ({
      name,
      work: (into) => runProject(project, name, { ...options, into }),
    })),
  );
}

for (const failure of failures) console.log(`Failed: ${failure}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/** Runs one project and adds its figures; a file that could not even be loaded counts as one failure. */
async function runProject(project, name, options) {
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
      ...(options.args ?? []),
    ],
    { ...options, timeoutMs: Math.max(10_000, deadline - Date.now()) },
  );
  let own = 0;
  if (existsSync(output)) {
    const report = JSON.parse(readFileSync(output, 'utf8'));
    passed += report.numPassedTests;
    own += report.numFailedTests;
    for (const file of report.testResults) {
      const broken = file.assertionResults.filter((test) => test.status === 'failed');
      for (const test of broken) failures.push(`${name}: ${relative(root, file.name)}: ${test.fullName}`);
      if (file.status === 'failed' && broken.length === 0) {
        own += 1;
        failures.push(`${name}: ${relative(root, file.name)}: could not be run`);
      }
    }
  }
  // An error outside any test, a crash, a run that took too long.
  if (code !== 0 && own === 0) {
    own = 1;
    failures.push(
      code === 124
        ? `${name}: stopped, the tests may take ${MINUTES} minutes in all`
        : `${name}: an error outside any test`,
    );
  }
  failed += own;
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
