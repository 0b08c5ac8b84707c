import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { DeviceId, OfficerId, ServicePointId, VisitId } from '../../src/domain/ids.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { createPairing, revokeDevice } from '../../src/usecases/pair-device.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let site: TestApp;
let library: LibraryContext;

beforeAll(async () => {
  database = await createTestDatabase();
  const found = await loadLibrary(database.db, 'banyuwangi', new Date());
  if (!found) throw new Error('not seeded');
  library = found;
});
afterAll(() => database.drop());
// Limits are kept by the process: each test has one of its own.
beforeEach(() => {
  site = createTestApp(database, { start: new Date('2026-03-02T02:00:00Z') });
});

const NUMBER = 'ANGGOTA-1';
const KEY = 'kunci-kios-0123456789abcdef';

function officerScope(): Scope {
  const servicePointId = library.servicePoints[0]?.id ?? ('' as ServicePointId);
  return {
    library,
    actor: {
      kind: 'officer',
      id: '01890000-0000-7000-8000-000000000001' as OfficerId,
      roles: ['admin'],
      servicePointId,
    },
    at: site.deps.now(),
    requestId: 'test',
  };
}

async function pairingCode(): Promise<{ code: string; deviceId: DeviceId }> {
  const scope = officerScope();
  const made = await createPairing(database.db, site.deps, scope, {
    name: 'Kios uji',
    kind: 'kiosk',
    servicePointId: library.servicePoints[0]?.id ?? ('' as ServicePointId),
  });
  if (!made.ok) throw new Error(made.reason);
  return made;
}

/** A browser of one tab: keeps its cookies, follows nothing. */
class Browser {
  readonly cookies = new Map<string, string>();
  deviceId: DeviceId | undefined;

  async send(path: string, fields?: Record<string, string>): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response =
      fields === undefined
        ? await site.request(path, { headers: { cookie } })
        : await site.post(path, fields, cookie);
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';');
      const [name = '', value = ''] = pair.split('=');
      if (attributes.some((one) => /max-age=0/i.test(one))) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }
}

async function enrolled(): Promise<Browser> {
  const browser = new Browser();
  const { code, deviceId } = await pairingCode();
  const paired = await browser.send('/banyuwangi/buku-tamu/pasang', { kode: code });
  if (paired.status !== 303) throw new Error(`not paired: ${paired.status}`);
  browser.deviceId = deviceId;
  return browser;
}

async function visits() {
  return inLibrary(database.db, library.id, (tx) =>
    tx.selectFrom('visit').selectAll().orderBy('at').execute(),
  );
}

async function visitCount(): Promise<number> {
  return (await visits()).length;
}

