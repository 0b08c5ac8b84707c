/**
 * The licences of all packages in the lock file, and whether this work may be passed on with them. A part of
 * `npm run check`; by itself `npm run licences` prints the list.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './packages.mjs';

/** SPDX identifiers that oblige to nothing but naming, or to what NOTICE says where it names the package. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'OFL-1.1',
  'Unlicense',
]);
/** Allowed for these alone: unmodified, and replaceable (LGPL) or with their source at hand in the package (MPL). */
const NAMED = [
  { licence: 'LGPL-3.0-or-later', packages: /^@img\/sharp-/ },
  { licence: 'MPL-2.0', packages: /^(lightningcss(-.*)?|axe-core|@axe-core\/playwright)$/ },
];
/** Their package.json names no licence, their files do. */
const STATED = { 'png-js': 'MIT' };

/**
 * @typedef {{ name: string, version: string, licence: string, dev: boolean, allowed: boolean }} Licensed
 * @returns {readonly Licensed[]} every package once per version, by name
 */
export function licences() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const found = new Map();
  for (const [path, { version = '', license, dev = false }] of Object.entries(packages)) {
    if (path === '') continue;
    const name = path.split('node_modules/').at(-1);
    const licence = license ?? STATED[name] ?? 'none';
    const key = `${name}@${version}`;
    // What one place needs for development and another for the service is part of the service.
    found.set(key, {
      name,
      version,
      licence,
      dev: dev && (found.get(key)?.dev ?? true),
      allowed: isAllowed(name, licence),
    });
  }
  return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** `MIT OR X` is one of both, `MIT AND X` is both. */
function isAllowed(name, licence) {
  const one = (id) =>
    ALLOWED.has(id) || NAMED.some(({ licence: named, packages }) => named === id && packages.test(name));
  return licence
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every(one));
}

/** @returns {readonly string[]} what stands in the way, in words */
export function licenceProblems() {
  const all = licences();
  const problems = all
    .filter(({ allowed }) => !allowed)
    .map(
      ({ name, version, licence }) =>
        `${name} ${version}: the licence ${licence} is not on the list in scripts/licences.mjs`,
    );
  for (const [name, licence] of Object.entries(STATED)) {
    const folder = join(root, 'node_modules', name);
    const isThere = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'LICENCE', 'README.md']
      .map((file) => join(folder, file))
      .some((file) => existsSync(file) && new RegExp(`\\b${licence}\\b`).test(readFileSync(file, 'utf8')));
    if (existsSync(folder) && !isThere) problems.push(`${name}: its files do not say ${licence} any more`);
  }
  return problems;
}

if (process.argv[1] !== undefined && pathToFileURL(process.argv[1]).href === import.meta.url) {
  for (const { name, version, licence, dev } of licences())
    console.log([name, version, licence, dev ? 'development' : 'service'].join('\t'));
  const problems = licenceProblems();
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
