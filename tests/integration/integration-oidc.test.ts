/** Runs the worked example of signing in to a service in docs/integration.md, line by line. */
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { createTestApp } from '../support/app.ts';
import { createTestDatabase } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';
import { serviceNamed, signInByCode, switchOn, Visitor } from '../support/services.ts';

it('the example is what a service says and hears', async () => {
  const database = await createTestDatabase();
  const site = createTestApp(database, { mails: true, time: 'real' });
  const library = await switchOn(database, site, 'banyuwangi');
  const service = await serviceNamed(database, site, library);
  const email = 'sari@surat.example';
  const scope = scopeOfRole(library, site.deps, ['sub_koordinator']);
  const id = await memberNamed(database, site.deps, scope, 'Sari Contoh', { email });
  const { number } = await inLibrary(database.db, library.id, (tx) =>
    tx.selectFrom('member').select('number').where('id', '=', id).executeTakeFirstOrThrow(),
  );
  const verifier = randomBytes(32).toString('base64url');
  const known: Record<string, string> = {
    origin: 'http://localhost',
    client_id: service.id,
    state: randomBytes(9).toString('base64url'),
    verifier,
    challenge: createHash('sha256').update(verifier).digest('base64url'),
    basic: Buffer.from(`${service.id}:${service.secret}`).toString('base64'),
    number,
  };
  const fill = (text: string) => text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => known[name] ?? whole);
  /** The same text, with what is not known yet taken from what was heard. */
  const learn = (text: string, heard: string) => {
    const names: string[] = [];
    const pattern = fill(text)
      .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll(/\\\{(\w+)\\\}/g, (_, name: string) => {
        names.push(name);
        return '([^&"]+)';
      });
    const found = new RegExp(`^${pattern}$`).exec(heard);
    expect(found, `${text}\n${heard}`).not.toBeNull();
    for (const [at, name] of names.entries()) known[name] = found?.[at + 1] ?? '';
  };
  const steps = await readExample();
  expect(steps.length).toBeGreaterThan(15);
  let answer = new Response();
  let away = '';
  while (steps.length > 0) {
    const line = steps.shift() ?? '';
    if (line.startsWith('= the')) {
      const to = new URL(fill(line.slice(line.indexOf('/'))), 'http://localhost');
      away = await signInByCode({ database, site }, new Visitor(site), to, { number, email });
    } else if (line.startsWith('= and')) {
      learn(line.slice(line.indexOf('https:')), decodeURIComponent(away));
    } else if (line.startsWith('> ')) {
      const [method = '', path = ''] = line.slice(2).split(' ');
      const headers: Record<string, string> = {};
      let body: string | undefined;
      while (steps[0]?.startsWith('> ')) {
        const more = fill((steps.shift() ?? '').slice(2));
        const [name = '', value] = more.split(': ');
        if (value === undefined) body = more;
        else headers[name] = value;
      }
      if (body !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
      answer = await site.request(path, { method, headers, ...(body === undefined ? {} : { body }) });
    } else if (/^< \d+$/.test(line)) expect(`< ${answer.status}`).toBe(line);
    else {
      const heard = (await answer.json()) as Record<string, unknown>;
      const said = JSON.parse(line.slice(2)) as Record<string, unknown>;
      for (const [name, value] of Object.entries(said))
        learn(JSON.stringify(value), JSON.stringify(heard[name]));
    }
  }
  await database.drop();
});

async function readExample(): Promise<string[]> {
  const text = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'integration.md'), 'utf8');
  const part = /<!-- oidc example: begin -->([\s\S]*?)<!-- oidc example: end -->/.exec(text);
  return (part?.[1] ?? '').split('\n').filter((line) => /^[<>=] /.test(line));
}
