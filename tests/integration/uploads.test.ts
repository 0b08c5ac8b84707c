import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { memberOf, phoneCase, toTheCard, toThePhoto, updateSettingForTest } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { pixelBomb } from '../support/pixel-bomb.ts';

/** What people and programs send where a picture is asked for; each refused in words, nothing of it kept. */
const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><rect width="9" height="9"/></svg>';
const HOSTILE: Readonly<Record<string, () => File | Promise<File>>> = {
  'nothing in it': () => file('', 'image/jpeg'),
  'a page that calls itself a picture': () => file('<html><script>alert(1)</script>', 'image/jpeg'),
  'an SVG with script': () => file(svg, 'image/svg+xml'),
  'an SVG that calls itself a PNG': () => file(svg, 'image/png'),
  'a GIF': () => file('GIF89a\x01\x00\x01\x00\x00\x00\x00;', 'image/gif'),
  'a HEIC photo': () => file('\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic', 'image/heic'),
  'a photo that was cut off': async () => {
    const whole = await sharp({ create: { width: 900, height: 1200, channels: 3, background: '#888' } })
      .jpeg()
      .toBuffer();
    return file(whole.subarray(0, 500), 'image/jpeg');
  },
  'a small file that unpacks to four gigabytes': () => file(pixelBomb(40_000, 40_000), 'image/png'),
  'a program': () => file('MZ\x90\x00\x03\x00\x00\x00', 'image/jpeg'),
  'sixteen megabytes': () => file(Buffer.alloc(16 * 1024 * 1024, 0xff), 'image/jpeg'),
};

function file(content: string | Buffer, type: string): File {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  return new File([new Uint8Array(bytes)], '../../x"<b>.jpg', { type });
}

let database: TestDatabase;
let site: TestApp;
let officer: string;
let admin: string;
beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  officer = (await site.signIn('banyuwangi', 'petugas')).header;
  admin = (await site.signIn('banyuwangi', 'admin')).header;
  // Scans are taken as long as the case is open: what is refused here is refused for what it is.
  await updateSettingForTest(site, 'banyuwangi', 'retention', (rules) => ({
    ...rules,
    scanUntil: 'decided',
  }));
});
afterAll(() => database.drop());

const files = () =>
  inLibrary(database.db, database.libraryIds.banyuwangi, (tx) =>
    tx.selectFrom('file').select(['id', 'kind', 'mime', 'bytes', 'application_id']).orderBy('id').execute(),
  );

interface Door {
  readonly name: string;
  readonly address: string;
  readonly field: string;
  readonly cookie?: string;
}

let times = 0;
async function doors(): Promise<readonly Door[]> {
  const spelled = ['Bagus Wirawan', 'Citra Kinanti'][times++ % 2];
  const { token } = await phoneCase(site, 'banyuwangi', `Contoh Unggah ${spelled}a`);
  const { base } = await toThePhoto(site, 'banyuwangi', `Contoh Unggah ${spelled}b`, officer);
  const status = `/banyuwangi/permohonan/${token}`;
  return [
    { name: 'photo from the phone', address: `${status}/foto`, field: 'foto-berkas' },
    { name: 'document from the phone', address: `${status}/dokumen`, field: 'dokumen-berkas' },
    { name: 'photo at the counter', address: `${base}/foto`, field: 'foto', cookie: officer },
    { name: 'scan at the counter', address: `${base}/pindaian`, field: 'berkas', cookie: officer },
    { name: 'emblem', address: '/banyuwangi/pengaturan/tampilan/lambang', field: 'berkas', cookie: admin },
  ];
}

