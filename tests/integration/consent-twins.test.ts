/** Rules on consents that are asked of the database in one place and of rows at hand in another say the same. */
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import { ownConsentDue } from '../../src/usecases/ask-own-consent.ts';
import { photoGiven } from '../../src/usecases/read-card.ts';
import { consentRowsOf, standingOf } from '../../src/usecases/read-consents.ts';
import { readMember } from '../../src/usecases/read-member.ts';
import { type Counter, openCounter } from '../support/counter.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let counter: Counter;
let admin: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  counter = await openCounter(database, 'banyuwangi');
  admin = new pg.Client({ ...database.addresses.admin });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

/** As many memberships as can be one person's. */
const PEOPLE = 3;

const row = fc.record({
  of: fc.nat(PEOPLE - 1),
  id: fc.uuid(),
  purpose: fc.constantFrom('photo_on_card', 'photo_on_card', 'messages', 'acknowledgement'),
  given: fc.boolean(),
  byGuardian: fc.boolean(),
  // Often at one moment: then the identifier decides.
  minute: fc.nat(3),
  isWithdrawn: fc.boolean(),
});
const rows = fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 8 });
/** Into which of them the others were merged; null: nobody was. */
const merged = fc.option(
  fc.record({ into: fc.nat(PEOPLE - 1), who: fc.subarray(Array.from({ length: PEOPLE }, (_, n) => n)) }),
);

it('whether a photo may be shown and whether a guardian still speaks: SQL and TypeScript agree', async () => {
  const { deps, library } = counter;
  const scope = scopeOfRole(library, deps, ['petugas', 'sub_koordinator']);
  const people: MemberId[] = [];
  for (const name of ['Contoh Pertama', 'Contoh Kedua', 'Contoh Ketiga'])
    people.push(await memberNamed(database, deps, scope, name, { birthDate: '1990-05-17' as PlainDate }));
  const idOf = (n: number): MemberId => people[n] ?? ('' as MemberId);
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(rows, merged, async (consents, merge) => {
      await admin.query('delete from consent where member_id = any($1::uuid[])', [people]);
      await admin.query('update member set merged_into = null where id = any($1::uuid[])', [people]);
      for (const n of merge?.who.filter((each) => each !== merge.into) ?? [])
        await admin.query('update member set merged_into = $2 where id = $1', [
          idOf(n),
          idOf(merge?.into ?? 0),
        ]);
      for (const { of, id, purpose, given, byGuardian, minute, isWithdrawn } of consents)
        await admin.query(
          `insert into consent (library_id, id, member_id, purpose, given, by_guardian, text_version, text_lang, channel,
             recorded_at, withdrawn_at)
           values ($1, $2, $3, $4, $5, $6, '1', 'id', 'desk', $7, $8)`,
          [
            library.id,
            id,
            idOf(of),
            purpose,
            given,
            byGuardian,
            new Date(Date.UTC(2026, 0, 2, 3, minute)),
            isWithdrawn ? new Date(Date.UTC(2026, 0, 3)) : null,
          ],
        );
      for (const memberId of people) {
        const [asked, standing, isDue] = await inLibrary(database.db, library.id, async (tx) => [
          await tx
            .selectFrom('member')
            .select(photoGiven.as('photo'))
            .where('id', '=', memberId)
            .executeTakeFirstOrThrow(),
          standingOf(await consentRowsOf(tx, { memberId, applicationId: null }, ['photo_on_card'])),
          await ownConsentDue(tx, scope, memberId),
        ]);
        expect(asked.photo).toBe(
          { given: true, refused: false, withdrawn: false, unrecorded: null }[standing],
        );
        const view = await readMember(database.db, deps, scope, memberId);
        expect(view?.waitsForOwn).toBe(isDue);
        seen.add(standing).add(`due: ${isDue}`);
      }
    }),
    { numRuns: 120 },
  );
  expect(seen).toEqual(new Set(['given', 'refused', 'withdrawn', 'unrecorded', 'due: true', 'due: false']));
}, 120_000);
