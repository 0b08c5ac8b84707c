import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { type MemberId, risingUuids } from '../../src/domain/ids.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import { texts } from '../../src/i18n/index.ts';
import { writeAudit } from '../../src/usecases/audit.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { renewMember } from '../../src/usecases/renew-member.ts';
import { revealNumber } from '../../src/usecases/reveal-number.ts';
import { type AuditFilter, searchAudit } from '../../src/usecases/search-audit.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let site: TestApp;
let library: LibraryContext;
let admin: Scope;
let officer: Scope;
let member: MemberId;

const EVERYTHING: AuditFilter = { from: null, until: null, actorId: null, action: null, subjectId: null };
const NAME = 'Siti Contoh Rahasia';
const PHONE = '+6281277665544';

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  const found = await loadLibrary(database.db, 'banyuwangi', site.clock.now);
  if (!found) throw new Error('not seeded');
  library = found;
  admin = scopeOfRole(library, site.deps, ['admin']);
  officer = scopeOfRole(library, site.deps, ['petugas'], '01890000-0000-7000-8000-0000000000f1');
  member = await memberNamed(database, site.deps, officer, NAME, { phone: PHONE as never });
  await renewMember(database.db, site.deps, officer, { memberId: member });
});
afterAll(() => database.drop());

const search = async (changes: Partial<AuditFilter>, after: string | null = null, limit?: number) => {
  const outcome = await searchAudit(database.db, site.deps, admin, {
    filter: { ...EVERYTHING, ...changes },
    after,
    ...(limit === undefined ? {} : { limit }),
  });
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.page;
};

