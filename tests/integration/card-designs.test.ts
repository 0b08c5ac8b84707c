import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { CARD_DESIGN_NAMES } from '../../src/domain/card-designs.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { createTestApp, type SessionCookie, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { fieldsOf, type PageFields } from '../support/page-form.ts';

const BASE = '/banyuwangi/pengaturan/kartu-desain';
let database: TestDatabase;
let site: TestApp;
let admin: SessionCookie;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  admin = await site.signIn('banyuwangi', 'admin');
});
afterAll(() => database.drop());

const get = (path: string) => site.request(path, { headers: { cookie: admin.header } });
const page = async (path: string) => (await get(path)).text();
const post = (path: string, fields: Readonly<Record<string, string | string[]>>) =>
  site.post(path, fields, admin.header);
const designs = async () => {
  const library = await loadLibrary(database.db, 'banyuwangi', site.clock.now);
  if (!library) throw new Error('not seeded');
  return library.settings.cardDesigns;
};
/** A copy of a design, by its page. */
async function copyOf(code: string, name: string): Promise<string> {
  const path = `${BASE}/${code}/salin`;
  const answer = await post(path, { ...fieldsOf(await page(BASE), path), [`salin.${code}`]: name });
  expect(answer.status).toBe(303);
  return /kartu-desain\/([^?]+)/.exec(answer.headers.get('location') ?? '')?.[1] ?? '';
}
const pictures = () =>
  inLibrary(database.db, database.libraryIds.banyuwangi, (tx) =>
    tx
      .selectFrom('file')
      .select(['id', 'bytes', 'mime', 'size'])
      .where('kind', '=', 'card_picture')
      .execute(),
  );

