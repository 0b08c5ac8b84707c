import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ApplicationId } from '../../src/domain/ids.ts';
import { answerCorrection } from '../../src/usecases/answer-correction.ts';
import { attachPhoto } from '../../src/usecases/attach-photo.ts';
import { issueTicket } from '../../src/usecases/queue-ticket.ts';
import { readCase } from '../../src/usecases/read-case.ts';
import { saveDraft } from '../../src/usecases/save-draft.ts';
import { type Counter, type CounterOfficer, openCounter } from '../support/counter.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { fieldsOf } from '../support/page-form.ts';

let database: TestDatabase;
let photo: Uint8Array;
beforeAll(async () => {
  database = await createTestDatabase();
  photo = await sharp({ create: { width: 600, height: 800, channels: 3, background: '#a33' } })
    .jpeg()
    .toBuffer();
});
afterAll(() => database.drop());

/** Posts what the page's primary button posts, and counts it as one act. */
async function pressPrimary(officer: CounterOfficer, path: string): Promise<string> {
  const html = await (await officer.page(path)).text();
  const forms = [...html.matchAll(/<form\b[^>]*action="([^"]+)"[^>]*>([\s\S]*?)<\/form>/g)];
  for (const [, action = '', body = ''] of forms) {
    const button = /<button\b[^>]*aria-keyshortcuts="Enter"[^>]*>/.exec(body)?.[0];
    if (button === undefined) continue;
    const fields: Record<string, string> = {};
    for (const [input] of body.matchAll(/<input\b[^>]*type="hidden"[^>]*>/g))
      fields[attribute(input, 'name')] = attribute(input, 'value');
    const name = attribute(button, 'name');
    if (name !== '') fields[name] = attribute(button, 'value');
    const answer = await officer.post(attribute(button, 'formaction') || action, fields);
    expect(answer.status, action).toBe(303);
    return answer.headers.get('location') ?? '';
  }
  throw new Error(`no primary button on ${path}`);
}

function attribute(tag: string, name: string): string {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
}

describe.each(['banyuwangi', 'jateng'] as const)('a clean case filled on a phone, at %s', (slug) => {
  let counter: Counter;
  let officer: CounterOfficer;
  beforeAll(async () => {
    counter = await openCounter(database, slug);
    officer = await counter.officer('petugas');
  });

  it('takes the officer four acts: scan, identity, photo, approve and print', async () => {
    const { applicationId, ticketCode } = await counter.fromPhone('Contoh Bersih');
    await attachPhoto(database.db, counter.deps, counter.citizen(), {
      applicationId,
      jpeg: photo,
      startedAt: null,
      source: 'status_page',
    });
    let acts = 0;
    const scanned = await officer.post(`/${slug}/loket/pindai`, { kode: ticketCode });
    let path = scanned.headers.get('location') ?? '';
    acts++;
    while ((await counter.row(applicationId)).state === 'in_review') {
      counter.pass(20);
      path = await pressPrimary(officer, path);
      acts++;
    }
    expect(acts).toBe(4);
    const row = await counter.row(applicationId);
    expect(row.state === 'approved' || row.state === 'completed').toBe(true);
    expect(row.member_id).not.toBeNull();
    expect(row.done_acts).toEqual(
      expect.arrayContaining(['arrive', 'see_identity', 'cross_check', 'photo', 'issue_card']),
    );
  });
});

