import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { changeSettings } from '../../src/usecases/change-setting.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { scopeOfRole } from '../support/members.ts';
import { fieldsOf } from '../support/page-form.ts';
import { solve } from '../support/proof.ts';
import { hiddenFields, sendForm, typedChild, typedForm } from '../support/typed-form.ts';

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createTestDatabase();
  app = createTestApp(database, { isTrustedProxy: () => true });
});
afterAll(() => database.drop());

const cases = (slug: 'jateng' | 'banyuwangi') =>
  inLibrary(database.db, database.libraryIds[slug], (tx) =>
    tx.selectFrom('application').selectAll().execute(),
  );

async function caseNamed(name: string) {
  const found = (await cases('banyuwangi')).filter((row) => row.name === name);
  return { row: found[0], count: found.length };
}

describe('the public pages of a library', () => {
  it('show the service standard with the published total beside the sum of the steps', async () => {
    const html = await (await app.request('/jateng')).text();
    for (const text of [
      '14 menit',
      '13 menit 50 detik',
      'Tidak dipungut biaya',
      '024-8317963',
      'Mendaftar kepada petugas',
    ])
      expect(html).toContain(text);
    expect(html).not.toContain('Cetak kartu anggota');
    const data = /<script type="application\/ld\+json">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
    const graph = (JSON.parse(data) as { '@graph': { '@type': string }[] })['@graph'];
    expect(graph.map((each) => each['@type'])).toEqual(['Library', 'GovernmentService']);
  });

  it('show the library’s national number once it is known, to readers and to search engines', async () => {
    expect(await (await app.request('/banyuwangi')).text()).not.toContain('Nomor Pokok Perpustakaan');
    const library = await app.deps.libraries.find('banyuwangi');
    if (!library) throw new Error('not seeded');
    const { profile } = library.settings;
    const scope = scopeOfRole(library, app.deps, ['admin']);
    const set = (npp: string | null) =>
      changeSettings(database.db, app.deps, scope, {
        changes: { profile: { ...profile, npp, phone: '(0333) 412345' } },
        version: null,
      });
    expect(await set('3510012D0000001')).toMatchObject({ ok: true });
    app.deps.libraries.forget('banyuwangi');
    const html = await (await app.request('/banyuwangi')).text();
    expect(html).toMatch(/Nomor Pokok Perpustakaan \(NPP\)<\/dt><dd[^>]*>3510012D0000001/);
    expect(html).toContain('"propertyID":"NPP"');
    expect(html).toContain('href="tel:+62333412345"');
    await set(null);
    app.deps.libraries.forget('banyuwangi');
  });

  it('exist in English as well, with the official steps left in Indonesian', async () => {
    const html = await (await app.request('/banyuwangi?lang=en')).text();
    expect(html).toContain('Requirements');
    expect(html).toMatch(/<div lang="id"><ol class="dp-steps">/);
  });

  it('print the blank form and the SOP', async () => {
    for (const path of ['/banyuwangi/formulir.pdf', '/jateng/formulir.pdf?lang=en', '/jateng/sop.pdf']) {
      const answer = await app.request(path);
      expect(answer.headers.get('content-type')).toBe('application/pdf');
      expect(
        Buffer.from(await answer.arrayBuffer())
          .subarray(0, 5)
          .toString(),
      ).toBe('%PDF-');
    }
  });

  it('list the libraries, each with a link', async () => {
    const html = await (await app.request('/')).text();
    expect(html).toContain('href="/jateng"');
    expect(html).toContain('href="/banyuwangi"');
  });
});

