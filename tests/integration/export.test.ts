import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { exportFile } from '../../src/documents/export-file.ts';
import type { ApplicantData } from '../../src/domain/applicant.ts';
import type { LiveSystem, PutAnswer } from '../../src/domain/exporting/live.ts';
import type { ExportTarget, FileTarget } from '../../src/domain/exporting/outgoing-member.ts';
import type { ExportId, MemberId, Nik, Phone, RegionCode } from '../../src/domain/ids.ts';
import type { LendingSystem } from '../../src/domain/library-settings.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import { exportFormat } from '../../src/interop/export-formats.ts';
import type { Deps, Scope } from '../../src/usecases/context.ts';
import { beginExport, exportRows, kohaCodesOf, withdrawExport } from '../../src/usecases/export-members.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { readExports, toldMembers } from '../../src/usecases/read-export.ts';
import { anyChanged, sendLive } from '../../src/usecases/send-live.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';
import { apply, dryRun, rowsOf } from '../support/imports.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let deps: Deps;
let scope: Scope;

const LENDING: LendingSystem = {
  identityNumbers: true,
  fillerReady: true,
  kohaBranch: 'UTAMA',
  kohaCategories: ['UMUM=PT', 'ANAK=J'],
};

/** As the library has settled its lending system. */
function settled(of: Scope, lendingSystem: Partial<LendingSystem> = {}, publicNumberIsNik = false): Scope {
  const settings = {
    ...of.library.settings,
    lendingSystem: { ...LENDING, ...lendingSystem },
    publicNumberIsNik,
  };
  return { ...of, at: deps.now(), library: { ...of.library, settings } };
}

async function emptyDatabase(): Promise<void> {
  database = await createTestDatabase();
  deps = testDeps();
  const library = await loadLibrary(database.db, 'banyuwangi', deps.now());
  if (!library) throw new Error('not seeded');
  scope = settled(scopeOfRole(library, deps, ['petugas', 'sub_koordinator']));
}

const village = '99.01.01.2001' as RegionCode;
const place = { rt: '003', rw: '004', village };
const day = (text: string) => text as PlainDate;

/** Members of every kind; each is somebody else. */
const PEOPLE: readonly (readonly [name: string, data: Partial<ApplicantData>, columns?: object])[] = [
  [
    'Dewi Contoh Lestari',
    {
      address: { line: 'Jl. Contoh 1', ...place },
      phone: '+6281234567801' as Phone,
      email: 'dewi@contoh.id',
      occupation: 'teacher',
      education: 's1',
      institution: 'SMPN 1 Contoh',
      birthDate: day('1985-04-03'),
    },
  ],
  [
    'Tanparagu',
    {
      documentType: null,
      documentNumber: null,
      nik: null,
      noDocumentReason: 'lost',
      birthDate: day('1971-02-01'),
      sex: 'L',
      address: { line: 'Jl. Sunyi 7', ...place },
    },
  ],
  [`W${'a'.repeat(57)}yo`, { birthDate: day('1966-06-06'), occupation: 'farmer_fisher' }],
  [
    'Hélène Müller Contoh',
    {
      birthDate: day('1992-12-12'),
      documentType: 'paspor',
      documentNumber: 'X1234567',
      nik: null,
      phone: '+6591234567' as Phone,
    },
  ],
  ['Đặng Văn Contoh', { birthDate: day('1993-11-11'), sex: 'L', education: 'none' }],
  [
    'Bima Kecil Contoh',
    {
      birthDate: day('2016-09-09'),
      sex: 'L',
      memberType: 'ANAK',
      documentType: 'kia',
      guardian: {
        name: 'Ratna Contoh',
        relation: 'grandparent',
        phone: '+6281234567802' as Phone,
        consented: true,
      },
    },
  ],
  [
    'Joko Contoh Selamanya',
    { birthDate: day('1950-05-05'), sex: 'L', occupation: 'retired' },
    { valid_until: null },
  ],
  [
    'Sari Contoh Tangguh',
    {
      birthDate: day('1988-08-08'),
      present: { line: 'Jl. Baru 9', rt: '010', rw: '011', village },
      presentSame: false,
    },
    { state: 'suspended' },
  ],
  [
    'Kutip Contoh Titik',
    {
      birthDate: day('1979-07-07'),
      address: { line: 'Gg. "Mawar"; blok\nC, no. 5', rt: null, rw: null, village: null },
    },
  ],
  [
    'Rumus Contoh Sama',
    { birthDate: day('1978-03-07'), address: { line: '=1+1 Jl. Aneh', rt: null, rw: null, village: null } },
  ],
];