describe('the designs of a library', () => {
  it('are shown front and back, each a picture that needs nothing else', async () => {
    const html = await page(BASE);
    for (const code of CARD_DESIGN_NAMES)
      for (const side of ['depan', 'belakang']) {
        expect(html).toContain(`${BASE}/${code}/${side}.svg`);
        const answer = await get(`${BASE}/${code}/${side}.svg`);
        expect(answer.headers.get('content-type')).toContain('image/svg+xml');
        expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
        const svg = await answer.text();
        expect(svg).toMatch(/^<svg/);
        expect(svg).not.toMatch(/href="\//);
      }
    expect((await get(`${BASE}/tidak-ada/depan.svg`)).status).toBe(404);
  });

  it('are seen on paper before a card is printed', async () => {
    for (const [form, size] of [
      ['cr80', '242'],
      ['bleed', '259'],
      ['a4', '595'],
    ] as const) {
      const answer = await get(`${BASE}/seal/contoh.pdf?tata=${form}`);
      expect(answer.headers.get('content-type')).toBe('application/pdf');
      const pdf = Buffer.from(await answer.arrayBuffer()).toString('latin1');
      expect(pdf).toMatch(/^%PDF-1/);
      expect(pdf, form).toMatch(new RegExp(`MediaBox ?\\[ ?0 0 ${size}`));
    }
  });

  it('are chosen for each member type; what is unknown is refused', async () => {
    const html = await page(BASE);
    const fields = fieldsOf(html, BASE);
    const chosen = await post(BASE, { ...fields, usual: 'page', 'byType.UMUM': 'seal' });
    expect(chosen.headers.get('location')).toBe(`${BASE}?selesai=chosen`);
    expect(await designs()).toMatchObject({ usual: 'page', byType: { UMUM: 'seal' } });
    // The page of before: somebody has saved since.
    const late = await post(BASE, { ...fields, usual: 'shelf' });
    expect(late.status).toBe(409);
    const kept = await late.text();
    expect(kept).toContain('isian Anda menggantikannya');
    expect(kept).toMatch(/value="shelf" selected/);
    const decided = await post(BASE, fieldsOf(kept, BASE));
    expect(decided.status).toBe(303);
    const strange = await post(BASE, { ...fieldsOf(await page(BASE), BASE), usual: 'emas' });
    expect(strange.status).toBe(422);
    expect(await strange.text()).toContain('Pilih dari daftar.');
    expect((await designs()).usual).toBe('shelf');
  });

  it('are copied under a name, renamed, and deleted when nobody has them any more', async () => {
    const nameless = await post(`${BASE}/shelf/salin`, {
      ...fieldsOf(await page(BASE), `${BASE}/shelf/salin`),
      'salin.shelf': ' ',
    });
    expect(nameless.status).toBe(422);
    expect(await nameless.text()).toContain('href="#salin.shelf"');
    const code = await copyOf('shelf', 'Kartu pelajar');
    const rename = `${BASE}/${code}/nama`;
    const fields = fieldsOf(await page(BASE), rename);
    expect((await post(rename, { ...fields, [`nama.${code}`]: 'Kartu siswa' })).status).toBe(303);
    expect((await designs()).own).toMatchObject([{ code, name: 'Kartu siswa' }]);
    await post(BASE, { ...fieldsOf(await page(BASE), BASE), 'byType.PELAJAR': code });
    const used = await page(BASE);
    expect(used).not.toContain(`action="${BASE}/${code}/hapus"`);
    const refused = await post(`${BASE}/${code}/hapus`, {});
    expect(refused.status).toBe(409);
    expect(await refused.text()).toContain('sedang dipakai');
    await post(BASE, { ...fieldsOf(await page(BASE), BASE), 'byType.PELAJAR': '' });
    const removal = fieldsOf(await page(BASE), `${BASE}/${code}/hapus`);
    expect((await post(`${BASE}/${code}/hapus`, removal)).status).toBe(303);
    expect((await designs()).own).toEqual([]);
    expect((await get(`${BASE}/${code}`)).status).toBe(404);
  });
});

describe('the editor of a design', () => {
  it('sends back what it shows, which changes nothing', async () => {
    for (const name of CARD_DESIGN_NAMES) {
      const code = await copyOf(name, `Salinan ${name}`);
      const before = (await designs()).own.find((one) => one.code === code);
      const path = `${BASE}/${code}`;
      const answer = await post(path, fieldsOf(await page(path), path));
      expect(answer.headers.get('location'), name).toBe(`${path}?selesai=saved`);
      const rounded = JSON.parse(
        JSON.stringify(before, (_, value: unknown) =>
          typeof value === 'number' ? Math.round(value * 100) / 100 : value,
        ),
      );
      const after = (await designs()).own.find((one) => one.code === code);
      expect(withoutFalse(after)).toEqual(withoutFalse(rounded));
    }
  });

  it('moves, doubles, adds and takes parts out without saving', async () => {
    const code = await copyOf('seal', 'Bagian');
    const path = `${BASE}/${code}`;
    const fields = fieldsOf(await page(path), path);
    const before = await designs();
    const kinds = (html: string) => {
      const shown = fieldsOf(html, path);
      return Array.from(
        { length: Number(shown['front.elements.jumlah']?.[0]) },
        (_, at) => shown[`front.elements.${at}.kind`]?.[0],
      );
    };
    const first = kinds(await page(path));
    const raised = await (await post(path, { ...fields, aksi: 'turun:front:0' })).text();
    expect(kinds(raised)).toEqual([first[1], first[0], ...first.slice(2)]);
    const doubled = await (await post(path, { ...fields, aksi: 'gandakan:front:0' })).text();
    expect(kinds(doubled)).toEqual([first[0], ...first]);
    const taken = await (await post(path, { ...fields, aksi: 'hapus:front:0' })).text();
    expect(kinds(taken)).toEqual(first.slice(1));
    const added = await (await post(path, { ...fields, aksi: 'tambah:front', 'front.baru': 'qr' })).text();
    expect(kinds(added)).toEqual([...first, 'qr']);
    expect(await designs()).toEqual(before);
  });

  it.each([
    ['front.elements.0.box.x', 'kiri', 'Isi dengan angka, misalnya 12,5.'],
    ['front.elements.0.box.width', '0', 'Paling sedikit 0,1.'],
    ['front.ground', 'emas', 'Bentuknya tidak dapat dibaca.'],
  ])('refuses %s typed as "%s", and keeps it', async (field, typed, said) => {
    const code = await copyOf('page', 'Salah isi');
    const path = `${BASE}/${code}`;
    const answer = await post(path, { ...fieldsOf(await page(path), path), [field]: typed });
    expect(answer.status).toBe(422);
    const html = await answer.text();
    expect(html).toContain(said);
    expect(html).toContain(`href="#${field}"`);
    // What can be drawn is drawn all the same.
    expect(html).toContain('id="muka-front-0"');
  });

  it('refuses a design whose code could not be read, at the part that covers it', async () => {
    const code = await copyOf('shelf', 'Menutupi');
    const path = `${BASE}/${code}`;
    const fields = fieldsOf(await page(path), path);
    const qr = Object.keys(fields).find((name) => name.endsWith('.kind') && fields[name]?.[0] === 'qr');
    const part = (qr ?? '').replace(/\.kind$/, '');
    const small = { ...fields, [`${part}.box.width`]: '10', [`${part}.box.x`]: '80' };
    const told = await site.post(`${path}/pratinjau`, small, admin.header);
    expect(((await told.json()) as { problems: object }).problems).toHaveProperty([part]);
    const answer = await post(path, small);
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain(`href="#${part}"`);
  });

  it('opened by two admins: the second is told, and may decide', async () => {
    const code = await copyOf('shelf', 'Berdua');
    const path = `${BASE}/${code}`;
    const fields = fieldsOf(await page(path), path);
    expect((await post(path, { ...fields, 'front.ground': 'tint' })).status).toBe(303);
    const second = await post(path, { ...fields, 'front.ground': 'main' });
    expect(second.status).toBe(409);
    const again = fieldsOf(await second.text(), path);
    expect(again['front.ground']).toEqual(['main']);
    expect((await post(path, again)).status).toBe(303);
    expect((await designs()).own.find((one) => one.code === code)?.design.front.ground).toBe('main');
  });

  it('previews every sample holder, and says where letters shrink', async () => {
    const code = await copyOf('shelf', 'Pratinjau');
    const path = `${BASE}/${code}`;
    const fields = fieldsOf(await page(path), path);
    for (const contoh of ['usual', 'long_name', 'long_type', 'no_photo', 'lifetime']) {
      const answer = await post(`${path}/pratinjau`, { ...fields, contoh });
      const preview = (await answer.json()) as {
        front: string;
        back: string;
        shrunk: string[];
        problems: object;
      };
      expect(preview.front).toMatch(/^<svg[\s\S]*<\/svg>$/);
      expect(preview.front.includes('contoh.jpg')).toBe(contoh !== 'no_photo');
      expect(preview.problems).toEqual({});
      expect(preview.shrunk.length > 0).toBe(contoh === 'long_name' || contoh === 'long_type');
    }
  });
});

describe('a background picture', () => {
  const upload = async (path: string, fields: PageFields, file: File) =>
    site.upload(
      path,
      {
        ...Object.fromEntries(Object.entries(fields).map(([name, [value = '']]) => [name, value])),
        berkas: file,
        aksi: 'gambar',
      },
      admin.header,
    );
  const png = async (width: number) =>
    new File(
      [
        new Uint8Array(
          await sharp({ create: { width, height: 900, channels: 3, background: '#8fb3a9' } })
            .withExif({ IFD0: { Artist: 'Rahasia' } })
            .png()
            .toBuffer(),
        ),
      ],
      'latar.png',
      { type: 'image/png' },
    );

  it('is re-encoded, shown, shared by copies, and gone with the last design that uses it', async () => {
    const code = await copyOf('page', 'Bergambar');
    const path = `${BASE}/${code}`;
    const answer = await upload(path, fieldsOf(await page(path), path), await png(3000));
    expect(answer.status).toBe(200);
    const html = await answer.text();
    expect(html).toContain('Gambar dipasang.');
    const own = (await designs()).own.find((one) => one.code === code);
    expect(own?.design.front.elements[0]?.kind).toBe('picture');
    const [row] = await pictures();
    expect(row).toMatchObject({ id: own?.pictureFileId, mime: 'image/jpeg' });
    const shown = Buffer.from(await (await get(`${BASE}/gambar/${own?.pictureFileId}`)).arrayBuffer());
    expect(await sharp(shown).metadata()).toMatchObject({ format: 'jpeg', width: 1100 });
    expect(shown.includes('Rahasia')).toBe(false);
    expect(await page(`${path}/depan.svg`)).toContain('data:image/jpeg');
    // The page after the upload can be saved as it stands.
    expect((await post(path, fieldsOf(html, path))).status).toBe(303);
    const copy = await copyOf(code, 'Salinan bergambar');
    for (const [gone, left] of [
      [code, true],
      [copy, false],
    ] as const) {
      const removal = `${BASE}/${gone}/hapus`;
      expect((await post(removal, fieldsOf(await page(BASE), removal))).status).toBe(303);
      expect((await pictures()).some((each) => each.bytes !== null)).toBe(left);
    }
  });

  it.each([
    ['a page of scripts', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
    ['a file that only begins like a picture', '\x89PNG\r\n\x1a\nrusak'],
    ['nothing', ''],
  ])('that is %s is refused, nothing is kept', async (_, bytes) => {
    const code = await copyOf('shelf', 'Gambar buruk');
    const path = `${BASE}/${code}`;
    const before = (await pictures()).length;
    const file = new File([new Uint8Array(Buffer.from(bytes, 'latin1'))], 'latar.png', { type: 'image/png' });
    const answer = await upload(path, fieldsOf(await page(path), path), file);
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain('berkas-error');
    expect((await pictures()).length).toBe(before);
  });

  it('is no file of another kind, and nobody else sees it', async () => {
    const emblem = (await designs()).own[0]?.pictureFileId ?? '01890000-0000-7000-8000-00000000ffff';
    expect((await get(`${BASE}/gambar/${emblem}`)).status).toBe(404);
    const officer = await site.signIn('banyuwangi', 'petugas');
    for (const path of [BASE, `${BASE}/contoh.jpg`, `${BASE}/shelf/depan.svg`, `${BASE}/shelf/contoh.pdf`])
      expect((await site.request(path, { headers: { cookie: officer.header } })).status).toBe(404);
  });
});

/** What is off may be told or not. */
function withoutFalse(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, one: unknown) =>
      one === false || (key === 'align' && one === 'center') ? undefined : one,
    ),
  );
}