describe('the registration form', () => {
  it('tells what to bring and how data are used before the first field', async () => {
    const html = await (await app.request('/banyuwangi/daftar')).text();
    const first = html.indexOf('name="document_type"');
    expect(html.indexOf('KTP, KIA, atau KK')).toBeGreaterThan(0);
    expect(html.indexOf('KTP, KIA, atau KK')).toBeLessThan(first);
    expect(html.indexOf('Bagaimana data Anda dipakai')).toBeLessThan(first);
    expect(html).not.toMatch(/name="consent_[a-z_]+"[^>]* checked/);
  });

  it('makes a case and leads to its status page', async () => {
    const { answer, status } = await sendForm(app, 'banyuwangi', typedForm());
    expect(answer.status).toBe(303);
    expect(status).toMatch(/^\/banyuwangi\/permohonan\/[\w-]{22}$/);
    const page = await (await app.request(status)).text();
    expect(page).toContain('Permohonan Anda sudah kami terima');
    expect(page).not.toContain('9901011705900001');
  });

  it('keeps everything typed where something is wrong, and says so at the field and in a summary', async () => {
    const { answer } = await sendForm(
      app,
      'banyuwangi',
      typedForm({
        document_number: '123',
        name: 'Contoh Salah',
        'birth_date.month': '13',
        phone: 'tidak ada',
      }),
    );
    expect(answer.status).toBe(422);
    const html = await answer.text();
    for (const kept of [
      'value="123"',
      'value="Contoh Salah"',
      'value="13"',
      'value="tidak ada"',
      'value="Jalan Contoh 1"',
    ])
      expect(html).toContain(kept);
    expect(html).toContain('href="#document_number"');
    expect(html).toContain('id="document_number-error"');
    expect(html).toContain('href="#birth_date"');
    expect(html).toContain('href="#phone"');
    expect((await caseNamed('Contoh Salah')).count).toBe(0);
  });

  it('sent twice, or reloaded, is the same case', async () => {
    const page = await (await app.request('/banyuwangi/daftar')).text();
    const fields = { ...hiddenFields(page), ...typedForm({ name: 'Contoh Dua Kali' }) };
    const first = await app.post('/banyuwangi/daftar', fields);
    const second = await app.post('/banyuwangi/daftar', fields);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect((await caseNamed('Contoh Dua Kali')).count).toBe(1);
  });

  it('sent many times at once is one case', async () => {
    const page = await (await app.request('/banyuwangi/daftar')).text();
    const fields = { ...hiddenFields(page), ...typedForm({ name: 'Contoh Serentak' }) };
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => app.post('/banyuwangi/daftar', fields)),
    );
    expect(new Set(answers.map((answer) => answer.headers.get('location'))).size).toBe(1);
    expect((await caseNamed('Contoh Serentak')).count).toBe(1);
  });

  it('accepts a name of one word and sixty letters', async () => {
    const name = `C${'o'.repeat(58)}h`;
    const { answer } = await sendForm(app, 'banyuwangi', typedForm({ name }));
    expect(answer.status).toBe(303);
    expect((await caseNamed(name)).row?.name).toBe(name);
  });

  it('accepts a person without NIK and without any document, with the reason', async () => {
    const { answer } = await sendForm(
      app,
      'banyuwangi',
      typedForm({
        document_type: 'none',
        document_number: '',
        no_document_reason: 'lost',
        name: 'Contoh Tanpa',
      }),
    );
    expect(answer.status).toBe(303);
    const { row } = await caseNamed('Contoh Tanpa');
    expect(row).toMatchObject({ nik: null, document_type: null, no_document_reason: 'lost' });
  });

  it('asks for the reason where there is no document, and shows its field', async () => {
    const { answer } = await sendForm(
      app,
      'banyuwangi',
      typedForm({ document_type: 'none', document_number: '' }),
    );
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain('href="#no_document_reason"');
  });

  it('asks once about a NIK that disagrees with the birth date, then takes the word of the person', async () => {
    const fields = typedForm({ name: 'Contoh Beda', 'birth_date.year': '1991' });
    const { answer } = await sendForm(app, 'banyuwangi', fields);
    expect(answer.status).toBe(200);
    const html = await answer.text();
    expect(html).toContain('Periksa sekali lagi');
    const again = await app.post('/banyuwangi/daftar', { ...hiddenFields(html), ...fields });
    expect(again.status).toBe(303);
  });

  it('stores the NIK sealed and finds it by its keyed hash only', async () => {
    await sendForm(app, 'banyuwangi', typedForm({ name: 'Contoh Tersandi' }));
    const { row } = await caseNamed('Contoh Tersandi');
    expect(row?.nik?.toString('latin1')).not.toContain('9901011705900001');
    expect(row?.nik_hash).toHaveLength(16);
  });

  it('lets a child start alone: the case waits for the guardian', async () => {
    const { status } = await sendForm(app, 'banyuwangi', typedChild());
    const page = await (await app.request(status)).text();
    expect(page).toContain('Menunggu persetujuan orang tua atau wali');
  });

  it('refuses a statement that was not ticked and a notice that has changed since', async () => {
    const { answer } = await sendForm(app, 'banyuwangi', typedForm({ acknowledged: '' }));
    expect(await answer.text()).toContain('Centang pernyataan ini');
    const changed = await app.post('/banyuwangi/daftar', { ...typedForm(), consent_version: 'older' });
    expect(await changed.text()).toContain('baru diperbarui');
  });
});

describe('villages', () => {
  it('are found while typing, a handful of rows at most', async () => {
    const rows = (await (await app.request('/banyuwangi/wilayah?q=contoh')).json()) as [string, string][];
    expect(rows.length).toBeGreaterThan(1);
    expect(rows.length).toBeLessThanOrEqual(8);
    expect(rows.every(([code]) => /^\d{2}\.\d{2}\.\d{2}\.\d{4}$/.test(code))).toBe(true);
  });

  it('are offered as choices without script, with all that was typed kept', async () => {
    const answer = await app.post('/banyuwangi/daftar', {
      ...typedForm({ name: 'Contoh Cari', address_village: '', 'address_village.cari': 'sukacontoh' }),
      cari: 'address_village',
    });
    expect(answer.status).toBe(200);
    const html = await answer.text();
    expect(html).toContain('value="99.01.01.2001"');
    expect(html).toContain('value="Contoh Cari"');
    expect((await caseNamed('Contoh Cari')).count).toBe(0);
  });

  it('typed but not chosen is an error that offers the choices', async () => {
    const { answer } = await sendForm(
      app,
      'banyuwangi',
      typedForm({ address_village: '', 'address_village.cari': 'sukacontoh' }),
    );
    expect(answer.status).toBe(422);
    const html = await answer.text();
    expect(html).toContain('href="#address_village"');
    expect(html).toContain('value="99.01.01.2001"');
  });

  it('that do not exist are refused', async () => {
    const { answer } = await sendForm(app, 'banyuwangi', typedForm({ address_village: '99.99.99.9999' }));
    expect(answer.status).toBe(422);
  });
});

