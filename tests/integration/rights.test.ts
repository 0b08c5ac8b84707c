import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { sql } from 'kysely';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { erasureFile, readErasureFile } from '../../src/db/erasure-file.ts';
import { settled } from '../../src/db/gather.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import { BREACH_DATA } from '../../src/domain/breach.ts';
import type { ClientId, ExportId, MemberId } from '../../src/domain/ids.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import { applyRetention } from '../../src/usecases/apply-retention.ts';
import { saveBreach } from '../../src/usecases/breach-record.ts';
import { changeSettings } from '../../src/usecases/change-setting.ts';
import { listConsentTexts } from '../../src/usecases/consent-texts.ts';
import type { LibraryContext } from '../../src/usecases/context.ts';
import { eraseAgain } from '../../src/usecases/erase-again.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { mergeMembers } from '../../src/usecases/merge-members.ts';
import { readViewsOf } from '../../src/usecases/read-views.ts';
import { countDue, RETENTION_RULES } from '../../src/usecases/retention-rules.ts';
import { askRight, countRequests } from '../../src/usecases/rights-request.ts';
import { allowService, narrowService, stopService } from '../../src/usecases/service-member.ts';
import { writeErasures } from '../../src/usecases/write-erasures.ts';
import { createTestApp, type SessionCookie, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { applicantOf, approvedMember, givePhoto, memberNamed, scopeOfRole } from '../support/members.ts';
import { fieldsOf } from '../support/page-form.ts';
import { textOfPdf } from '../support/pdf-text.ts';
import { serviceNamed } from '../support/services.ts';

let database: TestDatabase;
let site: TestApp;
let library: LibraryContext;
let head: SessionCookie;
let desk: SessionCookie;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  const found = await loadLibrary(database.db, 'jateng', site.clock.now);
  if (!found) throw new Error('not seeded');
  library = found;
  head = await site.signIn('jateng', 'subkoordinator');
  desk = await site.signIn('jateng', 'petugas');
});
afterAll(() => database.drop());

const scope = () => scopeOfRole(library, site.deps, ['sub_koordinator']);
const member = (name: string, changes = {}) => memberNamed(database, site.deps, scope(), name, changes);
const here = <T>(work: Parameters<typeof inLibrary<T>>[2]) => inLibrary(database.db, library.id, work);
const read = async (path: string, cookie?: SessionCookie) => {
  const answer = await site.request(path, cookie ? { headers: { cookie: cookie.header } } : {});
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
};

const applicant = (name: string, changes = {}) => applicantOf(database, site.deps, scope(), name, changes);
/** Whole, of a sample person. */
const NIK = /99010[0-9]{11}/;

async function ktaOf(memberId: MemberId): Promise<string> {
  const card = await inLibrary(database.db, library.id, (tx) =>
    tx
      .selectFrom('card')
      .select(['id', 'access_generation'])
      .where('member_id', '=', memberId)
      .executeTakeFirstOrThrow(),
  );
  return site.deps.vault.token(library.id, 'kta', card.id, card.access_generation);
}

it('the KTA and the page of the case lead to what is held; nobody else finds it, and neither opens with the secret of the other', async () => {
  const kta = await ktaOf(await member('Contoh Pemilik', { phone: '+628123456700' }));
  const { token } = await applicant('Contoh Pemohon');
  for (const [way, other, secret] of [
    ['kta', 'permohonan', kta],
    ['permohonan', 'kta', token],
  ] as const) {
    expect((await read(`/jateng/${way}/${secret}`)).text).toContain(`/jateng/data-saya/${way}/${secret}`);
    expect((await read(`/jateng/data-saya/${way}/AAAAAAAAAAAAAAAAAAAAAA`)).status).toBe(404);
    expect((await read(`/banyuwangi/data-saya/${way}/${secret}`)).status).toBe(404);
    expect((await read(`/jateng/data-saya/${other}/${secret}`)).status).toBe(404);
  }
});

const agreed = () => library.settings.consents.version;

/** Both addresses of the page: a member's, and that of an applicant who is none. */
const WAYS = {
  kta: async (name: string) => {
    const memberId = await member(name, { phone: '+628123456701', consentVersion: agreed() });
    return { base: `/jateng/data-saya/kta/${await ktaOf(memberId)}`, mine: { member_id: memberId } };
  },
  permohonan: async (name: string) => {
    const { token, applicationId } = await applicant(name, {
      phone: '+628123456702',
      consentVersion: agreed(),
    });
    return { base: `/jateng/data-saya/permohonan/${token}`, mine: { application_id: applicationId } };
  },
} as const;