describe('a device that nobody enrolled', () => {
  it('sees a field for the pairing code and no way to give a name or a number', async () => {
    const page = await (await new Browser().send('/banyuwangi/buku-tamu')).text();
    expect(page).toContain('Perangkat ini belum terdaftar');
    expect(page).not.toMatch(/Nomor anggota|name="jenis"|name="nama"/);
  });

  it('is led back there from every other page', async () => {
    for (const path of [
      'anggota',
      'tamu',
      'rombongan',
      'selesai',
      'ponsel',
      'antrean',
      'nomor',
      'daftar',
      'terdaftar',
    ]) {
      const answer = await new Browser().send(`/banyuwangi/buku-tamu/${path}`);
      expect(answer.headers.get('location'), path).toBe('/banyuwangi/buku-tamu');
    }
  });

  it('writes nothing, whatever it posts', async () => {
    const before = await visitCount();
    const forged = new Browser();
    forged.cookies.set('perangkat-banyuwangi', 'x'.repeat(32));
    for (const browser of [new Browser(), forged]) {
      for (const [path, fields] of [
        ['', { jenis: 'member', kode: NUMBER, tujuan: 'BACA', kunci: KEY }],
        ['', { jenis: 'non_member', tujuan: 'BACA', kunci: KEY }],
        ['', { jenis: 'non_member', tujuan: '', kunci: KEY }],
        ['/anggota', { kode: NUMBER }],
        ['/antrean', { prioritas: '', kunci: KEY }],
        ['/daftar', { name: 'Contoh' }],
        ['/selesai', { nama: 'Contoh', lanjut: 'ponsel' }],
      ] as const) {
        browser.cookies.set('pengunjung-banyuwangi', 'v%3D01890000-0000-7000-8000-000000000009');
        const answer = await browser.send(`/banyuwangi/buku-tamu${path}`, fields);
        expect(answer.status, path).toBe(403);
        expect(await answer.text()).toContain('Perangkat ini belum terdaftar');
      }
    }
    expect(await visitCount()).toBe(before);
  });

  it('cannot try pairing codes one after the other', async () => {
    const browser = new Browser();
    for (let i = 0; i < 10; i++) {
      expect((await browser.send('/banyuwangi/buku-tamu/pasang', { kode: `ABCD-EFG${i}` })).status).toBe(422);
    }
    const { code } = await pairingCode();
    const refused = await browser.send('/banyuwangi/buku-tamu/pasang', { kode: code });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).not.toBeNull();
  });

  it('of another library stays a stranger here', async () => {
    const browser = await enrolled();
    const token = browser.cookies.get('perangkat-banyuwangi') ?? '';
    browser.cookies.set('perangkat-jateng', token);
    expect(await (await browser.send('/jateng/buku-tamu')).text()).toContain('Perangkat ini belum terdaftar');
    const posted = await browser.send('/jateng/buku-tamu', {
      jenis: 'non_member',
      tujuan: 'BACA',
      kunci: KEY,
    });
    expect(posted.status).toBe(403);
  });
});