async function makePeople(): Promise<readonly MemberId[]> {
  const ids: MemberId[] = [];
  for (const [n, [name, data, columns]] of PEOPLE.entries()) {
    const nik = `99010117058500${String(10 + n)}` as Nik;
    const identity =
      'documentType' in data && data.documentType !== 'kia' ? {} : { documentNumber: nik, nik };
    const id = await memberNamed(database, deps, scope, name, { ...identity, ...data });
    if (columns)
      await inLibrary(database.db, scope.library.id, (tx) =>
        tx.updateTable('member').set(columns).where('id', '=', id).execute(),
      );
    ids.push(id);
  }
  return ids;
}

async function exported(to: FileTarget, of = scope, changedOnly = false) {
  const begun = await beginExport(database.db, deps, { ...of, at: deps.now() }, { target: to, changedOnly });
  if (!begun.ok) throw new Error(begun.reason);
  const rows: (readonly string[])[] = [];
  const format = exportFormat(to, kohaCodesOf(of));
  async function* kept() {
    for await (const row of exportRows(
      database.db,
      deps,
      of,
      begun.ok ? begun.exportId : ('' as never),
      format,
    )) {
      rows.push(row);
      yield row;
    }
  }
  const bytes = new Uint8Array(await buffer(exportFile(to, kept()).bytes));
  return { id: begun.exportId, bytes, rows: rows.slice(1) };
}

const told = async (id: ExportId) => {
  const found: [string | null, boolean, ...string[]][] = [];
  for await (const one of toldMembers(database.db, scope, id))
    found.push([one.name, one.sent, ...one.reasons]);
  return found;
};

/** A member's own columns as a person would compare them, numbers opened. */
async function membersOf(of: Scope) {
  const { id } = of.library;
  const rows = await inLibrary(database.db, id, (tx) => tx.selectFrom('member').selectAll().execute());
  const names = new Map(
    (
      await database.db.selectFrom('region').select(['code', 'name']).where('code', 'like', '99%').execute()
    ).map((row) => [row.code, row.name]),
  );
  const whole = (line: string | null, rt: string | null, rw: string | null, code: string | null) => {
    const levels = code === null ? [] : [13, 8, 5, 2].map((end) => names.get(code.slice(0, end)));
    const unit = [rt && `RT ${rt}`, rw && `RW ${rw}`].filter(Boolean).join('/');
    return [line, unit, ...levels].filter(Boolean).join(', ').replace(/\s+/g, ' ');
  };
  return new Map(
    rows.map((row) => [
      row.name,
      {
        number: row.number,
        birthPlace: row.birth_place,
        birthDate: row.birth_date,
        sex: row.sex,
        document:
          row.document_number === null
            ? null
            : [row.document_type, deps.vault.openText(id, 'document', row.document_number)],
        nik: row.nik === null ? null : deps.vault.openText(id, 'nik', row.nik),
        address: [
          row.address_line?.replace(/\s+/g, ' '),
          row.address_rt,
          row.address_rw,
          row.address_village,
        ],
        wholeAddress: whole(row.address_line, row.address_rt, row.address_rw, row.address_village),
        present: [row.present_same, row.present_line, row.present_rt, row.present_rw, row.present_village],
        phone: row.phone,
        email: row.email,
        occupation: row.occupation,
        education: row.education,
        institution: row.institution,
        type: row.member_type,
        since: row.member_since,
        until: row.valid_until,
        state: row.state,
        guardian: [row.guardian_name, row.guardian_relation, row.guardian_phone],
      },
    ]),
  );
}
type Compared = keyof NonNullable<ReturnType<Awaited<ReturnType<typeof membersOf>>['get']>>;