describe.each(Object.entries(WAYS))('the person’s own page by the way %s', (way, open) => {
  it('shows what is held, masked, with the texts that were agreed to, kept by no browser or search engine', async () => {
    const { base } = await open(`Contoh Lihat ${way}`);
    const page = await read(base);
    expect(page.status).toBe(200);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('x-robots-tag')).toContain('noindex');
    expect(page.text).toContain(`Contoh Lihat ${way}`);
    expect(page.text).toContain(library.settings.consents.acknowledgement.id);
    expect(page.text).not.toMatch(NIK);
  });

  it('gives the download, masked, as JSON and as a PDF, and takes it down as answered', async () => {
    const { base } = await open(`Contoh Unduh ${way}`);
    const json = await read(`${base}/data.json`);
    expect(json.headers.get('content-disposition')).toContain('data-saya.json');
    const data = JSON.parse(json.text);
    expect(data).toMatchObject({ numbers: 'masked', person: { name: `Contoh Unduh ${way}` } });
    expect(data.membership === null).toBe(way === 'permohonan');
    expect(data.applications).toHaveLength(1);
    expect(data.consents.length).toBeGreaterThan(0);
    expect(json.text).not.toMatch(NIK);
    const pdf = await site.request(`${base}/data.pdf`);
    expect(pdf.headers.get('content-type')).toBe('application/pdf');
    const text = await textOfPdf(Buffer.from(await pdf.arrayBuffer()));
    expect(text).toContain(`Contoh Unduh ${way}`);
    expect(text).toContain(`Teks versi ${agreed()}`);
    expect(text).not.toMatch(NIK);
    expect((await read(base)).text).toContain('Salinannya telah diserahkan.');
  });

  it('takes a consent back and gives it again, in the ledger for good', async () => {
    const { base, mine } = await open(`Contoh Tarik ${way}`);
    const answer = (jawaban: string) =>
      site.post(`${base}/persetujuan`, {
        tujuan: 'photo_on_card',
        jawaban,
        versi: library.settings.consents.version,
      });
    expect((await answer('tidak')).headers.get('location')).toContain('persetujuan=tarik-photo_on_card');
    expect((await answer('ya')).headers.get('location')).toContain('persetujuan=beri-photo_on_card');
    const [column, id] = Object.entries(mine)[0] ?? ['', ''];
    const words = await here(async (tx) => {
      const { rows } = await sql<{ given: boolean; withdrawn: boolean }>`
        select given, withdrawn_at is not null as withdrawn from consent
        where purpose = 'photo_on_card' and ${sql.ref(column)} = ${id} order by recorded_at, id`.execute(tx);
      return rows;
    });
    expect(words.filter(({ withdrawn }) => !withdrawn)).toEqual([{ given: true, withdrawn: false }]);
    expect(words.length).toBeGreaterThan(1);
    expect((await read(base)).text).toContain('Penarikan persetujuan');
  });

  it('takes requests to correct and to erase; the office answers, and after the erasure only that is left', async () => {
    const name = `Contoh Hapus ${way}`;
    const { base, mine } = await open(name);
    const send = (fields: Record<string, string>) => site.post(`${base}/permintaan`, fields);
    expect((await send({ jenis: 'correct', keterangan: '' })).status).toBe(422);
    expect((await send({ jenis: 'withdraw', keterangan: 'x' })).status).toBe(422);
    expect((await send({ jenis: 'correct', keterangan: 'Nama saya salah eja' })).status).toBe(303);
    expect((await send({ jenis: 'correct', keterangan: 'Sekali lagi' })).status).toBe(409);
    expect((await send({ jenis: 'erase', keterangan: 'Pindah kota' })).status).toBe(303);
    expect((await read(base)).text).toContain('Menunggu jawaban');
    const [column, id] = Object.entries(mine)[0] ?? ['', ''];
    const requests = await here(async (tx) => {
      const { rows } = await sql<{ id: string; kind: string }>`
        select id, kind from rights_request where state = 'open' and ${sql.ref(column)} = ${id}`.execute(tx);
      return new Map(rows.map((row) => [row.kind, `/jateng/permintaan-data/${row.id}`]));
    });
    expect([...requests.keys()].sort()).toEqual(['correct', 'erase']);
    head = await site.signIn('jateng', 'subkoordinator');
    const correct = await read(requests.get('correct') ?? '', head);
    expect(correct.text).toContain('Nama saya salah eja');
    expect(correct.text).toContain(name);
    const done = await site.post(requests.get('correct') ?? '', { putusan: 'done' }, head.header);
    expect(done.status).toBe(303);
    expect((await read(base)).text).toContain('Data telah diperbaiki.');
    const erased = await site.post(
      requests.get('erase') ?? '',
      { putusan: 'done', mengerti: 'on' },
      head.header,
    );
    expect(erased.headers.get('location')).toContain('selesai=hapus');
    const gone = await read(base);
    expect(gone.status).toBe(200);
    expect(gone.text).toContain('Data Anda sudah dihapus');
    expect(gone.text).toContain('Data telah dihapus.');
    expect(gone.text).not.toContain(name);
    expect((await read(`${base}/data.json`)).status).toBe(404);
    expect((await read(`${base}/data.pdf`)).status).toBe(404);
    expect((await send({ jenis: 'access', keterangan: '' })).status).toBe(422);
    const late = await site.post(`${base}/persetujuan`, { tujuan: 'messages', jawaban: 'ya' });
    expect(late.headers.get('location')).toContain('persetujuan=tidak');
    const answered = await read('/jateng/permintaan-data', head);
    expect(answered.text).toContain('data sudah dihapus');
    expect(answered.text).not.toContain(name);
  });
});