describe('an enrolled kiosk', () => {
  it('keeps its secret where no script reads it, and only for this site', async () => {
    const { code } = await pairingCode();
    const paired = await new Browser().send('/banyuwangi/buku-tamu/pasang', { kode: code });
    expect(paired.headers.getSetCookie()[0]).toMatch(/^perangkat-banyuwangi=.*HttpOnly.*SameSite=Strict/i);
  });

  it('records a member in two taps and thanks without a name, known number or not', async () => {
    const browser = await enrolled();
    const answers: string[] = [];
    for (const kode of [NUMBER, 'TIDAK-ADA-9']) {
      const purpose = await (await browser.send('/banyuwangi/buku-tamu/anggota', { kode })).text();
      const kunci = /name="kunci" value="([^"]+)"/.exec(purpose)?.[1] ?? '';
      const posted = await browser.send('/banyuwangi/buku-tamu', {
        jenis: 'member',
        kode,
        tujuan: 'BACA',
        kunci,
      });
      expect(posted.headers.get('location')).toBe('/banyuwangi/buku-tamu/selesai');
      const thanks = await browser.send('/banyuwangi/buku-tamu/selesai');
      expect(thanks.headers.get('cache-control')).toBe('no-store');
      expect(thanks.headers.get('refresh')).toContain('/banyuwangi/buku-tamu');
      answers.push(await thanks.text());
    }
    expect(answers[0]).toBe(answers[1]);
    expect(answers[0]).not.toContain(NUMBER);
  });

  it('says what is wrong with a code only by its form', async () => {
    const browser = await enrolled();
    const nik = await browser.send('/banyuwangi/buku-tamu/anggota', { kode: '9901015708990001' });
    expect(nik.status).toBe(422);
    const page = await nik.text();
    expect(page).toContain('bukan nomor anggota');
    expect(page).not.toContain('9901015708990001');
  });

  it('sent twice is one visit', async () => {
    const browser = await enrolled();
    const before = await visitCount();
    const fields = { jenis: 'non_member', tujuan: 'BACA', kunci: 'ganda-ganda-0123456789abcd' };
    await Promise.all([
      browser.send('/banyuwangi/buku-tamu', fields),
      browser.send('/banyuwangi/buku-tamu', fields),
    ]);
    expect(await visitCount()).toBe(before + 1);
  });

  it('names the part of a group that does not add up, and keeps what was typed', async () => {
    const browser = await enrolled();
    const before = await visitCount();
    const fields = {
      jenis: 'group',
      kunci: 'rombongan-0123456789abcdef',
      tujuan: 'BACA',
      pemimpin: 'Ibu Guru Contoh',
      lembaga: 'SD Contoh 1',
      telepon: '',
      jumlah: '30',
      jk_L: '12',
      jk_P: '17',
      pend_sd: '30',
    };
    const refused = await browser.send('/banyuwangi/buku-tamu', fields);
    expect(refused.status).toBe(422);
    const page = await refused.text();
    expect(page).toContain('Jumlah menurut jenis kelamin adalah 29, seharusnya 30.');
    expect(page).toContain('value="Ibu Guru Contoh"');
    expect(page).toContain('value="17"');
    expect(await visitCount()).toBe(before);
    const sent = await browser.send('/banyuwangi/buku-tamu', { ...fields, jk_P: '18' });
    expect(sent.status).toBe(303);
    expect((await visits()).at(-1)).toMatchObject({ kind: 'group', persons: 30 });
  });

  it('forgets the visitor with the start page: going back shows and changes nothing', async () => {
    const browser = await enrolled();
    await browser.send('/banyuwangi/buku-tamu', { jenis: 'non_member', tujuan: 'BACA', kunci: KEY });
    await browser.send('/banyuwangi/buku-tamu/selesai', { nama: 'Contoh Tamu', jk: 'P', lanjut: 'ponsel' });
    expect(await (await browser.send('/banyuwangi/buku-tamu/ponsel')).text()).toContain('<svg');
    await browser.send('/banyuwangi/buku-tamu');
    for (const path of ['selesai', 'ponsel', 'nomor', 'terdaftar'])
      expect((await browser.send(`/banyuwangi/buku-tamu/${path}`)).headers.get('location')).toBe(
        '/banyuwangi/buku-tamu',
      );
    expect(await (await browser.send('/banyuwangi/buku-tamu/daftar')).text()).not.toContain('Contoh Tamu');
    await browser.send('/banyuwangi/buku-tamu/selesai', { nama: 'Orang Lain' });
    expect((await visits()).some((visit) => visit.name === 'Orang Lain')).toBe(false);
  });

  it('lets the first answer stand when somebody sends the details again', async () => {
    const browser = await enrolled();
    const kunci = 'rincian-0123456789abcdef01';
    await browser.send('/banyuwangi/buku-tamu', { jenis: 'non_member', tujuan: 'BACA', kunci });
    await browser.send('/banyuwangi/buku-tamu/selesai', {
      nama: 'Contoh Pertama',
      jk: 'L',
      pendidikan: 's1',
    });
    await browser.send('/banyuwangi/buku-tamu/selesai', { nama: 'Contoh Kedua' });
    const visit = (await visits()).at(-1);
    expect(visit).toMatchObject({ name: 'Contoh Pertama', sex: 'L', education: 's1', occupation: null });
  });

  it('is a stranger in the moment it is revoked', async () => {
    const browser = await enrolled();
    expect((await browser.send('/banyuwangi/buku-tamu/anggota')).status).toBe(200);
    await revokeDevice(database.db, site.deps, officerScope(), browser.deviceId as DeviceId);
    const before = await visitCount();
    const posted = await browser.send('/banyuwangi/buku-tamu', {
      jenis: 'non_member',
      tujuan: 'BACA',
      kunci: `${KEY}9`,
    });
    expect(posted.status).toBe(403);
    expect(await (await browser.send('/banyuwangi/buku-tamu')).text()).toContain('belum terdaftar');
    expect(await visitCount()).toBe(before);
  });

  it('takes no more visits than visitors can make', async () => {
    const browser = await enrolled();
    const statuses: number[] = [];
    for (let i = 0; i < 121; i++) {
      const answer = await browser.send('/banyuwangi/buku-tamu', {
        jenis: 'member',
        kode: '9901015708990001',
      });
      statuses.push(answer.status);
    }
    expect(statuses.slice(0, 120).every((status) => status === 422)).toBe(true);
    expect(statuses.at(-1)).toBe(429);
  });

  it('gives one queue number for one tap, with a priority that belongs to the ticket', async () => {
    const browser = await enrolled();
    const fields = { prioritas: 'lansia', kunci: 'antrean-0123456789abcdef01' };
    await browser.send('/banyuwangi/buku-tamu/antrean', fields);
    const first = await (await browser.send('/banyuwangi/buku-tamu/nomor')).text();
    await browser.send('/banyuwangi/buku-tamu/antrean', fields);
    const again = await (await browser.send('/banyuwangi/buku-tamu/nomor')).text();
    const shown = (page: string) => /kp-number">(\d+)</.exec(page)?.[1];
    expect(shown(first)).toMatch(/^\d{3}$/);
    expect(shown(again)).toBe(shown(first));
    expect(first).toContain('Antrean prioritas');
  });
});