/** What a format has no place for. Everything else must come back as it was. */
const NOT_CARRIED: Readonly<Record<FileTarget, readonly Compared[]>> = {
  'inlislite-3.2': [],
  // No emergency contact there.
  'inlislite-3.3': ['guardian'],
  // One address in one line; the kind of document is told by its number alone, so that only a NIK comes back.
  slims: ['address', 'present', 'birthPlace', 'document', 'occupation', 'education', 'state', 'guardian'],
  // One address; no document, no guardian's telephone.
  koha: [
    'address',
    'present',
    'birthPlace',
    'document',
    'nik',
    'occupation',
    'education',
    'institution',
    'state',
    'guardian',
  ],
};

describe('members that go out and come back', () => {
  it.each(['inlislite-3.2', 'inlislite-3.3', 'slims', 'koha'] as const)(
    '%s: what the format carries is the same in an empty library',
    async (target) => {
      await emptyDatabase();
      try {
        await makePeople();
        const before = await membersOf(scope);
        const { id, bytes, rows } = await exported(target);
        expect(rows).toHaveLength(PEOPLE.length);
        const letters = target.startsWith('inlislite') ? [['Đặng Văn Contoh', true, 'letters_lost']] : [];
        expect(await told(id)).toEqual(letters);
        const other = await loadLibrary(database.db, 'jateng', deps.now());
        if (!other) throw new Error('not seeded');
        const there = scopeOfRole(other, deps, ['admin']);
        const { importId, ended } = await dryRun(database, deps, there, bytes);
        expect(ended).toBe('checked');
        expect((await rowsOf(database, there, importId)).map((row) => row.outcome)).toEqual(
          PEOPLE.map(() => 'new'),
        );
        expect(await apply(database, deps, there, importId)).toBe('done');
        const after = await membersOf(there);
        // The fictional province is called as its regency: a name that stands in the line is not put behind it again.
        const plain = (field: string, value: unknown) =>
          field === 'wholeAddress' && target === 'koha' ? String(value).replace(/, Contoh$/, '') : value;
        const without = (people: typeof before) =>
          Object.fromEntries(
            [...people].map(([name, facts]) => [
              name,
              Object.fromEntries(
                Object.entries(facts)
                  .filter(([field]) => !(NOT_CARRIED[target] as readonly string[]).includes(field))
                  .map(([field, value]) => [field, plain(field, value)]),
              ),
            ]),
          );
        expect(without(after)).toEqual(without(before));
        // A second time nobody is new.
        const again = await dryRun(database, deps, there, bytes);
        expect((await rowsOf(database, there, again.importId)).map((row) => row.outcome)).toEqual(
          PEOPLE.map(() => 'same'),
        );
      } finally {
        await database.drop();
      }
    },
    120_000,
  );
});

