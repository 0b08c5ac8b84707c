import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import { changeSettings } from '../../src/usecases/change-setting.ts';
import { endMember } from '../../src/usecases/end-member.ts';
import { readConsents } from '../../src/usecases/read-consents.ts';
import { type Counter, type CounterOfficer, openCounter } from '../support/counter.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { memberNamed } from '../support/members.ts';

let database: TestDatabase;
let counter: Counter;
let officer: CounterOfficer;
beforeAll(async () => {
  database = await createTestDatabase();
  counter = await openCounter(database, 'banyuwangi');
  officer = await counter.officer('petugas');
});
afterAll(() => database.drop());

const make = (name: string, changes = {}): Promise<MemberId> =>
  memberNamed(database, counter.deps, officer.scope(), name, changes);
const page = (id: MemberId) => `/banyuwangi/anggota/${id}/persetujuan`;
const standing = async (id: MemberId, purpose: string) =>
  (await readConsents(database.db, officer.scope(), { memberId: id }))?.consents.find(
    (one) => one.purpose === purpose,
  )?.standing;
const version = () => counter.library.settings.consents.version;

describe('the consents of a member', () => {
  it('are recorded by an officer at the counter, and shown with text, time, channel and the officer', async () => {
    const id = await make('Contoh Setuju');
    const answer = await officer.post(page(id), {
      tujuan: 'messages',
      teks: version(),
      saluran: 'counter',
      jawaban: 'tidak',
    });
    expect(answer.status).toBe(303);
    expect(await standing(id, 'messages')).not.toBe('given');
    counter.pass(60);
    const given = await officer.post(page(id), {
      tujuan: 'messages',
      teks: version(),
      saluran: 'paper',
      jawaban: 'setuju',
    });
    expect(given.headers.get('location')).toContain('selesai=setuju-messages');
    expect(await standing(id, 'messages')).toBe('given');
    const html = await (await officer.page(`/banyuwangi/anggota/${id}`)).text();
    expect(html).toContain(`teks ${version()}, lewat lembar bertanda tangan, dicatat ${officer.name}`);
    expect(html).toContain(page(id));
    const audited = await counter.audited('consent.give');
    expect(audited.at(-1)).toMatchObject({ actor_id: officer.id, fields: ['consent_messages'] });
  });

  it('are withdrawn at the counter with a row of its own; nothing earlier is overwritten', async () => {
    const id = await make('Contoh Tarik');
    for (const jawaban of ['setuju', 'tidak']) {
      counter.pass(60);
      await officer.post(page(id), { tujuan: 'photo_on_card', teks: version(), saluran: 'counter', jawaban });
    }
    expect(await standing(id, 'photo_on_card')).toBe('withdrawn');
    const rows = await inLibrary(database.db, counter.library.id, (tx) =>
      tx
        .selectFrom('consent')
        .select(['given', 'channel', 'recorded_by'])
        .where('member_id', '=', id)
        .where('purpose', '=', 'photo_on_card')
        .orderBy('recorded_at')
        .orderBy('id')
        .execute(),
    );
    expect(rows.slice(-2)).toEqual([
      { given: true, channel: 'desk', recorded_by: officer.id },
      { given: false, channel: 'desk', recorded_by: officer.id },
    ]);
    const html = await (await officer.page(page(id))).text();
    expect(html).toContain('Catat persetujuan');
    expect(html).not.toContain('Catat penarikan');
  });

  it('of a child are the guardian’s word, and the page says so at its box', async () => {
    const id = await make('Contoh Anak', { birthDate: '2015-01-02' as PlainDate });
    const fields = { tujuan: 'photo_on_card', teks: version(), saluran: 'counter', jawaban: 'setuju' };
    const refused = await officer.post(page(id), fields);
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain('href="#wali-photo_on_card"');
    expect((await officer.post(page(id), { ...fields, wali: 'ya' })).status).toBe(303);
    expect(await standing(id, 'photo_on_card')).toBe('given');
  });

  it('to a text that was changed in between are not recorded', async () => {
    const id = await make('Contoh Teks Lama');
    const before = version();
    const { consents } = counter.library.settings;
    const admin = await counter.officer('admin');
    const changed = await changeSettings(database.db, counter.deps, admin.scope(), {
      version: null,
      changes: {
        consents: {
          ...consents,
          acknowledgement: { id: 'Saya telah membaca semuanya.', en: 'I have read it all.' },
        },
      },
    });
    expect(changed.ok).toBe(true);
    counter.deps.libraries.forget('banyuwangi');
    const fields = { tujuan: 'messages', teks: before, saluran: 'counter', jawaban: 'setuju' };
    const answer = await officer.post(page(id), fields);
    expect(answer.status).toBe(409);
    expect(await answer.text()).toContain('Belum ada yang dicatat');
  });

  it('can be given to no membership that has ended', async () => {
    const id = await make('Contoh Berhenti');
    const coordinator = await counter.officer('subkoordinator');
    const ended = await endMember(database.db, counter.deps, coordinator.scope(), {
      memberId: id,
      reason: 'request',
      effectiveOn: null,
    });
    expect(ended.ok).toBe(true);
    const library = await counter.deps.libraries.find('banyuwangi');
    const answer = await officer.post(page(id), {
      tujuan: 'messages',
      teks: library?.settings.consents.version ?? '',
      saluran: 'counter',
      jawaban: 'setuju',
    });
    expect(answer.status).toBe(422);
  });

  it('are for those who work with members: a Kepala Bidang sees none of them', async () => {
    const id = await make('Contoh Disamarkan');
    const head = await counter.officer('kabid');
    const html = await (await head.page(`/banyuwangi/anggota/${id}`)).text();
    expect(html).not.toContain('id="persetujuan"');
    expect((await head.page(page(id))).status).not.toBe(200);
  });
});