describe('what no person types', () => {
  it('in any field is a page that says so or is left out, never an error of the service', async () => {
    const names = Object.keys(typedForm({ email: '', institution: '', kunci: '', lanjut: '', bukti: '' }));
    for (const name of names)
      for (const text of ['a\0b', '\u0007', '😀\u202e', '\ud83d', 'x'.repeat(5_000)]) {
        const { answer } = await sendForm(app, 'banyuwangi', typedForm({ [name]: text, yakin: '1' }));
        expect([200, 303, 422], `${name} ${JSON.stringify(text.slice(0, 9))}`).toContain(answer.status);
      }
  });

  it('is refused with a page where it is no form at all, or larger than any form', async () => {
    const send = (type: string | null, body: string) =>
      app.request('/banyuwangi/daftar', {
        method: 'POST',
        body,
        headers: { origin: 'http://localhost', ...(type === null ? {} : { 'content-type': type }) },
      });
    for (const [type, body, status] of [
      ['application/json', '{"name":"x"}', 400],
      ['multipart/form-data; boundary=abc', 'cut off', 400],
      ['text/plain', 'name=x', 400],
      ['application/x-www-form-urlencoded', `name=${'x'.repeat(70_000)}`, 413],
    ] as const) {
      const answer = await send(type, body);
      expect(answer.status, type).toBe(status);
      expect(await answer.text()).toContain('Kiriman ini tidak dapat dibaca');
    }
  });

  it('many at once with one key are one case, and going back and sending again shows that case', async () => {
    const fields = {
      ...hiddenFields(await (await app.request('/banyuwangi/daftar')).text()),
      ...typedForm({ name: 'Contoh Dua Belas Ketuk' }),
    };
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => app.post('/banyuwangi/daftar', fields)),
    );
    const again = await app.post('/banyuwangi/daftar', fields);
    const led = new Set([...answers, again].map((answer) => answer.headers.get('location')));
    expect(led.size).toBe(1);
    expect((await caseNamed('Contoh Dua Belas Ketuk')).count).toBe(1);
  });
});

describe('a school behind one address', () => {
  const from = (address: string, fields: Record<string, string>) =>
    app.request('/banyuwangi/daftar', {
      method: 'POST',
      body: new URLSearchParams(fields).toString(),
      headers: {
        origin: 'http://localhost',
        'content-type': 'application/x-www-form-urlencoded',
        'x-forwarded-for': address,
      },
    });

  it('gets forty pupils through within ten minutes, with all their typing and mistakes', async () => {
    for (let pupil = 1; pupil <= 40; pupil++) {
      const searches = Array.from({ length: 40 }, () =>
        app.request('/banyuwangi/wilayah?q=contoh', { headers: { 'x-forwarded-for': '192.0.2.10' } }),
      );
      for (const answer of await Promise.all(searches)) expect(answer.status).toBe(200);
      const wrong = await from('192.0.2.10', typedChild({ phone: 'tidak ada' }));
      expect(wrong.status, `pupil ${pupil}`).toBe(422);
      const answer = await from('192.0.2.10', typedChild({ name: `Contoh Murid ${pupil}` }));
      expect(answer.status, `pupil ${pupil}`).toBe(303);
    }
  });

  it('a flood is told how long to wait, keeps what it typed, and may solve a task instead', async () => {
    let answer = await from('192.0.2.20', typedForm());
    for (let form = 0; form < 130 && answer.status === 303; form++)
      answer = await from('192.0.2.20', typedForm());
    expect(answer.status).toBe(429);
    const html = await answer.text();
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    // Without a script: all that was typed, and a button that comes when it may be sent again.
    const kept = fieldsOf(html, '/banyuwangi/daftar');
    for (const [name, value] of Object.entries(typedForm())) expect(kept[name], name).toEqual([value]);
    expect(html).toMatch(/data-wait="\d+"[^>]*><button/);
    expect(html).toContain('proof-of-work');
    const { bukti, spaced } = solve(html);
    expect((await from('192.0.2.20', typedForm({ bukti }))).status).toBe(303);
    expect((await from('192.0.2.20', typedForm({ bukti }))).status).toBe(429);
    // The same answer written in another way is the same answer.
    expect((await from('192.0.2.20', typedForm({ bukti: spaced }))).status).toBe(429);
  });
});

it('no line of the log carries a name, a number or a secret', async () => {
  const lines = JSON.stringify(app.logged);
  for (const secret of ['Contoh', '9901', 'permohonan/']) expect(lines).not.toContain(secret);
});
