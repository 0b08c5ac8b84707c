/** Runs the worked example of the chapter REST of docs/integration.md, word for word. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { programOf } from '../support/api-keys.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { libraryOf } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let site: TestApp;
/** What the words in braces stand for by now. */
const known = new Map<string, string>();

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database, { start: new Date('2026-03-02T02:00:00Z') });
  const library = await libraryOf(site, 'banyuwangi');
  const scope = scopeOfRole(library, site.deps, ['petugas']);
  const id = await memberNamed(database, site.deps, scope, 'Sari Contoh', {
    birthDate: '1999-08-17' as never,
    address: { line: 'Jl. Contoh 1', rt: '001', rw: '002', village: '99.01.01.2001' as never },
  });
  await inLibrary(database.db, library.id, (tx) =>
    tx
      .updateTable('member')
      .set({ number: 'A-0001', valid_until: '2027-03-02' as never })
      .where('id', '=', id)
      .execute(),
  );
  const { key } = await programOf(site, 'banyuwangi', [
    'cards.verify',
    'members.read',
    'members.contact',
    'members.write',
  ]);
  known.set('key', key);
}, 120_000);
afterAll(() => database.drop());

const filled = (line: string) => line.replaceAll(/\{(\w+)\}/g, (all, name: string) => known.get(name) ?? all);

/** Compares, and learns what words in braces stand for that were not known yet. */
function match(line: string, heard: string): void {
  const names: string[] = [];
  const pattern = filled(line)
    .split(/(\{\w+\})/)
    .map((part) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      if (name === undefined) return part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
      names.push(name);
      return '([^\\s]+?)';
    })
    .join('');
  const found = new RegExp(`^${pattern}$`).exec(heard);
  expect(found, `${line}\n${heard}`).not.toBeNull();
  names.forEach((name, at) => void known.set(name, found?.[at + 1] ?? ''));
}

it('the worked example for makers of programs is what the service does', async () => {
  const text = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'integration.md'), 'utf8');
  const block = /<!-- rest example: begin -->\n```\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  const exchanges = block.split(/\n(?=> (?:GET|POST|PATCH) )/);
  expect(exchanges.length).toBe(5);
  for (const exchange of exchanges) {
    const lines = exchange.trim().split('\n');
    const sent = lines.filter((line) => line.startsWith('> ')).map((line) => filled(line.slice(2)));
    const told = lines.filter((line) => line.startsWith('< ')).map((line) => line.slice(2));
    const [method = '', path = ''] = (sent[0] ?? '').split(' ');
    const isHeader = (line: string) => /^[A-Z][\w-]*: /.test(line);
    const headers = sent
      .slice(1)
      .filter(isHeader)
      .map((line) => line.split(/: (.*)/).slice(0, 2) as [string, string]);
    const body = sent.slice(1).find((line) => !isHeader(line));
    const answer = await site.request(path, { method, headers, ...(body === undefined ? {} : { body }) });
    const heard = await answer.text();
    expect(`${answer.status}`, `${exchange}\n${heard}`).toBe(told[0]);
    for (const line of told.slice(1)) {
      const [name = '', value = ''] = isHeader(line) ? line.split(/: (.*)/) : [];
      if (name === '') match(line, heard);
      else match(value, answer.headers.get(name) ?? '');
    }
  }
});