describe('a visitor who wants to become a member', () => {
  async function guest(kunci: string) {
    const browser = await enrolled();
    await browser.send('/banyuwangi/buku-tamu', { jenis: 'non_member', tujuan: 'DAFTAR', kunci });
    return browser;
  }
  const details = { nama: 'Contoh Calon', jk: 'P', pendidikan: 'sma', pekerjaan: 'student' };

  it('meets the kiosk’s own form there, never the one that keeps a draft on the device', async () => {
    const browser = await enrolled();
    const answer = await browser.send('/banyuwangi/daftar');
    expect(answer.headers.get('location')).toBe('/banyuwangi/buku-tamu/daftar');
    await revokeDevice(database.db, site.deps, officerScope(), browser.deviceId as DeviceId);
    await browser.send('/banyuwangi/buku-tamu');
    expect((await browser.send('/banyuwangi/daftar')).status).toBe(200);
  });

  it('types nothing twice on the kiosk', async () => {
    const browser = await guest('calon-0123456789abcdef01');
    const next = await browser.send('/banyuwangi/buku-tamu/selesai', { ...details, lanjut: 'daftar' });
    expect(next.headers.get('location')).toBe('/banyuwangi/buku-tamu/daftar');
    const page = await (await browser.send('/banyuwangi/buku-tamu/daftar')).text();
    expect(page).toContain('value="Contoh Calon"');
    expect(page).not.toContain('form-draft');
  });

  it('goes on at the phone by the QR, and by the typed code, which works once', async () => {
    const browser = await guest('calon-0123456789abcdef02');
    await browser.send('/banyuwangi/buku-tamu/selesai', { ...details, lanjut: 'ponsel' });
    const page = await (await browser.send('/banyuwangi/buku-tamu/ponsel')).text();
    const code = /kp-code">([0-9A-Z-]{9})</.exec(page)?.[1] ?? '';
    const phone = new Browser();
    const opened = await phone.send('/banyuwangi/lanjut', { kode: code.toLowerCase() });
    const address = opened.headers.get('location') ?? '';
    expect(address).toMatch(/^\/banyuwangi\/daftar\?lanjut=[A-Za-z0-9_-]{22}$/);
    expect(await (await phone.send(address)).text()).toContain('value="Contoh Calon"');
    expect((await phone.send('/banyuwangi/lanjut', { kode: code })).status).toBe(422);
  });

  it('finds the code worth nothing on a phone after twenty minutes, and cannot guess one', async () => {
    const browser = await guest('calon-0123456789abcdef03');
    await browser.send('/banyuwangi/buku-tamu/selesai', { ...details, lanjut: 'ponsel' });
    const page = await (await browser.send('/banyuwangi/buku-tamu/ponsel')).text();
    const code = /kp-code">([0-9A-Z-]{9})</.exec(page)?.[1] ?? '';
    site.clock.now = new Date(site.clock.now.getTime() + 20 * 60_000 + 1);
    const phone = new Browser();
    const answers: number[] = [];
    for (let i = 0; i < 60 && !answers.includes(429); i++) {
      const guess = i === 0 ? code : `ABCDEF${10 + i}`;
      answers.push((await phone.send('/banyuwangi/lanjut', { kode: guess })).status);
    }
    expect(answers[0]).toBe(422);
    expect(answers.at(-1)).toBe(429);
    expect((await phone.send('/banyuwangi/lanjut', { kode: code })).status).toBe(429);
  });

  it('sends the form at the kiosk: the visit is the arrival, and the ticket is shown until the start page', async () => {
    const browser = await guest('calon-0123456789abcdef04');
    const visit = (await visits()).at(-1);
    await browser.send('/banyuwangi/buku-tamu/selesai', { ...details, lanjut: 'daftar' });
    const form = await (await browser.send('/banyuwangi/buku-tamu/daftar')).text();
    const kunci = /name="kunci" value="([^"]+)"/.exec(form)?.[1] ?? '';
    const sent = await browser.send('/banyuwangi/buku-tamu/daftar', {
      kunci,
      document_type: 'ktp',
      document_number: '9901015708990777',
      name: 'Contoh Calon',
      birth_place: 'Contoh',
      'birth_date.day': '17',
      'birth_date.month': '8',
      'birth_date.year': '1999',
      sex: 'P',
      address_line: 'Jl. Contoh 1',
      address_village: '99.01.01.2001',
      present_same: 'same',
      education: 'sma',
      occupation: 'student',
      member_type: 'UMUM',
      acknowledged: '1',
      consent_version: library.settings.consents.version,
      yakin: '1',
    });
    const wrong = /id="ralat".*?<\/ul>/.exec(await sent.clone().text())?.[0];
    expect(sent.status, wrong).toBe(303);
    expect(sent.headers.get('location')).toBe('/banyuwangi/buku-tamu/terdaftar');
    expect(await (await browser.send('/banyuwangi/buku-tamu/terdaftar')).text()).toMatch(
      /[A-Z0-9]{3}-[A-Z0-9]{4}/,
    );
    const row = await inLibrary(database.db, library.id, (tx) =>
      tx
        .selectFrom('application')
        .select(['id', 'channel', 'visit_id', 'arrived_at'])
        .where('visit_id', '=', visit?.id ?? ('' as VisitId))
        .executeTakeFirst(),
    );
    expect(row).toMatchObject({ channel: 'kiosk', visit_id: visit?.id, arrived_at: visit?.at });
    // The number taken after it is the case's: whoever is called stands there with the form.
    await browser.send('/banyuwangi/buku-tamu/antrean', {
      prioritas: '',
      kunci: 'kunci-kios-kasus-0123456789',
    });
    const ticket = await inLibrary(database.db, library.id, (tx) =>
      tx
        .selectFrom('queue_ticket')
        .select(['application_id', 'called_at'])
        .where('visit_id', '=', visit?.id ?? ('' as VisitId))
        .executeTakeFirstOrThrow(),
    );
    expect(ticket).toEqual({ application_id: row?.id, called_at: null });
  });
});

