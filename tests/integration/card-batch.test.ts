import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { CardBatchId, MemberId } from '../../src/domain/ids.ts';
import { mergeMembers } from '../../src/usecases/merge-members.ts';
import { replaceCard } from '../../src/usecases/replace-card.ts';
import { createTestApp, type SessionCookie, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { givePhoto, memberNamed, scopeOfRole } from '../support/members.ts';
import { findProgram } from '../support/programs.ts';

function tool(name: string, ...args: string[]): string {
  return execFileSync(name, args, { encoding: 'utf8' });
}

describe('cards that are printed together', () => {
  let database: TestDatabase;
  let app: TestApp;
  let officer: SessionCookie;
  const members: MemberId[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    app = createTestApp(database);
    officer = await app.signIn('jateng', 'petugas');
    const scope = await scopeOf();
    const jpeg = await sharp({ create: { width: 480, height: 640, channels: 3, background: '#7a8' } })
      .jpeg()
      .toBuffer();
    for (const [index, name] of ['Contoh Satu', 'Contoh Dua', 'Contoh Tiga', 'Contoh Empat'].entries()) {
      const id = await memberNamed(database, app.deps, scope, name, {
        institution: index < 2 ? 'SDN Contoh 1' : 'SMP Contoh 2',
      });
      await givePhoto(database, app.deps, scope, id, jpeg);
      members.push(id);
    }
  });
  afterAll(async () => {
    await database.drop();
  });

  async function scopeOf(role: 'petugas' | 'sub_koordinator' | 'admin' = 'petugas') {
    const library = await app.deps.libraries.find('jateng');
    if (!library) throw new Error('no library');
    return scopeOfRole(library, app.deps, [role]);
  }

  const get = (address: string) => app.request(address, { headers: { cookie: officer.header } });

  /** The address of a batch that was made. */
  async function batch(fields: Readonly<Record<string, string | readonly string[]>>): Promise<string> {
    const answer = await app.post('/jateng/cetak-kartu', fields, officer.header);
    expect(answer.status).toBe(303);
    return answer.headers.get('location') ?? '';
  }

  async function printedAt(): Promise<Record<string, boolean>> {
    const { library } = await scopeOf();
    const rows = await inLibrary(database.db, library.id, (tx) =>
      tx
        .selectFrom('card')
        .innerJoin('member', 'member.id', 'card.member_id')
        .select(['member.name', 'card.printed_at'])
        .where('card.revoked_at', 'is', null)
        .execute(),
    );
    return Object.fromEntries(rows.map((row) => [row.name, row.printed_at !== null]));
  }

  async function pages(address: string): Promise<{ pages: number; text: string }> {
    const answer = await get(address);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/pdf');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const folder = mkdtempSync(path.join(tmpdir(), 'daftar-test-'));
    try {
      const file = path.join(folder, 'kartu.pdf');
      writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
      const info = tool('pdfinfo', file);
      return {
        pages: Number(/Pages:\s+(\d+)/.exec(info)?.[1]),
        text: tool('pdftotext', '-layout', file, '-'),
      };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  const poppler = findProgram('pdfinfo') !== undefined && findProgram('pdftotext') !== undefined;

  it('lists who waits for a card, and nobody of another library', async () => {
    const text = await (await get('/jateng/cetak-kartu')).text();
    for (const name of ['Contoh Satu', 'Contoh Empat']) expect(text).toContain(name);
    const other = await app.signIn('banyuwangi', 'petugas');
    const theirs = await app.request('/banyuwangi/cetak-kartu', { headers: { cookie: other.header } });
    expect(await theirs.text()).not.toContain('Contoh Satu');
  });

  it('prints a class by name, on a sheet that was begun, and nobody else', async (context) => {
    const address = await batch({
      keadaan: 'unprinted',
      instansi: 'sdn contoh',
      yang: 'semua',
      lembar: 'a4',
      mulai: '10',
    });
    const page = await (await get(address)).text();
    expect(page).toContain('lembar 1, tempat 10');
    expect(page).toContain('lembar 2, tempat 1');
    expect(page.indexOf('Contoh Dua')).toBeLessThan(page.lastIndexOf('Contoh Satu'));
    expect(page).not.toContain('Contoh Tiga');
    context.skip(!poppler, 'not installed: poppler-utils');
    const file = await pages(`${address}/kartu.pdf`);
    // The last place of the first sheet and the first of the second, front and back.
    expect(file.pages).toBe(4);
    expect(file.text).toContain('Contoh Dua');
    expect(file.text).not.toContain('Contoh Tiga');
  });

  it('a card that failed waits on, the others are printed, and it can be told once', async () => {
    const address = await batch({
      keadaan: 'unprinted',
      yang: 'dicentang',
      lembar: 'cr80',
      pilih: members.slice(2),
    });
    const wrong = await app.post(
      `${address}/hasil`,
      { hasil: 'sebagian', gagal_urutan: '3' },
      officer.header,
    );
    expect(wrong.status).toBe(422);
    expect(await wrong.text()).toContain('Tulis nomor urut');
    const told = await app.post(`${address}/hasil`, { hasil: 'sebagian', gagal_urutan: '2' }, officer.header);
    expect(told.status).toBe(303);
    expect(await printedAt()).toMatchObject({ 'Contoh Tiga': true, 'Contoh Empat': false });
    const again = await app.post(`${address}/hasil`, { hasil: 'semua' }, officer.header);
    expect(again.status).toBe(409);
    expect(await printedAt()).toMatchObject({ 'Contoh Empat': false });
    expect((await get(`${address}/kartu.pdf`)).status).toBe(404);
    const page = await (await get('/jateng/cetak-kartu')).text();
    expect(page).toContain('Contoh Empat');
    expect(page).toMatch(/1 kartu tercetak, 0 di antaranya cetak ulang/);
  });

  it('a print shop gets three millimetres of colour around each card, and what to cut', async (context) => {
    context.skip(!poppler, 'not installed: poppler-utils');
    const address = await batch({
      keadaan: 'printed',
      alasan: 'design',
      yang: 'semua',
      lembar: 'cr80_bleed',
    });
    const folder = mkdtempSync(path.join(tmpdir(), 'daftar-test-'));
    try {
      const file = path.join(folder, 'kartu.pdf');
      writeFileSync(file, Buffer.from(await (await get(`${address}/kartu.pdf`)).arrayBuffer()));
      const boxes = tool('pdfinfo', '-box', file);
      const millimetres = (name: string) => {
        const [, ...edges] =
          new RegExp(`${name}:\\s+([\\d.]+)\\s+([\\d.]+)\\s+([\\d.]+)\\s+([\\d.]+)`).exec(boxes) ?? [];
        return edges.map((edge) => Math.round((Number(edge) / 72) * 254) / 10);
      };
      expect(millimetres('MediaBox')).toEqual([0, 0, 91.6, 60]);
      expect(millimetres('TrimBox')).toEqual([3, 3, 88.6, 57]);
    } finally {
      rmSync(folder, { recursive: true });
    }
    // Its cards wait there: "all" leaves them out until somebody has told.
    const taken = await app.post(
      '/jateng/cetak-kartu',
      { keadaan: 'printed', alasan: 'design', yang: 'semua', lembar: 'cr80' },
      officer.header,
    );
    expect(taken.status).toBe(422);
    await app.post(`${address}/hasil`, { hasil: 'semua' }, officer.header);
  });

  it('a case whose procedure waits for the card is complete with it', async () => {
    const { library } = await scopeOf();
    const acts = await inLibrary(database.db, library.id, (tx) =>
      tx
        .selectFrom('application')
        .select(['member_id', 'done_acts'])
        .where('member_id', 'in', members.slice(2))
        .execute(),
    );
    const of = (id: MemberId | undefined) => acts.find((row) => row.member_id === id)?.done_acts;
    expect(of(members[2])).toContain('print_card');
    expect(of(members[3])).not.toContain('print_card');
  });

  it('a reprint wants a reason, and is logged with it', async () => {
    const fields = { keadaan: 'printed', yang: 'semua', lembar: 'cr80' };
    const refused = await app.post('/jateng/cetak-kartu', fields, officer.header);
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain('Pilih alasan cetak ulang');
    const address = await batch({ ...fields, alasan: 'worn' });
    expect(await (await get(address)).text()).toContain('Cetak ulang');
    await app.post(`${address}/hasil`, { hasil: 'semua' }, officer.header);
    const page = await (await get('/jateng/cetak-kartu')).text();
    expect(page).toContain('Kartu aus atau pudar');
    expect(page).toMatch(/[23] kartu tercetak, [12] di antaranya cetak ulang/);
  });

  it('a card that was lost meanwhile is not printed, and its batch says so', async (context) => {
    const address = await batch({
      keadaan: 'unprinted',
      yang: 'dicentang',
      lembar: 'cr80',
      pilih: members.slice(0, 2),
    });
    const scope = await scopeOf();
    const [lost] = members;
    if (!lost) throw new Error('no member');
    const replaced = await replaceCard(database.db, app.deps, scope, { memberId: lost, reason: 'lost' });
    expect(replaced.ok).toBe(true);
    expect(await (await get(address)).text()).toContain('Dicabut, tidak ikut dicetak');
    if (poppler) expect((await pages(`${address}/kartu.pdf`)).pages).toBe(2);
    else context.annotate('pages not counted: poppler-utils is not installed');
    await app.post(`${address}/hasil`, { hasil: 'semua' }, officer.header);
    // The new card waits: what was told is not about it.
    expect(await printedAt()).toMatchObject({ 'Contoh Satu': false, 'Contoh Dua': true });
  });

  it('members without a card get one, once', async () => {
    const { library } = await scopeOf();
    const [first] = members;
    if (!first) throw new Error('no member');
    await inLibrary(database.db, library.id, (tx) =>
      tx.deleteFrom('card').where('member_id', '=', first).execute(),
    );
    // Two officers at once, one of them pressing twice.
    const post = (kunci: string) =>
      app.post(
        '/jateng/cetak-kartu',
        { keadaan: 'missing', yang: 'semua', lembar: 'cr80', kunci },
        officer.header,
      );
    const [one, again, other] = await Promise.all([
      post('01890000-0000-7000-8000-000000000001'),
      post('01890000-0000-7000-8000-000000000001'),
      post('01890000-0000-7000-8000-000000000002'),
    ]);
    const made = [one, again, other].filter((answer) => answer.status === 303);
    const batches = new Set(made.map((answer) => answer.headers.get('location')));
    expect(batches.size).toBe(1);
    expect(await (await get([...batches][0] ?? '')).text()).toContain('Contoh Satu');
    const none = await app.post(
      '/jateng/cetak-kartu',
      { keadaan: 'missing', yang: 'semua', lembar: 'cr80' },
      officer.header,
    );
    expect(none.status).toBe(422);
    const cards = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('card').select('id').where('member_id', '=', first).execute(),
    );
    expect(cards).toHaveLength(1);
  });

  it('a place on the sheet of a card that was lost stays empty, so that places still name cards', async (context) => {
    context.skip(!poppler, 'not installed: poppler-utils');
    const picked = members.slice(2);
    const address = await batch({
      keadaan: 'printed',
      alasan: 'design',
      yang: 'dicentang',
      pilih: members,
      lembar: 'a4',
      mulai: '10',
    });
    const before = await pages(`${address}/kartu.pdf`);
    expect(before.pages).toBe(4);
    const scope = await scopeOf();
    const [lost] = picked;
    if (!lost) throw new Error('no member');
    await replaceCard(database.db, app.deps, scope, { memberId: lost, reason: 'lost' });
    const after = await pages(`${address}/kartu.pdf`);
    expect(after.pages).toBe(4);
    expect(after.text).not.toContain('Contoh Tiga');
    // Nothing named and nothing ticked is not "some failed".
    const unsaid = await app.post(
      `${address}/hasil`,
      { hasil: 'sebagian', gagal_urutan: '' },
      officer.header,
    );
    expect(unsaid.status).toBe(422);
  });

  it('the card of somebody merged since is printed for who stands for both, and told of as that', async (context) => {
    const scope = await scopeOf();
    const winnerId = await memberNamed(database, app.deps, scope, 'Contoh Ganda Pertama');
    const loserId = await memberNamed(database, app.deps, scope, 'Contoh Ganda Kedua');
    const address = await batch({
      keadaan: 'unprinted',
      yang: 'dicentang',
      pilih: [winnerId, loserId],
      lembar: 'cr80',
    });
    const merged = await mergeMembers(database.db, app.deps, await scopeOf('sub_koordinator'), {
      winnerId,
      loserId,
      take: [],
      reason: 'applied_twice',
    });
    expect(merged.ok).toBe(true);
    const page = await (await get(address)).text();
    expect(page).not.toContain('tidak ikut dicetak');
    if (poppler) expect((await pages(`${address}/kartu.pdf`)).pages).toBe(4);
    else context.annotate('pages not counted: poppler-utils is not installed');
    await app.post(`${address}/hasil`, { hasil: 'semua' }, officer.header);
    const { library } = scope;
    const told = await inLibrary(database.db, library.id, (tx) =>
      tx
        .selectFrom('card_batch_row')
        .select('outcome')
        .where('batch_id', '=', (address.split('/').at(-1) ?? '') as CardBatchId)
        .execute(),
    );
    expect(told.map(({ outcome }) => outcome)).toEqual(['printed', 'printed']);
  });

  it('a photo that the disk has damaged costs its own card the photo, and nobody else the card', async (context) => {
    context.skip(!poppler, 'not installed: poppler-utils');
    const scope = await scopeOf();
    const jpeg = await sharp({ create: { width: 480, height: 640, channels: 3, background: '#a87' } })
      .jpeg()
      .toBuffer();
    const ids: MemberId[] = [];
    for (const name of ['Contoh Rusak', 'Contoh Utuh']) {
      const id = await memberNamed(database, app.deps, scope, name);
      await givePhoto(database, app.deps, scope, id, jpeg);
      ids.push(id);
    }
    const address = await batch({
      keadaan: 'unprinted',
      yang: 'dicentang',
      pilih: ids,
      lembar: 'cr80',
    });
    await inLibrary(database.db, scope.library.id, (tx) =>
      tx
        .updateTable('file')
        .set({ bytes: Buffer.from('damaged') })
        .where('member_id', '=', ids[0] ?? null)
        .execute(),
    );
    const file = await pages(`${address}/kartu.pdf`);
    expect(file.pages).toBe(4);
    expect(file.text).toContain('Contoh Rusak');
    expect(file.text).toContain('Contoh Utuh');
  });

  it('who may not print sees no list, and no address that is not a batch is an error', async () => {
    const admin = await app.signIn('jateng', 'admin');
    const page = await app.request('/jateng/cetak-kartu', { headers: { cookie: admin.header } });
    expect([403, 404]).toContain(page.status);
    for (const address of ['x', '01890000-0000-7000-8000-00000000000a'])
      expect((await get(`/jateng/cetak-kartu/${address}`)).status).toBe(404);
    for (const lembar of ['a4']) {
      const place = await app.post(
        '/jateng/cetak-kartu',
        { keadaan: 'unprinted', yang: 'semua', lembar, mulai: '11' },
        officer.header,
      );
      expect(place.status).toBe(422);
      expect(await place.text()).toContain('angka 1 sampai 10');
    }
  });
});