describe('the counter', () => {
  let counter: Counter;
  let officer: CounterOfficer;
  beforeAll(async () => {
    counter = await openCounter(database, 'banyuwangi');
    officer = await counter.officer('petugas');
  });
  beforeEach(() => counter.pass(60));
  const loket = (id: ApplicationId | string) => `/banyuwangi/loket/${id}`;

  it('is closed to whoever is not signed in and to roles without the counter', async () => {
    const stranger = await counter.test.request('/banyuwangi/loket');
    expect(stranger.status).toBe(303);
    expect(stranger.headers.get('location')).toContain('/masuk');
    const other = await openCounter(database, 'banyuwangi');
    const { header } = await other.test.signIn('banyuwangi', 'admin');
    expect((await counter.test.request('/banyuwangi/loket', { headers: { cookie: header } })).status).toBe(
      404,
    );
  });

  it('shows who waits by section, and finds a name, a code or a queue number', async () => {
    const one = await counter.fromPhone('Contoh Cari Satu');
    await counter.fromPhone('Contoh Cari Dua');
    const all = await (await officer.page('/banyuwangi/loket')).text();
    expect(all).toContain('Diajukan dari rumah, belum datang');
    const byName = await (await officer.page('/banyuwangi/loket?cari=Cari+Satu')).text();
    expect(byName).toContain('Contoh Cari Satu');
    expect(byName).not.toContain('Contoh Cari Dua');
    const byCode = await (await officer.page(`/banyuwangi/loket?cari=${one.ticketCode}`)).text();
    expect(byCode).toContain('Contoh Cari Satu');
    expect(byCode).not.toContain('Contoh Cari Dua');
    const posted = await officer.post('/banyuwangi/loket/cari', { cari: ' Cari Satu ', prioritas: '1' });
    expect(posted.status).toBe(303);
    expect(posted.headers.get('location')).toBe('/banyuwangi/loket?cari=Cari+Satu&prioritas=1');
  });

  it('shows the first of a long section, and all of it by itself', async () => {
    for (let n = 0; n < 31; n++) await counter.fromPhone(`Contoh Panjang ${n}`);
    const rowsOf = (page: string) => [...page.matchAll(/class="dp-queue__row"/g)].length;
    const whole = await (await officer.page('/banyuwangi/loket')).text();
    const home = /data-section="home"[\s\S]*?<\/section>/.exec(whole)?.[0] ?? '';
    expect(rowsOf(home)).toBe(30);
    const [, more = '', hidden = ''] = /href="([^"]+)">Tampilkan (\d+) lainnya/.exec(home) ?? [];
    expect(more).toBe('/banyuwangi/loket?bagian=home');
    const alone = await (await officer.page(more)).text();
    expect(rowsOf(alone)).toBe(30 + Number(hidden));
    expect(Number(hidden)).toBeGreaterThan(0);
    const found = await (await officer.page('/banyuwangi/loket?cari=Contoh+Panjang')).text();
    expect(rowsOf(found)).toBe(31);
  });

  it('keeps a NIK typed into the search out of every address, and says where to search instead', async () => {
    for (const typed of ['9901015708990001', ' 9901.0157 0899-0001 ']) {
      const posted = await officer.post('/banyuwangi/loket/cari', { cari: typed, bagian: 'home' });
      const byHand = await officer.page(`/banyuwangi/loket?bagian=home&cari=${encodeURIComponent(typed)}`);
      for (const answer of [posted, byHand]) {
        expect(answer.status).toBe(303);
        expect(answer.headers.get('location')).toBe('/banyuwangi/loket?bagian=home&identitas=cari');
      }
    }
    const told = await (await officer.page('/banyuwangi/loket?bagian=home&identitas=cari&lang=id')).text();
    expect(told).toContain('Itu nomor identitas, bukan tiket');
    expect(told).toContain('method="post" action="/banyuwangi/loket/cari"');
  });

  it('stays on its feet when a NUL byte is typed into a search', async () => {
    for (const path of ['loket/cari', 'anggota/cari']) {
      const posted = await officer.post(`/banyuwangi/${path}`, { cari: 'Con\0toh', jenis: '\0' });
      expect(posted.status).toBe(303);
      expect(posted.headers.get('location')).toContain('?cari=Contoh');
    }
    for (const query of ['loket?cari=a%00', 'anggota?cari=a%00', 'anggota?jenis=%00']) {
      const answer = await officer.page(`/banyuwangi/${query}`);
      expect(answer.status).toBe(400);
      expect(await answer.text()).toMatch(/<h1>/);
    }
  });

  it('shows the number in full only while the officer who holds the case looks at the document', async () => {
    const { applicationId, ticketCode } = await counter.fromPhone('Contoh Nomor', {
      documentNumber: '9901014107900077' as never,
      nik: '9901014107900077' as never,
    });
    const colleague = await counter.colleague('Wati Contoh');
    await officer.post('/banyuwangi/loket/pindai', { kode: ticketCode });
    expect(await (await officer.page(loket(applicationId))).text()).toContain('9901 0141 0790 0077');
    expect(await (await colleague.page(loket(applicationId))).text()).not.toContain('9901 0141 0790 0077');
    await officer.page(loket(applicationId));
    const reveals = (await counter.audited('identity.reveal')).filter(
      (entry) => entry.purpose === 'identity_step' && entry.actor_id === officer.id,
    );
    expect(reveals.length).toBeGreaterThan(0);
    const before = reveals.length;
    await officer.post(`${loket(applicationId)}/identitas`, { dokumen: 'ktp:original' });
    const after = await (await officer.page(loket(applicationId))).text();
    expect(after).not.toContain('9901 0141 0790 0077');
    expect(after).toContain('0077');
    expect(
      (await counter.audited('identity.reveal')).filter((entry) => entry.purpose === 'identity_step'),
    ).toHaveLength(before);
  });

  it('shows a full number outside that step for a stated purpose only, on that answer only', async () => {
    const { applicationId } = await counter.fromPhone('Contoh Tujuan', {
      documentNumber: '9901014107900088' as never,
      nik: '9901014107900088' as never,
    });
    const refused = await officer.post(`${loket(applicationId)}/nomor`, { tujuan: 'x' });
    expect(refused.status).toBe(422);
    expect(await refused.text()).not.toContain('9901014107900088');
    const shown = await officer.post(`${loket(applicationId)}/nomor`, { tujuan: 'compare' });
    expect(await shown.text()).toContain('9901014107900088');
    expect((await counter.audited('identity.reveal')).at(-1)).toMatchObject({
      purpose: 'compare',
      fields: ['document_number', 'nik'],
    });
    expect(await (await officer.page(loket(applicationId))).text()).not.toContain('9901014107900088');
    await officer.post(`${loket(applicationId)}/nomor`, { tujuan: 'diminta untuk 9901 0141 0790 0088' });
    expect((await counter.audited('identity.reveal')).at(-1)?.purpose).toBe('diminta untuk •••');
  });

  it('refuses a document in a form that the procedure does not accept', async () => {
    const { applicationId, ticketCode } = await counter.fromPhone('Contoh Fotokopi');
    await officer.post('/banyuwangi/loket/pindai', { kode: ticketCode });
    const copy = await officer.post(`${loket(applicationId)}/identitas`, { dokumen: 'ktp:copy' });
    expect(copy.status).toBe(422);
    const family = await officer.post(`${loket(applicationId)}/identitas`, { dokumen: 'kk:copy' });
    expect(family.status).toBe(303);
  });

  it('records a document once, however often the press comes, and no other one after it', async () => {
    const { applicationId, ticketCode } = await counter.fromPhone('Contoh Dua Kali');
    await officer.post('/banyuwangi/loket/pindai', { kode: ticketCode });
    const audited = (await counter.audited('application.see_identity')).length;
    const see = (document: string) =>
      officer.post(`${loket(applicationId)}/identitas`, { dokumen: document });
    const answers = await Promise.all([see('ktp:original'), see('ktp:original'), see('ktp:original')]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect((await see('kk:copy')).status).toBe(409);
    const { events, checks } = await inLibrary(database.db, counter.library.id, async (tx) => ({
      events: await tx
        .selectFrom('application_event')
        .select('id')
        .where('application_id', '=', applicationId)
        .where('act', '=', 'see_identity')
        .execute(),
      checks: await tx
        .selectFrom('identity_check')
        .select('document_type')
        .where('application_id', '=', applicationId)
        .execute(),
    }));
    expect(events).toHaveLength(1);
    expect(checks).toEqual([{ document_type: 'ktp' }]);
    expect(await counter.audited('application.see_identity')).toHaveLength(audited + 1);
  });

  it('looks at the same document again after a correction, and can then approve', async () => {
    const { applicationId, ticketCode } = await counter.fromPhone('Contoh Dilihat Lagi', {
      address: { line: 'Jl. Contoh 1', rt: '001', rw: '002', village: '99.01.01.2001' as never },
      phone: '+6281234567890' as never,
      consents: { photo_on_card: true, messages: true },
    });
    const take = () => officer.post('/banyuwangi/loket/pindai', { kode: ticketCode });
    const see = () => officer.post(`${loket(applicationId)}/identitas`, { dokumen: 'ktp:original' });
    const allowed = async () =>
      (await readCase(database.db, counter.deps, officer.scope(), applicationId))?.allowed;
    await take();
    await see();
    expect((await counter.row(applicationId)).done_acts).toEqual(
      expect.arrayContaining(['see_identity', 'verify']),
    );
    counter.pass(30);
    await officer.post(`${loket(applicationId)}/minta-perbaikan`, {
      bagian: ['name'],
      alasan: 'unclear',
      pesan: '',
    });
    counter.pass(60);
    const answered = await answerCorrection(database.db, counter.deps, counter.citizen(), {
      applicationId,
      values: { name: 'Contoh Dilihat Kembali' },
      photo: null,
    });
    expect(answered.ok).toBe(true);
    counter.pass(60);
    await take();
    expect((await counter.row(applicationId)).done_acts).not.toContain('verify');
    expect(await allowed()).toContain('see_identity');
    counter.pass(30);
    expect((await see()).status).toBe(303);
    expect((await counter.row(applicationId)).done_acts).toContain('verify');
    expect(await allowed()).not.toContain('see_identity');
  });

  it('keeps a scan sealed, shows it to the officer who holds the case, and empties it with the decision', async () => {
    const { applicationId, ticketCode } = await counter.fromPhone('Contoh Pindaian');
    await officer.post('/banyuwangi/loket/pindai', { kode: ticketCode });
    const upload = async (bytes: Uint8Array, name: string) => {
      const body = new FormData();
      body.set('berkas', new File([new Uint8Array(bytes)], name));
      return counter.test.request(`${loket(applicationId)}/pindaian`, {
        method: 'POST',
        body,
        headers: { origin: 'http://localhost', cookie: officer.cookie },
      });
    };
    expect((await upload(new TextEncoder().encode('<script>'), 'ktp.jpg')).status).toBe(422);
    expect((await upload(photo, 'ktp.jpg')).status).toBe(303);
    const file = await inLibrary(database.db, counter.library.id, (tx) =>
      tx
        .selectFrom('file')
        .select(['id', 'bytes'])
        .where('application_id', '=', applicationId)
        .where('kind', '=', 'scan')
        .executeTakeFirstOrThrow(),
    );
    expect(Buffer.from(file.bytes ?? []).includes(Buffer.from(photo.subarray(0, 40)))).toBe(false);
    const address = `${loket(applicationId)}/pindaian/${file.id}`;
    const seen = await officer.page(address);
    expect(seen.headers.get('content-disposition')).toBe('inline; filename="pindaian.jpg"');
    expect(Buffer.from(await seen.arrayBuffer()).equals(Buffer.from(photo))).toBe(true);
    expect((await counter.audited('scan.view')).at(-1)).toMatchObject({ purpose: 'identity_step' });
    const colleague = await counter.colleague('Tono Contoh');
    expect((await colleague.page(address)).status).toBe(404);
    const coordinator = await counter.officer('subkoordinator');
    await officer.post(`${loket(applicationId)}/lepas`, {});
    await coordinator.post(`${loket(applicationId)}/ambil`, {});
    await coordinator.post(`${loket(applicationId)}/tolak`, { alasan: 'requirements', catatan: '' });
    const emptied = await inLibrary(database.db, counter.library.id, (tx) =>
      tx
        .selectFrom('file')
        .select(['bytes', 'deleted_at'])
        .where('id', '=', file.id)
        .executeTakeFirstOrThrow(),
    );
    expect(emptied.bytes).toBeNull();
    expect(emptied.deleted_at).not.toBeNull();
    expect((await coordinator.page(address)).status).toBe(404);
  });

  it('takes a walk-in typed by the officer, who holds the case at once', async () => {
    await officer.post('/banyuwangi/loket/nomor', { prioritas: 'disabilitas' });
    const called = await officer.post('/banyuwangi/loket/panggil', {});
    const form = called.headers.get('location') ?? '';
    expect(form).toContain('/loket/baru?antrean=');
    const html = await (await officer.page(form)).text();
    const made = await officer.post('/banyuwangi/loket/baru', {
      ...hiddenOf(html),
      ...walkIn('Contoh Langsung'),
    });
    expect(made.status).toBe(303);
    const id = (made.headers.get('location') ?? '').split('/').at(-1) as ApplicationId;
    const row = await counter.row(id);
    expect(row).toMatchObject({ state: 'in_review', held_by: officer.id, channel: 'desk' });
    expect(row.done_acts).toEqual(['arrive', 'fill_form', 'cross_check']);
    expect(await (await officer.page(loket(id))).text()).toContain('Disabilitas');
    const again = await officer.post('/banyuwangi/loket/baru', {
      ...hiddenOf(html),
      ...walkIn('Contoh Langsung'),
    });
    expect(again.headers.get('location')).toBe(made.headers.get('location'));
  });

  it('gives one number to one press, however often it comes', async () => {
    const action = '/banyuwangi/loket/nomor';
    const openPage = async () => {
      const fields = fieldsOf(await (await officer.page('/banyuwangi/loket')).text(), action);
      return async () =>
        (await officer.post(action, { ...fields, prioritas: 'lansia' })).headers.get('location');
    };
    const first = await openPage();
    const [one, two] = await Promise.all([first(), first()]);
    expect(one).toMatch(/\?nomor=\d+$/);
    expect([two, await first()]).toEqual([one, one]);
    expect(await (await openPage())()).not.toBe(one);
  });

  it('calls one person with one press, however often it comes, and nobody is lost from the screen', async () => {
    const caller = await counter.colleague('Rina Contoh');
    const action = '/banyuwangi/loket/panggil';
    for (let n = 0; n < 4; n++) await issueTicket(database.db, counter.deps, caller.scope(), null);
    const openPage = async () => {
      counter.pass(1);
      const fields = fieldsOf(await (await caller.page('/banyuwangi/loket')).text(), action);
      return async () => (await caller.post(action, fields)).headers.get('location');
    };
    const called = () =>
      inLibrary(database.db, counter.library.id, (tx) =>
        tx
          .selectFrom('queue_ticket')
          .select(['id', 'done_at'])
          .where('called_by', '=', caller.id as never)
          .orderBy('number')
          .execute(),
      );
    const finish = (id: string | undefined) =>
      inLibrary(database.db, counter.library.id, (tx) =>
        tx
          .updateTable('queue_ticket')
          .set({ done_at: counter.deps.now() })
          .where('id', '=', id ?? '')
          .execute(),
      );
    const first = await openPage();
    const [one, two] = await Promise.all([first(), first()]);
    expect(two).toBe(one);
    expect(await first()).toBe(one);
    expect(await called()).toMatchObject([{ done_at: null }]);
    const second = await openPage();
    const next = await second();
    expect(next).not.toBe(one);
    expect(await second()).toBe(next);
    expect((await called()).map((ticket) => ticket.done_at !== null)).toEqual([true, false]);
    // A page that is no longer true, as the person was served meanwhile, calls all the same.
    await finish((await called())[1]?.id);
    const third = await second();
    expect(third).not.toBe(next);
    // Of two in hand the later one was served: the earlier one is nobody that was called since.
    const { applicationId, ticketCode } = await counter.fromPhone('Contoh Berikutnya');
    counter.pass(1);
    await caller.post('/banyuwangi/loket/pindai', { kode: ticketCode });
    const fourth = await openPage();
    const [scanned] = await inLibrary(database.db, counter.library.id, (tx) =>
      tx.selectFrom('queue_ticket').select('id').where('application_id', '=', applicationId).execute(),
    );
    await finish(scanned?.id);
    expect(await fourth()).not.toBe(third);
    expect((await called()).filter((ticket) => ticket.done_at === null)).toHaveLength(1);
  });

  it('keeps what was typed and says at the field what is wrong', async () => {
    const html = await (await officer.page('/banyuwangi/loket/baru')).text();
    expect(html).toContain('Apakah pemohon tinggal di alamat tersebut?');
    expect(html).not.toContain('Apakah Anda tinggal');
    const answer = await officer.post('/banyuwangi/loket/baru', {
      ...hiddenOf(html),
      ...walkIn('Contoh Salah'),
      document_number: '12345',
    });
    expect(answer.status).toBe(422);
    const text = await answer.text();
    expect(text).toContain('value="12345"');
    expect(text).toContain('value="Contoh Salah"');
    expect(text).toContain('16 angka');
  });

  it('copies address, guardian and contact for the next of the family, never identity or consent', async () => {
    const { applicationId } = await counter.fromPhone('Contoh Kakak', {
      phone: '+6281234560001' as never,
      birthDate: '2012-03-04' as never,
      documentNumber: '9901014107900099' as never,
      guardian: { name: 'Contoh Bapak', relation: 'father', phone: null, consented: true },
    });
    const html = await (await officer.page(`/banyuwangi/loket/baru?keluarga=${applicationId}`)).text();
    expect(html).toContain('Jl. Contoh 1');
    expect(html).toContain('Contoh Bapak');
    expect(html).toContain('6281234560001');
    expect(html).not.toContain('value="Contoh Kakak"');
    expect(html).not.toContain('9901014107900099');
    expect(html).not.toMatch(/name="acknowledged"[^>]*checked/);
  });

  it('takes an unfinished form over with its six digits, once', async () => {
    const draft = await saveDraft(database.db, counter.deps, counter.citizen(), {
      values: { name: 'Contoh Lanjut', phone: '081234560009' },
      visitId: null,
    });
    const take = (who: CounterOfficer) => who.post('/banyuwangi/loket/konsep', { kode_konsep: draft.code });
    const taken = await take(officer);
    expect(taken.status).toBe(200);
    expect(await taken.text()).toContain('Contoh Lanjut');
    expect((await take(await counter.colleague('Tuti Contoh'))).status).toBe(422);
  });

  it('times each step by the acts alone and never counts the time at home', async () => {
    const { applicationId, ticketCode } = await counter.fromPhone('Contoh Waktu');
    counter.pass(3600);
    await officer.post('/banyuwangi/loket/pindai', { kode: ticketCode });
    counter.pass(100);
    await officer.post(`${loket(applicationId)}/identitas`, { dokumen: 'ktp:original' });
    const html = await (await officer.page(loket(applicationId))).text();
    expect(html).toContain('1 menit 40 detik dari 6 menit');
    expect(html).toMatch(/Di rumah<\/dt><dd[^>]*>1 jam/);
  });

  it('tells open pages that something changed, and nothing else', async () => {
    const controller = new AbortController();
    const answer = await counter.test.request('/banyuwangi/loket/siaran', {
      headers: { cookie: officer.cookie },
      signal: controller.signal,
    });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const reader = answer.body?.getReader();
    if (!reader) throw new Error('no stream');
    const heard = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await heard()).toContain('event: ping');
    await counter.fromPhone('Contoh Kabar Rahasia');
    const news = await heard();
    expect(news).toContain('event: change');
    expect(news).not.toContain('Contoh');
    await reader.cancel();
    controller.abort();
  });
});

function hiddenOf(html: string): Record<string, string> {
  const form = /<form\b[^>]*class="dp-deskform"[^>]*>([\s\S]*?)<\/form>/.exec(html)?.[1] ?? '';
  const fields: Record<string, string> = {};
  for (const [input] of form.matchAll(/<input\b[^>]*type="hidden"[^>]*>/g))
    fields[attribute(input, 'name')] = attribute(input, 'value');
  return fields;
}

function walkIn(name: string): Record<string, string> {
  return {
    document_type: 'kk',
    document_number: '9901010101010002',
    name,
    birth_place: 'Contoh',
    'birth_date.day': '5',
    'birth_date.month': '6',
    'birth_date.year': '1991',
    sex: 'P',
    address_line: 'Jl. Contoh 9',
    address_village: '99.01.01.2001',
    present_same: 'same',
    member_type: 'UMUM',
    acknowledged: '1',
  };
}