describe('what is sent where a picture is asked for', () => {
  it('is refused in words when it is anything else, at every door, and nothing of it is kept', async () => {
    const all = await doors();
    const before = (await files()).length;
    const wrong: string[] = [];
    for (const door of all)
      for (const [what, make] of Object.entries(HOSTILE)) {
        const answer = await site.upload(door.address, { [door.field]: await make() }, door.cookie);
        const page = await answer.text();
        const said =
          /class="[^"]*(ds-alert|ds-validation-message|dp-notice|error)[^"]*"|role="alert"|15 MB|data-field="validation"/.test(
            page,
          );
        if (answer.status < 400 || answer.status >= 500 || !said || page.includes('x"<b>'))
          wrong.push(`${door.name}, ${what}: ${answer.status}${said ? '' : ', no word said'}`);
      }
    expect(wrong).toEqual([]);
    expect((await files()).length).toBe(before);
  }, 120_000);

  it('of a hundred megabytes is refused before it is read', async () => {
    const body = new FormData();
    body.append('foto', file('x', 'image/jpeg'));
    for (const { address, cookie } of await doors()) {
      const headers = new Headers({
        origin: 'http://localhost',
        'content-length': String(100 * 1024 * 1024),
      });
      if (cookie !== undefined) headers.set('cookie', cookie);
      const answer = await site.request(address, { method: 'POST', body, headers });
      expect(answer.status, address).toBe(413);
      expect(await answer.text()).toMatch(/terlalu besar|lebih (besar )?dari 15 MB/i);
    }
  });

  it('is written anew: of a picture with a program behind it only the picture stays', async () => {
    const { base } = await toThePhoto(site, 'banyuwangi', 'Contoh Poliglot', officer);
    const jpeg = await sharp({ create: { width: 900, height: 1200, channels: 3, background: '#a76' } })
      .jpeg()
      .toBuffer();
    const both = Buffer.concat([
      jpeg,
      Buffer.from('PK\x03\x04<?php system($_GET[0]);?><script>alert(1)</script>', 'latin1'),
    ]);
    for (const [path, field] of [
      ['foto', 'foto'],
      ['pindaian', 'berkas'],
    ] as const) {
      const answer = await site.upload(`${base}/${path}`, { [field]: file(both, 'image/jpeg') }, officer);
      expect(answer.status, path).toBe(303);
    }
    const id = base.split('/').at(-1);
    const kept = (await files()).filter((row) => row.application_id === id);
    expect(kept.map(({ kind }) => kind).sort()).toEqual(['photo', 'scan']);
    for (const { bytes, mime } of kept) {
      expect(mime).toBe('image/jpeg');
      const open = site.deps.vault.open(database.libraryIds.banyuwangi, 'file', bytes ?? Buffer.alloc(0));
      expect(open.includes('php') || open.includes('script')).toBe(false);
    }
  });

  it('is seen at no address that could be guessed, and by nobody without the right to the case', async () => {
    const { base, member } = await toTheCard(site, 'banyuwangi', 'Contoh Terlihat', officer);
    const photos = (await files()).filter(({ kind }) => kind === 'photo');
    const neighbour = (await site.signIn('jateng', 'petugas')).header;
    const applicationId = base.split('/').at(-1) ?? '';
    const mine = (await memberOf(site, 'banyuwangi', applicationId as never)).id;
    const addresses = [
      `${base}/foto`,
      `/banyuwangi/anggota/${mine}/foto`,
      `/banyuwangi/kta/${member.id}/foto`,
      `/banyuwangi/kta/${member.number}/foto`,
      ...photos.flatMap(({ id }) => [
        `/banyuwangi/foto/${id}`,
        `/banyuwangi/lambang/${id}`,
        `${base}/pindaian/${id}`,
      ]),
    ];
    const seen: string[] = [];
    for (const address of addresses)
      for (const [who, cookie] of [
        ['nobody', undefined],
        ['neighbour', neighbour],
        ['admin', admin],
      ] as const) {
        const answer = await site.request(address, cookie === undefined ? {} : { headers: { cookie } });
        if (answer.status === 200 && (answer.headers.get('content-type') ?? '').startsWith('image/'))
          seen.push(`${who}: ${address}`);
        await answer.body?.cancel();
      }
    expect(seen).toEqual([]);
  });
});
