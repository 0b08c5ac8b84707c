import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
/** A registry that nobody answers at: what works with it needs no network. */
const OFFLINE = { ...process.env, npm_config_registry: 'http://127.0.0.1:9/', npm_config_offline: 'true' };
const run = async (program: string, ...args: string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(program, args, {
    cwd: root,
    env: OFFLINE,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
};

it('the list of parts is written without a network, with what runs and nothing else', async () => {
  const made = JSON.parse(await run('npm', 'run', '--silent', 'sbom')) as {
    bomFormat: string;
    components: readonly { name: string; version: string; properties?: readonly { name: string }[] }[];
  };
  expect(made.bomFormat).toBe('CycloneDX');
  const names = new Set(made.components.map(({ name }) => name));
  const { dependencies, devDependencies } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'devDependencies', Readonly<Record<string, string>>>;
  expect(Object.keys(dependencies).filter((name) => !names.has(name))).toEqual([]);
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, { name?: string; version?: string; dev?: boolean }>>;
  };
  // A version may stand in the lock file twice, for development and for what runs (@noble/hashes).
  const running = Object.entries(packages).flatMap(([path, entry]) =>
    path === '' || entry.dev === true
      ? []
      : [`${entry.name ?? path.split('node_modules/').at(-1)}@${entry.version}`],
  );
  expect(made.components.map(({ name, version }) => `${name}@${version}`).sort()).toEqual(
    [...new Set(running)].sort(),
  );
  const marks = made.components.flatMap(({ properties = [] }) => properties.map(({ name }) => name));
  expect(marks).not.toContain('cdx:npm:package:development');
  // A package of the service may ask for one of those as well (mysql2 for the types of Node).
  const onlyDevelopment = Object.keys(devDependencies).filter(
    (name) => packages[`node_modules/${name}`]?.dev === true,
  );
  expect(onlyDevelopment.length).toBeGreaterThan(10);
  expect(onlyDevelopment.filter((name) => names.has(name))).toEqual([]);
}, 60_000);

it('the list of licences is written without a network, and each is allowed', async () => {
  const lines = (await run(process.execPath, 'scripts/licences.mjs')).trim().split('\n');
  expect(lines.length).toBeGreaterThan(200);
  for (const line of lines) expect(line.split('\t')).toHaveLength(4);
}, 60_000);

it('says how known weaknesses are asked for, and the clean run can ask', async () => {
  const security = await readFile(join(root, 'SECURITY.md'), 'utf8');
  for (const command of ['npm audit --omit=dev', 'npm audit signatures', 'CI_AUDIT=1 .ci/run'])
    expect(security).toContain(command);
  expect(await readFile(join(root, '.ci', 'run'), 'utf8')).toMatch(/CI_AUDIT:-0.*npm audit --omit=dev/);
});