it('what an applicant asked who is a member by the time of the answer is done to the membership', async () => {
  const { token, applicationId } = await applicant('Contoh Menjadi');
  const base = `/jateng/data-saya/permohonan/${token}`;
  expect((await site.post(`${base}/permintaan`, { jenis: 'erase', keterangan: 'Batal' })).status).toBe(303);
  const memberId = await approvedMember(database, site.deps, scope(), applicationId);
  head = await site.signIn('jateng', 'subkoordinator');
  const [request] = await here((tx) =>
    tx.selectFrom('rights_request').select('id').where('application_id', '=', applicationId).execute(),
  );
  const own = `/jateng/permintaan-data/${request?.id ?? ''}`;
  expect((await read(own, head)).text).toContain(`/jateng/anggota/${memberId}`);
  const answer = { putusan: 'held', 'alasan-tahan': 'archive' };
  const day = { 'hingga.day': '1', 'hingga.month': '9', 'hingga.year': '2030' };
  expect((await site.post(own, { ...answer, ...day }, head.header)).status).toBe(303);
  // Held, so retention leaves the membership as well.
  await here((tx) =>
    tx
      .updateTable('member')
      .set({ state: 'ended', state_effective_at: new Date('2020-01-01') })
      .where('id', '=', memberId)
      .execute(),
  );
  const rule = RETENTION_RULES.find(({ kind }) => kind === 'erased_members');
  const strict = {
    ...scope(),
    library: {
      ...library,
      settings: { ...library.settings, retention: { ...library.settings.retention, endedMemberMonths: 12 } },
    },
  };
  const due = () => here((tx) => (rule ? countDue(tx, strict, rule) : Promise.resolve(-1)));
  expect(await due()).toBe(0);
  await here((tx) =>
    tx
      .updateTable('rights_request')
      .set({ held_until: '2026-01-01' as PlainDate })
      .where('application_id', '=', applicationId)
      .execute(),
  );
  // The day has come and nobody has answered anew.
  expect(await due()).toBe(0);
  const erased = await site.post(own, { putusan: 'done', mengerti: 'on' }, head.header);
  expect(erased.headers.get('location')).toContain('selesai=hapus');
  const left = await here((tx) =>
    tx.selectFrom('member').select('name').where('id', '=', memberId).executeTakeFirstOrThrow(),
  );
  expect(left.name).toBe('');
  expect((await read(base)).text).toContain('Data Anda sudah dihapus');
});

it('what was written before a merge is read after it: by an applicant, as a member, and on the page of the case since', async () => {
  const winnerId = await member('Contoh Tetap Berdiri');
  const { token, applicationId } = await applicant('Contoh Digabung Kemudian');
  const own = `/jateng/data-saya/permohonan/${token}`;
  const ask = (kind: string, words: string) =>
    site.post(`${own}/permintaan`, { jenis: kind, keterangan: words });
  expect((await ask('correct', 'Ejaan saat memohon')).status).toBe(303);
  const loserId = await approvedMember(database, site.deps, scope(), applicationId);
  expect((await ask('object', 'Keberatan saat menjadi anggota')).status).toBe(303);
  const merged = await mergeMembers(database.db, site.deps, scope(), {
    winnerId,
    loserId,
    take: [],
    reason: 'applied_twice',
  });
  expect(merged).toMatchObject({ ok: true });
  expect((await ask('access', 'Salinan setelah digabung')).status).toBe(303);
  head = await site.signIn('jateng', 'subkoordinator');
  const list = await read('/jateng/permintaan-data', head);
  expect(list.status).toBe(200);
  expect(list.text).toContain('Contoh Tetap Berdiri');
  const requests = await here((tx) =>
    tx
      .selectFrom('rights_request')
      .select(['id', 'kind', 'member_id'])
      .where('application_id', '=', applicationId)
      .orderBy('id')
      .execute(),
  );
  expect(requests.map(({ kind, member_id }) => [kind, member_id])).toEqual([
    ['correct', null],
    ['object', loserId],
    ['access', winnerId],
  ]);
  const words = ['Ejaan saat memohon', 'Keberatan saat menjadi anggota', 'Salinan setelah digabung'];
  for (const [at, { id }] of requests.entries()) {
    const page = await read(`/jateng/permintaan-data/${id}`, head);
    expect(page.status).toBe(200);
    expect(page.text).toContain(words[at]);
  }
  const first = `/jateng/permintaan-data/${requests[0]?.id ?? ''}`;
  expect((await read(first, head)).text).toContain(`/jateng/anggota/${winnerId}`);
  const undecided = await site.post(first, { putusan: 'refused' }, head.header);
  expect(undecided.status).toBe(422);
  expect(await undecided.text()).toContain(words[0]);
  for (const { id } of requests)
    expect((await site.post(`/jateng/permintaan-data/${id}`, { putusan: 'done' }, head.header)).status).toBe(
      303,
    );
  expect((await read('/jateng/permintaan-data', head)).status).toBe(200);
});