it('remembers when the page was opened: the step "melaporkan kedatangan" began then', async () => {
  const kiosk = await enrolled();
  const opened = site.clock.now;
  await kiosk.send('/banyuwangi/buku-tamu/tamu');
  site.clock.now = new Date(opened.getTime() + 25_000);
  await kiosk.send('/banyuwangi/buku-tamu', {
    jenis: 'non_member',
    tujuan: library.settings.services[0]?.code ?? '',
    kunci: 'kunci-kios-mulai-0123456789',
  });
  const visit = (await visits()).find((each) => each.device_id === kiosk.deviceId);
  expect(visit?.opened_at).toEqual(opened);
  await kiosk.send('/banyuwangi/buku-tamu/antrean');
  const asked = site.clock.now;
  site.clock.now = new Date(asked.getTime() + 8_000);
  await kiosk.send('/banyuwangi/buku-tamu/antrean', { prioritas: '', kunci: 'kunci-kios-nomor-0123456789' });
  const ticket = await inLibrary(database.db, library.id, (tx) =>
    tx
      .selectFrom('queue_ticket')
      .selectAll()
      .where('visit_id', '=', visit?.id ?? ('' as VisitId))
      .executeTakeFirstOrThrow(),
  );
  expect(ticket.opened_at).toEqual(asked);
});

it('no line of the log carries a name or a number from the guest book', async () => {
  expect(JSON.stringify(site.logged)).not.toMatch(/Contoh|ANGGOTA|9901/);
});
