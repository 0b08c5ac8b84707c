import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * The layout of the code, written down a second time and independently of biome.json: which folder may import
 * which. The fixture is one file per possible arrow; Biome must refuse exactly those that are not listed here.
 */
const mayImport: Record<string, readonly string[]> = {
  domain: [],
  presets: ['domain'],
  interop: ['domain'],
  islands: ['domain'],
  i18n: ['domain'],
  documents: ['domain', 'i18n'],
  db: ['domain'],
  usecases: ['db', 'domain', 'presets'],
  // The words on the screens of devices.
  sip2: ['usecases', 'db', 'domain', 'presets', 'interop', 'i18n'],
  // The words of mails.
  jobs: ['usecases', 'db', 'domain', 'presets', 'interop', 'documents', 'i18n'],
  web: ['usecases', 'db', 'domain', 'presets', 'interop', 'documents', 'i18n'],
  cli: ['usecases', 'db', 'domain', 'presets', 'interop', 'documents', 'i18n', 'main.ts', 'config.ts'],
};
const folders = Object.keys(mayImport);
const targets = [...folders, 'main.ts', 'config.ts'];

/** Ways to write the same import; a rule that sees only the first would be no rule. */
const spellings: Record<string, (path: string) => string> = {
  import: (path) => `import { thing } from '${path}';\nthing();\n`,
  type: (path) => `import type { Thing } from '${path}';\nexport type Other = Thing;\n`,
  reexport: (path) => `export { thing } from '${path}';\n`,
  dynamic: (path) => `export const thing = await import('${path}');\n`,
};

const root = join(import.meta.dirname, '..', '..');
let tree: string;
let refused: Set<string>;

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'arrows-'));
  await cp(join(root, 'biome.json'), join(tree, 'biome.json'));
  for (const from of folders) {
    await mkdir(join(tree, 'src', from, 'deep'), { recursive: true });
    for (const to of targets) {
      const path = to.endsWith('.ts') ? to : `${to}/thing.ts`;
      for (const [name, spell] of Object.entries(spellings)) {
        await writeFile(join(tree, 'src', from, `${to}--${name}.ts`), spell(`../${path}`));
      }
      await writeFile(
        join(tree, 'src', from, 'deep', `${to}--import.ts`),
        spellings.import?.(`../../${path}`) ?? '',
      );
    }
    for (const name of ['zod', 'node:fs', 'hono']) {
      await writeFile(join(tree, 'src', from, `package-${name.replace(':', '-')}.ts`), `import '${name}';\n`);
    }
  }
  refused = await refusedFiles(tree);
}, 60_000);

afterAll(() => rm(tree, { recursive: true, force: true }));

describe('imports point one way only', () => {
  for (const from of folders) {
    it(`${from} imports ${mayImport[from]?.join(', ') || 'no other folder'}, and nothing else of the house`, () => {
      for (const to of targets) {
        const expected = to !== from && !mayImport[from]?.includes(to);
        for (const name of Object.keys(spellings)) {
          expect(refused.has(`src/${from}/${to}--${name}.ts`), `${from} -> ${to} (${name})`).toBe(expected);
        }
        expect(refused.has(`src/${from}/deep/${to}--import.ts`), `${from}/deep -> ${to}`).toBe(expected);
      }
    });
  }

  it('the domain imports no package and nothing of Node, so that it runs in the browser as well', () => {
    expect(refused).toContain('src/domain/package-zod.ts');
    expect(refused).toContain('src/domain/package-node-fs.ts');
    expect(refused).toContain('src/domain/package-hono.ts');
    expect(refused).not.toContain('src/web/package-zod.ts');
  });

  it('browser code carries no zod and nothing of the server', () => {
    expect(refused).toContain('src/islands/package-zod.ts');
    expect(refused).toContain('src/islands/package-node-fs.ts');
    expect(refused).toContain('src/islands/package-hono.ts');
  });

  it('every folder of the source has its place in the layout', async () => {
    const entries = await readdir(join(root, 'src'), { withFileTypes: true });
    const unplaced = entries.filter((entry) => entry.isDirectory() && !folders.includes(entry.name));
    expect(unplaced.map((entry) => entry.name)).toEqual([]);
  });

  it('no file hides an import inside a type, where the rule does not look', async () => {
    const hidden: string[] = [];
    for (const entry of await readdir(join(root, 'src'), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      const text = await readFile(path, 'utf8');
      if (/(?:[:<|&=]|typeof)\s*import\(\s*['"]\.\.?\//.test(text)) hidden.push(path.slice(root.length + 1));
    }
    expect(hidden).toEqual([]);
  });
});

/** Runs the real Biome with the real configuration; answers the files it refuses for their imports. */
async function refusedFiles(folder: string): Promise<Set<string>> {
  const require = createRequire(import.meta.url);
  const bin = join(dirname(require.resolve('@biomejs/biome/package.json')), 'bin', 'biome');
  const args = [
    bin,
    'lint',
    '--vcs-enabled=false',
    '--only=style/noRestrictedImports',
    '--max-diagnostics=none',
    '--reporter=json',
    '.',
  ];
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 64 * 1024 * 1024 }, (_error, stdout) =>
      resolve(stdout),
    );
  });
  const report: unknown = JSON.parse(output);
  const files = new Set<string>();
  for (const diagnostic of diagnosticsOf(report)) {
    if (diagnostic.category === 'lint/style/noRestrictedImports')
      files.add(diagnostic.location.path.replaceAll('\\', '/'));
  }
  return files;
}

interface Diagnostic {
  category: string;
  location: { path: string };
}

function diagnosticsOf(report: unknown): Diagnostic[] {
  if (typeof report !== 'object' || report === null || !('diagnostics' in report)) return [];
  return Array.isArray(report.diagnostics) ? report.diagnostics : [];
}