describe('the audit trail', () => {
  it('is found by subject, by action, by kind of action, by person and by day', async () => {
    expect((await search({ subjectId: member })).rows.map((row) => row.action)).toEqual(['member.renew']);
    expect((await search({ action: 'application.approve' })).rows).toHaveLength(1);
    const kinds = new Set((await search({ action: 'application' })).rows.map((row) => row.action));
    expect([...kinds].sort()).toEqual(['application.approve', 'application.submit']);
    const own = await search({ actorId: '01890000-0000-7000-8000-0000000000f1' as never });
    expect(own.rows.length).toBeGreaterThan(1);
    const other = await search({ actorId: '01890000-0000-7000-8000-0000000000f2' as never });
    expect(other.rows).toEqual([]);
  });

  it('finds everything about a person by the number on the card or the ticket, the case included', async () => {
    const { number, ticket } = await inLibrary(database.db, library.id, async (tx) => {
      const row = await tx
        .selectFrom('member')
        .selectAll()
        .where('id', '=', member)
        .executeTakeFirstOrThrow();
      const found = await tx
        .selectFrom('application')
        .select('ticket_code')
        .where('id', '=', row.application_id)
        .executeTakeFirstOrThrow();
      return { number: row.number, ticket: found.ticket_code };
    });
    for (const typed of [number, ticket.toLowerCase()]) {
      const actions = (await search({ subjectId: typed })).rows.map((row) => row.action);
      expect(actions).toEqual(expect.arrayContaining(['member.renew', 'application.approve']));
    }
  });

  it('shows nothing, rather than everything, where what was typed cannot be searched', async () => {
    const cookie = await site.signIn('banyuwangi', 'admin');
    const get = (path: string) => site.request(path, { headers: { cookie: cookie.header } });
    for (const [query, field] of [
      ['dari=kemarin', 'dari'],
      ['dari=2026-03-09&sampai=2026-03-01', 'sampai'],
      ['subjek=Siti%20Contoh', 'subjek'],
    ]) {
      const answer = await get(`/banyuwangi/jejak?${query}`);
      expect(answer.status).toBe(422);
      const html = await answer.text();
      expect(html).toContain(`href="#${field}"`);
      expect(html).not.toContain('Anggota diperpanjang</th>');
      expect((await get(`/banyuwangi/jejak.csv?${query}`)).status).toBe(303);
    }
    expect(await (await get('/banyuwangi/jejak?subjek=Siti%20Contoh')).text()).toContain(
      'value="Siti Contoh"',
    );
  });

  it('keeps a NIK typed into any of its boxes out of addresses, links and the download', async () => {
    const cookie = await site.signIn('banyuwangi', 'admin');
    const get = (path: string) => site.request(path, { headers: { cookie: cookie.header } });
    const typed = '9901015708990001';
    for (const field of ['subjek', 'dari', 'sampai']) {
      const clean = `/banyuwangi/jejak?tindakan=member&identitas=${field}`;
      const fields = { tindakan: 'member', [field]: typed };
      const posted = await site.post('/banyuwangi/jejak/cari', fields, cookie.header);
      const byHand = await get(`/banyuwangi/jejak?tindakan=member&${field}=${typed}`);
      for (const answer of [posted, byHand]) {
        expect(answer.status).toBe(303);
        expect(answer.headers.get('location')).toBe(clean);
      }
      const page = await get(`${clean}&lang=id`);
      expect(page.status).toBe(422);
      const html = await page.text();
      expect(html).toContain(`href="#${field}"`);
      expect(html).toContain('Itu nomor identitas');
      expect(html).not.toContain(typed);
      // Not the whole log instead of the one person.
      expect(html).not.toContain('Anggota diperpanjang</th>');
      const download = await get(`/banyuwangi/jejak.csv?${field}=${typed}`);
      expect(download.headers.get('location')).toBe(`/banyuwangi/jejak.csv?identitas=${field}`);
      const refused = await get(`/banyuwangi/jejak.csv?identitas=${field}`);
      expect(refused.headers.get('location')).toBe(`/banyuwangi/jejak?identitas=${field}`);
    }
    const posted = await site.post('/banyuwangi/jejak/cari', { subjek: ` ${member} ` }, cookie.header);
    expect(posted.headers.get('location')).toBe(`/banyuwangi/jejak?subjek=${member}`);
  });

  it('stays on its feet when a NUL byte is typed into it', async () => {
    const cookie = await site.signIn('banyuwangi', 'admin');
    const posted = await site.post('/banyuwangi/jejak/cari', { subjek: 'a\0b', dari: '\0' }, cookie.header);
    expect(posted.headers.get('location')).toBe('/banyuwangi/jejak?subjek=ab');
    const byHand = await site.request('/banyuwangi/jejak?subjek=a%00b', {
      headers: { cookie: cookie.header },
    });
    expect(byHand.status).toBe(400);
  });

  it('has words in both languages for every act that the service records', async () => {
    const folder = join(import.meta.dirname, '../../src/usecases');
    const written = new Set<string>();
    for (const file of await readdir(folder)) {
      const source = await readFile(join(folder, file), 'utf8');
      for (const [call] of source.matchAll(/action: [^,\n]*'[a-z_]+\.[a-z_]+'[^,\n]*/g))
        for (const [, action = ''] of call.matchAll(/'([a-z_]+\.[a-z_]+)'/g)) written.add(action);
    }
    expect(written.size).toBeGreaterThan(20);
    for (const lang of ['id', 'en'] as const) {
      const words = Object.keys(texts(lang).office.audit.actions);
      expect([...written].filter((action) => !words.includes(action))).toEqual([]);
    }
  });

  it('knows the days of the library, not of UTC', async () => {
    const start = site.clock.now;
    // Ten minutes past midnight in Banyuwangi is still the evening before in UTC.
    site.clock.now = new Date('2026-05-09T17:10:00Z');
    const uuid = risingUuids(site.deps.randomBytes);
    await inLibrary(database.db, library.id, (tx) =>
      writeAudit(
        tx,
        { ...site.deps, uuid },
        { ...admin, at: site.clock.now },
        { action: 'setting.change', subjectKind: 'setting', subjectId: 'uji' },
      ),
    );
    const on = (day: string) => search({ from: day as PlainDate, until: day as PlainDate, subjectId: 'uji' });
    expect((await on('2026-05-10')).rows).toHaveLength(1);
    expect((await on('2026-05-09')).rows).toHaveLength(0);
    site.clock.now = start;
  });

  it('is paged through once, newest first', async () => {
    const all = await search({});
    const seen: string[] = [];
    for (let after: string | null = null; ; ) {
      const page = await search({}, after, 2);
      seen.push(...page.rows.map((row) => row.id));
      after = page.next;
      if (after === null) break;
    }
    expect(seen).toEqual(all.rows.map((row) => row.id));
    expect([...seen].sort().reverse()).toEqual(seen);
  });

  it('tells every reading of a full number with its purpose, and shows no number that was typed into it', async () => {
    const reveal = (purpose: string) =>
      revealNumber(database.db, site.deps, officer, { subject: { kind: 'member', id: member }, purpose });
    expect(await reveal('')).toMatchObject({ reason: 'no-purpose' });
    expect((await reveal('request')).ok).toBe(true);
    expect((await reveal('cek kartu 9901 0157 0899 0001 milik anggota')).ok).toBe(true);
    const { rows } = await search({ action: 'identity.reveal' });
    expect(rows.map((row) => row.purpose)).toEqual(['cek kartu ••• milik anggota', 'request']);
    expect(rows.every((row) => row.fields.includes('nik') && row.subjectId === member)).toBe(true);
  });

  it('holds no name, number or phone, in its rows, on its page and in its download', async () => {
    const rows = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('audit_log').selectAll().execute(),
    );
    const nik = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('member').select('nik').where('id', '=', member).executeTakeFirstOrThrow(),
    );
    const secret = nik.nik === null ? '' : site.deps.vault.openText(library.id, 'nik', nik.nik);
    expect(secret).toMatch(/^\d{16}$/);
    const cookie = await site.signIn('banyuwangi', 'admin');
    const get = async (path: string) =>
      (await site.request(path, { headers: { cookie: cookie.header } })).text();
    const page = await get('/banyuwangi/jejak');
    const csv = await get('/banyuwangi/jejak.csv');
    expect(page).toContain('Anggota diperpanjang');
    expect(csv).toContain('member.renew');
    for (const text of [JSON.stringify(rows), page, csv])
      for (const value of [NAME, 'Rahasia', secret, PHONE, PHONE.slice(3)]) expect(text).not.toContain(value);
  });

  it('is read by nobody but an admin', async () => {
    for (const role of ['petugas', 'sub_koordinator', 'kepala_bidang', 'kepala_skpd'] as const)
      expect(
        await searchAudit(database.db, site.deps, scopeOfRole(library, site.deps, [role]), {
          filter: EVERYTHING,
          after: null,
        }),
      ).toEqual({ ok: false, reason: 'not-allowed' });
  });
});