describe('what goes to the lending system', () => {
  beforeAll(emptyDatabase);
  afterAll(() => database.drop());
  beforeEach(() =>
    inLibrary(database.db, scope.library.id, async (tx) => {
      await tx.deleteFrom('export_row').execute();
      await tx.deleteFrom('export').execute();
      await tx.updateTable('member').set({ state: 'ended' }).execute();
    }),
  );
  const change = (id: MemberId, columns: object) =>
    inLibrary(database.db, scope.library.id, (tx) =>
      tx
        .updateTable('member')
        .set((eb) => ({ ...columns, version: eb('version', '+', 1) }))
        .where('id', '=', id)
        .execute(),
    );
  const numbers = (rows: readonly (readonly string[])[]) => rows.map((row) => row[1]);

  it('is everybody at first, and then who is new or has changed', async () => {
    const one = await memberNamed(database, deps, scope, 'Ayu Contoh Pertama');
    await memberNamed(database, deps, scope, 'Beni Contoh Kedua');
    const names = async (changedOnly: boolean) =>
      (await exported('slims', scope, changedOnly)).rows.map((row) => row[1]);
    expect(await names(true)).toEqual(['Ayu Contoh Pertama', 'Beni Contoh Kedua']);
    expect(await names(true)).toEqual([]);
    await change(one, { email: 'ayu@contoh.id' });
    await memberNamed(database, deps, scope, 'Citra Contoh Ketiga');
    // Another target has had nobody yet.
    expect((await exported('koha', scope, true)).rows).toHaveLength(3);
    expect(await names(true)).toEqual(['Ayu Contoh Pertama', 'Citra Contoh Ketiga']);
    expect(await names(false)).toHaveLength(3);
  });

  it('counts a file only once it was taken to its end, and not when it was never used', async () => {
    await memberNamed(database, deps, scope, 'Ayu Contoh Pertama');
    const begun = await beginExport(database.db, deps, scope, { target: 'slims', changedOnly: true });
    if (!begun.ok) throw new Error(begun.reason);
    for await (const _ of exportRows(
      database.db,
      deps,
      scope,
      begun.exportId,
      exportFormat('slims', kohaCodesOf(scope)),
    ))
      break;
    expect((await readExports(database.db, scope))[0]).toMatchObject({ state: 'failed' });
    const { id, rows } = await exported('slims', scope, true);
    expect(rows).toHaveLength(1);
    expect((await exported('slims', scope, true)).rows).toHaveLength(0);
    expect(await withdrawExport(database.db, deps, scope, id)).toEqual({ ok: true });
    expect(await withdrawExport(database.db, deps, scope, id)).toEqual({ ok: false, reason: 'not-now' });
    expect((await exported('slims', scope, true)).rows).toHaveLength(1);
  });

  it('names who did not fit, tries them again, and tells of those who have left', async () => {
    const long = await memberNamed(database, deps, scope, 'Ayu Contoh Pertama');
    const leaver = await memberNamed(database, deps, scope, 'Beni Contoh Kedua');
    await memberNamed(database, deps, scope, 'Citra Contoh Ketiga', { sex: 'P' });
    await change(long, { number: 'N'.repeat(30) });
    const first = await exported('slims');
    expect(await told(first.id)).toEqual([['Ayu Contoh Pertama', false, 'number_too_long']]);
    expect((await readExports(database.db, scope))[0]).toMatchObject({ sent: 2, misfit: 1, state: 'done' });
    await change(leaver, { state: 'ended' });
    const second = await exported('slims', scope, true);
    expect(second.rows).toEqual([]);
    expect(await told(second.id)).toEqual([
      ['Ayu Contoh Pertama', false, 'number_too_long'],
      ['Beni Contoh Kedua', false, 'ended'],
    ]);
    await change(long, { number: 'N-1' });
    expect((await exported('slims', scope, true)).rows.map((row) => row[0])).toEqual(['N-1']);
  });

  it('leaves identity numbers here until the library lets them go', async () => {
    const nik = '9901011705850077' as Nik;
    await memberNamed(database, deps, scope, 'Ayu Contoh Pertama', { documentNumber: nik, nik });
    const closed = settled(scope, { identityNumbers: false });
    const [without] = (await exported('inlislite-3.2', closed)).rows;
    expect(without?.join('|')).not.toContain(nik);
    const [withIt] = (await exported('inlislite-3.2')).rows;
    expect(withIt?.filter((cell) => cell === nik)).toHaveLength(1);
    expect(withIt?.[21]).toBe('KTP');
    const [asNumber] = (await exported('inlislite-3.2', settled(scope, { identityNumbers: false }, true)))
      .rows;
    expect([asNumber?.[1], asNumber?.[22]]).toEqual([nik, '']);
    const audit = await inLibrary(database.db, scope.library.id, (tx) =>
      tx.selectFrom('audit_log').selectAll().where('subject_kind', '=', 'export').orderBy('id').execute(),
    );
    expect(audit.slice(-2)).toMatchObject([
      { action: 'export.begin', fields: ['document_number'], purpose: 'inlislite-3.2' },
      { action: 'export.finish', fields: ['document_number'], purpose: 'inlislite-3.2 1' },
    ]);
    expect(JSON.stringify(audit)).not.toMatch(/Ayu|9901011705850077/);
  });

  it('feeds back the number by which the old system knows a member: the NIK that was a number there', async () => {
    const file = new TextEncoder().encode(
      'No Anggota,Nama,Tanggal Lahir,Jenis Kelamin,Jenis Anggota,Tanggal Daftar,Berlaku Hingga\n9901015705900077,Nurlaila Contoh Kencana,17-5-1990,P,Umum,2019-05-06,2029-05-06\n',
    );
    const { importId } = await dryRun(database, deps, scope, file);
    await apply(database, deps, scope, importId);
    expect(numbers((await exported('inlislite-3.2')).rows)).toEqual(['9901015705900077']);
    const [row] = (await exported('inlislite-3.2', settled(scope, { identityNumbers: false }))).rows;
    expect(row?.join('|')).not.toContain('9901015705900077');
  });

  it('refuses INLISLite 3.3 and Koha until what they need there is said to be there', async () => {
    const refusal = (target: ExportTarget, of: Scope) =>
      beginExport(database.db, deps, of, { target, changedOnly: false });
    expect(await refusal('inlislite-3.3', settled(scope, { fillerReady: false }))).toEqual({
      ok: false,
      reason: 'filler-not-ready',
    });
    for (const target of ['koha', 'koha-rest'] as const)
      expect(await refusal(target, settled(scope, { kohaBranch: '' }))).toEqual({
        ok: false,
        reason: 'branch-missing',
      });
    const admin = scopeOfRole(scope.library, deps, ['admin']);
    expect(await refusal('slims', admin)).toEqual({ ok: false, reason: 'not-allowed' });
    expect(await readExports(database.db, scope)).toEqual([]);
  });

  it('goes on over many batches', async () => {
    const file = [
      'Nama,No Anggota,Tanggal Daftar',
      ...Array.from({ length: 2_300 }, (_, n) => `Orang ${word(n)},R${n},2020-01-01`),
    ];
    const { importId } = await dryRun(database, deps, scope, new TextEncoder().encode(file.join('\n')));
    await apply(database, deps, scope, importId);
    const { rows } = await exported('koha');
    expect(new Set(rows.map((row) => row[0])).size).toBe(rows.length);
    const members = await inLibrary(database.db, scope.library.id, (tx) =>
      tx.selectFrom('member').select('id').where('state', '<>', 'ended').execute(),
    );
    expect(rows).toHaveLength(members.length);
    expect(rows.length).toBeGreaterThan(2_000);
  }, 120_000);

  it('sends each once, goes on after a stop, and leaves the refused alone until they change', async () => {
    for (const name of ['Ayu Contoh Pertama', 'Beni Contoh Kedua', 'Citra Contoh Ketiga'])
      await memberNamed(database, deps, scope, name);
    const sent: string[] = [];
    const run = async (answer: (name: string) => PutAnswer | null, again = true) => {
      const begun = await beginExport(
        database.db,
        deps,
        { ...scope, at: deps.now() },
        { target: 'koha-rest', changedOnly: true },
      );
      if (!begun.ok) throw new Error(begun.reason);
      const system: LiveSystem = {
        shape: (member) => ({ ok: true, value: { number: member.number, name: member.name }, notes: [] }),
        async put({ number, values }, decide) {
          const name = (values.name ?? '').slice(0, 4).trim();
          sent.push(name);
          const early = answer(name);
          if (early) return early;
          decide(null);
          return { kind: 'done', row: { id: number, values } };
        },
        close: () => Promise.resolve(),
      };
      const { record } = await sendLive(database.db, deps, scope, begun.exportId, {
        system,
        first: 'ask',
        again,
      });
      return record;
    };
    const down = await run((name) =>
      name === 'Beni' ? { kind: 'stop', failure: 'koha-unreachable', note: null } : null,
    );
    expect(down).toMatchObject({ state: 'failed', failure: 'koha-unreachable', sent: 1 });
    const second = await run((name) =>
      name === 'Citr' ? { kind: 'refused', misfits: ['refused:/body/email'] } : null,
    );
    expect(second).toMatchObject({ state: 'done', sent: 1, misfit: 1 });
    expect(sent).toEqual(['Ayu', 'Beni', 'Beni', 'Citr']);
    expect(await anyChanged(database.db, deps, scope, 'koha-rest')).toBe(false);
    await run(() => null, false);
    expect(sent).toHaveLength(4);
    await run(() => null);
    expect(sent.at(-1)).toBe('Citr');
    expect(await anyChanged(database.db, deps, scope, 'koha-rest')).toBe(false);
  });
});

const SYLLABLES = [
  'ra',
  'wi',
  'su',
  'na',
  'di',
  'ka',
  'lo',
  'me',
  'ti',
  'bu',
  'ja',
  'ri',
  'pa',
  'yo',
  'gu',
  'sa',
];
/** A name that no other number has. */
function word(n: number): string {
  return [0, 1, 2, 3].map((at) => SYLLABLES[Math.floor((n * 7_919) / 16 ** at) % 16]).join('');
}