it('the download holds every visit, everybody who looked, and the photo, as JSON and in print; the page leads to all of them', async () => {
  const id = await member('Contoh Rajin');
  const jpeg = await sharp({ create: { width: 30, height: 40, channels: 3, background: '#33508a' } })
    .jpeg()
    .toBuffer();
  await givePhoto(database, site.deps, scope(), id, jpeg);
  const other = await member('Contoh Lain');
  await inLibrary(database.db, library.id, async (tx) => {
    const point = library.servicePoints[0]?.id;
    for (const [who, times] of [
      [id, 1_203],
      [other, 2],
    ] as const)
      await sql`insert into visit (library_id, id, submit_key, at, day, kind, purpose, member_id, service_point_id)
        select ${library.id}, gen_random_uuid(), uuid_send(gen_random_uuid()),
          ${site.deps.now()}::timestamptz - make_interval(days => n), current_date, 'member', 'read', ${who}, ${point}
        from generate_series(1, ${times}) n`.execute(tx);
    await sql`insert into audit_log (library_id, id, at, actor_kind, actor_id, action, subject_kind, subject_id, purpose, request_id)
      select ${library.id}, gen_random_uuid(), ${site.deps.now()}::timestamptz - make_interval(hours => n), 'officer',
        '01890000-0000-7000-8000-00000000000a', 'member.view', 'member', ${id}, 'view_member', 't'
      from generate_series(1, 612) n`.execute(tx);
  });
  const base = `/jateng/data-saya/kta/${await ktaOf(id)}`;
  const data = JSON.parse((await read(`${base}/data.json`)).text);
  expect(data.visits.length).toBe(1_203);
  expect(data.read_by.length).toBe(612);
  expect(data.photo.media_type).toBe('image/jpeg');
  expect(Buffer.from(data.photo.base64, 'base64').equals(jpeg)).toBe(true);
  const pdf = Buffer.from(await (await site.request(`${base}/data.pdf`)).arrayBuffer());
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  const text = await textOfPdf(pdf);
  expect(text.match(/Data anggota \(/g)).toHaveLength(612);
  expect(text.match(/\bread\b/g)).toHaveLength(1_203);
  expect(text).toContain('Foto Anda ada di berkas JSON.');
  // By pages of a hundred from the newest to the oldest, none twice and none left out.
  const seen: string[] = [];
  let next: string | undefined = base;
  while (next !== undefined) {
    const page: string = (await read(next)).text;
    seen.push(...[...page.matchAll(/dp-timeline__meta">([^<]+ · [^<]+)</g)].map((one) => one[1] ?? ''));
    next = /href="([^"]+\/dibaca\?sebelum=[0-9a-f-]{36})"/.exec(page)?.[1];
  }
  expect(seen.length).toBe(612);
  expect(new Set(seen).size).toBe(612);
  // A cursor of somebody else's list shows nothing of theirs, and what is no cursor the newest.
  const foreign = randomUUID();
  await inLibrary(database.db, library.id, (tx) =>
    sql`insert into audit_log (library_id, id, at, actor_kind, actor_id, action, subject_kind, subject_id, purpose, request_id)
      values (${library.id}, ${foreign}, ${site.deps.now()}, 'officer', '01890000-0000-7000-8000-00000000000a',
        'member.view', 'member', ${other}, 'view_member', 't')`.execute(tx),
  );
  expect((await read(`${base}/dibaca?sebelum=${foreign}`)).text).toContain('Tidak ada yang sebelumnya');
  expect((await read(`${base}/dibaca?sebelum=x`)).text).toContain('dp-timeline__meta');
  expect((await read('/jateng/data-saya/kta/AAAAAAAAAAAAAAAAAAAAAA/dibaca')).status).toBe(404);
  // The page counts all of them as well.
  expect((await read(base)).text).toMatch(/Kunjungan tercatat[\s\S]{0,80}1203/);
});

it('the download says which services knew the person, and which lending systems were given what and when', async () => {
  const id = await member('Contoh Diberitahukan');
  const token = await ktaOf(id);
  const clientId = (await serviceNamed(database, site, library)).id as ClientId;
  await allowService(database.db, site.deps, scope(), { memberId: id, clientId, scopes: ['membership'] });
  await stopService(database.db, site.deps, scope(), { memberId: id, clientId });
  const at = site.deps.now();
  // One that was narrowed later stands, and is among those that ended no more than any other that stands.
  const stands = { memberId: id, clientId: (await serviceNamed(database, site, library)).id as ClientId };
  const scopes = ['profile', 'membership'] as const;
  await allowService(database.db, site.deps, scope(), { ...stands, scopes });
  await narrowService(
    database.db,
    site.deps,
    { ...scope(), at: new Date(at.getTime() + 86_400_000) },
    { ...stands, part: 'profile' },
  );
  const exportId = randomUUID() as ExportId;
  await inLibrary(database.db, library.id, async (tx) => {
    const common = { library_id: library.id, target: 'slims-db' as const };
    await tx
      .insertInto('export')
      .values({
        ...common,
        id: exportId,
        changed_only: false,
        state: 'done',
        identity_numbers: true,
        started_at: at,
        finished_at: at,
        started_by: null,
        feed: true,
      })
      .execute();
    await tx
      .insertInto('export_row')
      .values({ ...common, member_id: id, export_id: exportId, version: 1, sent: true })
      .execute();
  });
  const data = JSON.parse((await read(`/jateng/data-saya/kta/${token}/data.json`)).text);
  expect(data.services).toMatchObject([{ scopes: ['membership'], since: at.toISOString() }]);
  expect(data.ended_services).toMatchObject([
    { name: 'Buku Contoh', scopes: ['membership'], ended_at: at.toISOString() },
  ]);
  expect(data.sent_to).toEqual([{ system: 'slims-db', at: at.toISOString(), identity_numbers: true }]);
  const pdf = await site.request(`/jateng/data-saya/kta/${token}/data.pdf`);
  expect(pdf.status).toBe(200);
});

it('a request has 72 hours, is answered by the Sub Koordinator, and the answer stands on the person’s page', async () => {
  const memberId = await member('Contoh Meminta');
  const token = await ktaOf(memberId);
  const base = `/jateng/data-saya/kta/${token}`;
  const missing = await site.post(`${base}/permintaan`, { jenis: 'correct', keterangan: '' });
  expect(missing.status).toBe(422);
  const asked = await site.post(`${base}/permintaan`, { jenis: 'erase', keterangan: 'Pindah kota' });
  expect(asked.status).toBe(303);
  const again = await site.post(`${base}/permintaan`, { jenis: 'erase', keterangan: '' });
  expect(again.status).toBe(409);
  expect((await read('/jateng/permintaan-data', desk)).status).toBe(404);
  const list = await read('/jateng/permintaan-data', head);
  expect(list.text).toContain('3 hari lagi');
  const id = /permintaan-data\/([0-9a-f-]{36})/.exec(list.text)?.[1] ?? '';
  const looks = async () => {
    await settled(database.db);
    const views = await readViewsOf(database.db, site.deps, scope(), { kind: 'member', id: memberId });
    return views.map(({ action, purpose }) => [action, purpose]);
  };
  // The list is lines; the request itself, with the person's words, is a look that the person sees.
  expect(await looks()).toEqual([]);
  expect((await read(`/jateng/permintaan-data/${id}`, head)).text).toContain('Pindah kota');
  expect(await looks()).toEqual([['member.view', 'request']]);

  // A year is proposed, and without a day it would never come back.
  expect((await read(`/jateng/permintaan-data/${id}`, head)).text).toMatch(
    /name="hingga.day"[^>]*value="2"[\s\S]*name="hingga.year"[^>]*value="2027"/,
  );
  const dayless = await site.post(
    `/jateng/permintaan-data/${id}`,
    { putusan: 'held', 'alasan-tahan': 'archive' },
    head.header,
  );
  expect(dayless.status).toBe(422);
  expect(await dayless.text()).toContain('Tulis hingga tanggal berapa ditahan.');
  const held = await site.post(
    `/jateng/permintaan-data/${id}`,
    {
      putusan: 'held',
      'alasan-tahan': 'archive',
      'hingga.day': '1',
      'hingga.month': '4',
      'hingga.year': '2026',
    },
    head.header,
  );
  expect(held.status).toBe(303);
  expect((await read(base)).text).toContain(
    'Ditahan karena retensi arsip, hingga 1 April 2026, lalu ditinjau kembali.',
  );
  expect((await countRequests(database.db, scope())).open).toBe(0);
  site.clock.now = new Date('2026-04-02T02:00:00Z');
  head = await site.signIn('jateng', 'subkoordinator');
  // The day has come: it waits again, and is late.
  expect(await countRequests(database.db, scope())).toEqual({ open: 1, late: 1 });
  const unconfirmed = await site.post(`/jateng/permintaan-data/${id}`, { putusan: 'done' }, head.header);
  expect(unconfirmed.status).toBe(422);
  const erased = await site.post(
    `/jateng/permintaan-data/${id}`,
    { putusan: 'done', mengerti: 'on' },
    head.header,
  );
  expect(erased.headers.get('location')).toContain('selesai=hapus');
  const gone = await read(base);
  expect(gone.text).toContain('Data Anda sudah dihapus');
  expect(gone.text).not.toContain('Contoh Meminta');
  expect((await read(`/jateng/kta/${token}`)).status).toBe(410);
  expect((await read(`${base}/data.json`)).status).toBe(404);
});

it('an officer takes a request at the counter for somebody without a phone', async () => {
  desk = await site.signIn('jateng', 'petugas');
  const memberId = await member('Contoh Loket');
  expect((await read(`/jateng/anggota/${memberId}`, desk)).text).toContain('Catat permintaan atas datanya');
  const taken = await site.post(
    `/jateng/anggota/${memberId}/permintaan`,
    { jenis: 'access', keterangan: '' },
    desk.header,
  );
  expect(taken.headers.get('location')).toContain('hak=minta');
  expect((await read('/jateng/permintaan-data', head)).text).toContain('Contoh Loket');
});

it('at 18 the member is asked for a consent of their own; the guardian’s stands until they answer', async () => {
  const memberId = await member('Contoh Remaja', {
    birthDate: '2008-05-01' as PlainDate,
    guardian: { name: 'Contoh Wali', relation: 'mother', phone: null, consented: true },
  });
  const token = await ktaOf(memberId);
  const base = `/jateng/data-saya/kta/${token}`;
  await applyRetention(database.db, site.deps, library);
  expect((await read(`/jateng/kta/${token}`)).text).not.toContain('Kini persetujuan Anda sendiri');
  site.clock.now = new Date('2026-05-01T02:00:00Z');
  desk = await site.signIn('jateng', 'petugas');
  expect(await applyRetention(database.db, site.deps, library)).toMatchObject({ asked: 1 });
  expect(await applyRetention(database.db, site.deps, library)).toMatchObject({ asked: 0 });
  expect((await read(`/jateng/kta/${token}`)).text).toContain('Kini persetujuan Anda sendiri');
  expect((await read(`/jateng/anggota/${memberId}`, desk)).text).toContain('Catat persetujuannya sendiri');
  expect((await read(base)).text).toContain('Disetujui');
  const unread = await site.post(`${base}/persetujuan-sendiri`, { versi: library.settings.consents.version });
  expect(unread.status).toBe(422);
  const answered = await site.post(`${base}/persetujuan-sendiri`, {
    versi: library.settings.consents.version,
    dibaca: 'on',
    photo_on_card: 'tidak',
    messages: 'ya',
  });
  expect(answered.headers.get('location')).toContain('kabar=sendiri');
  const after = await read(base);
  expect(after.text).not.toContain('Kini persetujuan Anda sendiri');
  const words = await inLibrary(database.db, library.id, (tx) =>
    tx
      .selectFrom('consent')
      .select(['purpose', 'given', 'by_guardian', 'text_lang'])
      .where('member_id', '=', memberId)
      .where('withdrawn_at', 'is', null)
      .orderBy('purpose')
      .execute(),
  );
  expect(words).toEqual([
    { purpose: 'acknowledgement', given: true, by_guardian: false, text_lang: 'id' },
    { purpose: 'messages', given: true, by_guardian: false, text_lang: 'id' },
    { purpose: 'photo_on_card', given: false, by_guardian: false, text_lang: 'id' },
  ]);
});

it('a text that is changed is kept beside the one people agreed to before', async () => {
  const admin = scopeOfRole(library, site.deps, ['admin']);
  const { consents } = library.settings;
  const changed = await changeSettings(database.db, site.deps, admin, {
    changes: { consents: { ...consents, acknowledgement: { id: 'Teks yang baru.', en: 'A new text.' } } },
    version: null,
  });
  expect(changed).toMatchObject({ ok: true, changed: ['consents'] });
  const kept = (await listConsentTexts(database.db, admin)).filter(
    (text) => text.purpose === 'acknowledgement' && text.lang === 'id',
  );
  expect(kept.map((text) => text.content).sort()).toEqual(
    ['Teks yang baru.', consents.acknowledgement.id].sort(),
  );
  const denied = inLibrary(database.db, library.id, (tx) =>
    tx.updateTable('consent_text').set({ content: 'lain' }).execute(),
  );
  await expect(denied).rejects.toThrow(/permission denied/);
});

it('retention shows what it will delete, deletes in batches, and reports it', async () => {
  const admin = await site.signIn('jateng', 'admin');
  const ids = await inLibrary(database.db, library.id, async (tx) => {
    const point = library.servicePoints[0]?.id;
    if (!point) throw new Error('no service point');
    const rows = Array.from({ length: 7 }, (_, index) => ({
      library_id: library.id,
      id: site.deps.uuid(site.clock.now) as never,
      submit_key: Buffer.from(`lama ${index}`),
      at: new Date('2020-01-06T02:00:00Z'),
      day: '2020-01-06' as PlainDate,
      kind: 'non_member' as const,
      member_id: null,
      purpose: 'BACA',
      service_point_id: point,
      device_id: null,
      officer_id: null,
      name: `Contoh Tamu ${index}`,
      sex: null,
      education: null,
      occupation: null,
      institution: null,
      group_phone: null,
      group_counts: null,
    }));
    await tx.insertInto('visit').values(rows).execute();
    return rows.map((row) => row.id);
  });
  const preview = await read('/jateng/pengaturan/retensi/laporan', admin);
  expect(preview.text).toContain('7 nama di buku tamu');
  const some = await applyRetention(database.db, site.deps, library, { batch: 2, batches: 2 });
  expect(some).toMatchObject({ complete: false });
  expect(await applyRetention(database.db, site.deps, library)).toMatchObject({ complete: true });
  const report = await read('/jateng/pengaturan/retensi/laporan', admin);
  expect(report.text).toContain('Tidak ada yang melewati masa simpannya');
  expect(report.text).toContain('4 nama di buku tamu');
  const traces = await inLibrary(database.db, library.id, (tx) =>
    tx
      .selectFrom('audit_log')
      .select('subject_id')
      .where('action', '=', 'visit.erase')
      .where('subject_id', 'in', ids as string[])
      .execute(),
  );
  expect(traces).toHaveLength(7);
});

it('a breach is recorded with its deadline, both notices drafted, and closed only when both were sent', async () => {
  const admin = await site.signIn('jateng', 'admin');
  const base = '/jateng/pengaturan/pelanggaran';
  expect((await site.post(base, { title: '' }, admin.header)).status).toBe(422);
  const empty = fieldsOf((await read(`${base}/baru`, admin)).text, base);
  const typed = {
    title: 'Laptop loket hilang',
    'ditemukan.day': '30',
    'ditemukan.month': '4',
    'ditemukan.year': '2026',
    pukul: '14.30',
    happened: 'Diambil dari meja loket.',
    cause: 'Ruang tidak dikunci.',
    dataKinds: ['name', 'address'],
    persons: '120',
    measures: 'Sesi diakhiri, kata sandi diganti.',
    contact: 'Loket',
  };
  const send = (more: object = {}) => site.post(base, { ...empty, ...typed, ...more }, admin.header);
  const saved = await send();
  expect(saved.status).toBe(303);
  const own = (saved.headers.get('location') ?? '').split('?')[0] ?? '';
  expect((await send()).headers.get('location')).toBe(saved.headers.get('location'));
  const recorded = await inLibrary(database.db, library.id, (tx) =>
    tx.selectFrom('audit_log').select('id').where('action', '=', 'breach.record').execute(),
  );
  expect(recorded).toHaveLength(1);
  // Put right before the first answer came: those are the words that count, and after them nobody's.
  expect((await send({ persons: '121' })).status).toBe(303);
  expect((await read(own, admin)).text).toContain('121');
  expect((await send({ persons: '122' })).status).toBe(409);
  const page = await read(own, admin);
  expect(page.text).toContain('3 Mei 2026');
  const notice = await read(`${own}/persons.txt`, admin);
  expect(notice.text).toContain('Pasal 46');
  expect(notice.text).toContain('Nama');
  const pdf = await site.request(`${own}/authority.pdf`, { headers: { cookie: admin.header } });
  expect(pdf.headers.get('content-type')).toBe('application/pdf');
  const early = await site.post(`${own}/langkah`, { langkah: 'close' }, admin.header);
  expect(early.headers.get('location')).toContain('selesai=0');
  for (const step of ['persons', 'authority', 'close'])
    expect(
      (await site.post(`${own}/langkah`, { langkah: step }, admin.header)).headers.get('location'),
    ).toContain('selesai=1');
  expect((await read(own, admin)).text).toContain('Selesai');
});

it('a name of one word in other records is looked at before an erasure ends, and the answer says what was looked at', async () => {
  const memberId = await member('Bulan');
  const admin = scopeOfRole(library, site.deps, ['admin']);
  const breachOf = async (title: string, happened: string): Promise<string> => {
    const saved = await saveBreach(database.db, site.deps, admin, {
      id: null,
      version: undefined,
      title,
      foundAt: site.deps.now(),
      happened,
      cause: 'Kelalaian.',
      dataKinds: [BREACH_DATA[0] ?? ''],
      persons: '1',
      measures: 'Dicari.',
      contact: 'Perpustakaan',
    });
    if (!saved.ok) throw new Error(saved.reason);
    return saved.id;
  };
  const month = await breachOf('Laptop hilang', 'Sejak bulan Maret tidak ditemukan; Ibu Bulan melapor.');
  const person = await breachOf('Berkas bulan tercecer', 'Berkas itu milik bulan.');
  const other = await breachOf('Surat salah kirim', 'Surat untuk Bulandari.');
  const moon = await breachOf('Daftar terbuka', 'Bulan lalu daftar itu masih tertutup.');
  const { before, recorded } = await here(async (tx) => ({
    before: await tx.selectFrom('member').selectAll().where('id', '=', memberId).executeTakeFirstOrThrow(),
    recorded: await tx.selectFrom('breach').select(['id', 'title', 'happened']).execute(),
  }));
  const asked = await askRight(database.db, site.deps, scope(), {
    by: 'counter',
    memberId,
    kind: 'erase',
    words: '',
  });
  if (!asked.ok) throw new Error(asked.reason);
  head = await site.signIn('jateng', 'subkoordinator');
  const path = `/jateng/permintaan-data/${asked.id}`;
  // Whoever looks waits for nobody, and lets nobody wait.
  const shown = await here(async (tx) => {
    await tx.selectFrom('member').select('id').where('id', '=', memberId).forUpdate().execute();
    await tx.selectFrom('breach').select('id').forUpdate().execute();
    return Promise.race([read(path, head), pass(5_000)]);
  });
  if (!shown) throw new Error('the page waited for a lock');
  const page = shown.text;
  expect(page).toContain('Sejak bulan Maret tidak ditemukan');
  expect(page).toContain(`sebut.breach/${person}`);
  expect(page).not.toContain('Bulandari');

  const answer = { putusan: 'done', mengerti: 'on' };
  const half = await site.post(path, { ...answer, [`sebut.breach/${month}`]: 'biarkan' }, head.header);
  expect(half.status).toBe(422);
  expect(await half.text()).toContain('Pilih dahulu untuk setiap catatan');
  const whole = await site.post(
    path,
    {
      ...answer,
      [`sebut.breach/${month}`]: 'biarkan',
      [`sebut.breach/${person}`]: 'ambil',
      [`sebut.breach/${moon}`]: 'biarkan',
    },
    head.header,
  );
  const report = await read(whole.headers.get('location') ?? '', head);
  expect(report.text).toMatch(/diperiksa: \d+\. Namanya dihapus dari 2, kata yang sama dibiarkan di 2\./);
  const texts = async () => {
    const rows = await here((tx) => tx.selectFrom('breach').select(['id', 'title', 'happened']).execute());
    return new Map(rows.map(({ id, title, happened }) => [id, `${title}: ${happened}`]));
  };
  const decided = await texts();
  expect(decided.get(month)).toBe('Laptop hilang: Sejak bulan Maret tidak ditemukan; Ibu [dihapus] melapor.');
  expect(decided.get(person)).toBe('Berkas [dihapus] tercecer: Berkas itu milik [dihapus].');
  expect(decided.get(other)).toContain('Bulandari');
  expect(decided.get(moon)).toContain('Bulan lalu');
  const logged = await inLibrary(database.db, library.id, (tx) =>
    tx
      .selectFrom('audit_log')
      .select('fields')
      .where('action', '=', 'member.erase')
      .where('subject_id', '=', memberId)
      .executeTakeFirst(),
  );
  // Names only: the log goes to other systems, and figures are values.
  expect(logged?.fields).toEqual(['breach']);

  // A backup of before comes back, and nobody is asked again.
  const folder = await mkdtemp(join(tmpdir(), 'daftar-decided-'));
  try {
    await writeErasures(database.db, { ...site.deps, keepErasures: erasureFile([folder]) }, library.id);
    await inLibrary(database.owner, library.id, async (tx) => {
      const { name, name_key, person_key, number } = before;
      await tx
        .updateTable('member')
        .set({ name, name_key, person_key, number })
        .where('id', '=', memberId)
        .execute();
      for (const { id, title, happened } of recorded)
        await tx.updateTable('breach').set({ title, happened }).where('id', '=', id).execute();
      await tx.deleteFrom('erasure_list').where('subject', '=', memberId).execute();
    });
    expect(await texts()).not.toEqual(decided);
    expect(await eraseAgain(database.db, site.deps, (await readErasureFile(folder)).entries)).toMatchObject({
      erased: 1,
    });
    expect(await texts()).toEqual(decided);
  } finally {
    await rm(folder, { recursive: true });
  }
});
