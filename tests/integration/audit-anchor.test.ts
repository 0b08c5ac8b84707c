import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { readDigest, spokenDigest } from '../../src/domain/audit-chain.ts';
import { mailComposer } from '../../src/jobs/compose-mail.ts';
import { applyRetention } from '../../src/usecases/apply-retention.ts';
import { askForAnchorMail, readAnchors } from '../../src/usecases/audit-anchor.ts';
import { sealWaiting } from '../../src/usecases/audit-seal.ts';
import { type AuditFinding, findAnchor, verifyAudit } from '../../src/usecases/audit-verify.ts';
import { changeSettings } from '../../src/usecases/change-setting.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { correctMember } from '../../src/usecases/correct-member.ts';
import { deliverMessages, type Mail } from '../../src/usecases/deliver-messages.ts';
import { endMember } from '../../src/usecases/end-member.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { formValuesOf } from '../../src/usecases/revise-person.ts';
import { createTestApp, type SessionCookie, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let site: TestApp;
let library: LibraryContext;
let admin: Scope;
let cookie: SessionCookie;

/** Seals bear the time of the database: the service's clock goes with it here. */
const start = new Date();

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database, { start });
  library = await load();
  admin = scopeOfRole(library, site.deps, ['admin']);
  cookie = await site.signIn('jateng', 'admin');
  await sealWaiting(database.db);
});
afterAll(() => database.drop());

async function load(): Promise<LibraryContext> {
  const found = await loadLibrary(database.db, 'jateng', site.clock.now);
  if (!found) throw new Error('not seeded');
  return found;
}

async function verified(): Promise<AuditFinding[]> {
  await sealWaiting(database.db);
  const findings: AuditFinding[] = [];
  await verifyAudit(database.db, library.id, { before: new Date('2100-01-01') }, (finding) =>
    findings.push(finding),
  );
  return findings;
}

async function anchorNow() {
  const outcome = await readAnchors(database.db, admin, null);
  if (!outcome.ok || outcome.anchor === null) throw new Error('nothing is sealed');
  return outcome.anchor;
}

describe('an anchor of the audit log', () => {
  it('is shown on a page of its own, in groups to read out, and stands in the chain', async () => {
    const anchor = await anchorNow();
    const answer = await site.request('/jateng/jejak/jangkar?lang=id', {
      headers: { cookie: cookie.header },
    });
    expect(answer.status).toBe(200);
    const html = await answer.text();
    const groups = [...html.matchAll(/<span>([0-9a-f]{4})<\/span>/g)].map(([, group]) => group);
    expect(groups).toEqual(spokenDigest(anchor.digest));
    expect(html).toContain('data:image/svg+xml;base64,');
    // As somebody reads it from paper.
    const typed = groups.join(' ').toUpperCase();
    expect(await findAnchor(database.db, library.id, readDigest(typed) ?? '')).toMatchObject({ n: anchor.n });
    expect(await findAnchor(database.db, database.libraryIds.banyuwangi, anchor.digest)).toBeUndefined();
  });

  it('of a day that is over does not change any more', async () => {
    await sealWaiting(database.db);
    const { day } = await anchorNow();
    const outcome = await readAnchors(database.db, admin, day);
    expect(outcome).toMatchObject({ ok: true, anchor: { day }, days: [{ day }] });
    const early = await readAnchors(database.db, admin, '2020-01-01' as never);
    expect(early).toMatchObject({ ok: true, anchor: null });
    const officer = scopeOfRole(library, site.deps, ['petugas']);
    expect(await readAnchors(database.db, officer, null)).toEqual({ ok: false, reason: 'not-allowed' });
  });

  it('is mailed once a day to the address of the setting, without anything personal', async () => {
    const saved = await changeSettings(database.db, site.deps, admin, {
      changes: { auditAnchor: { email: 'arsip@example.org' } },
      version: null,
    });
    expect(saved).toMatchObject({ ok: true, changed: ['auditAnchor'] });
    await sealWaiting(database.db);
    const anchor = await anchorNow();
    // Nothing had been sealed yesterday.
    expect(await askForAnchorMail(database.db, site.deps, library.id)).toBe(false);
    site.clock.now = new Date(start.getTime() + 86_400_000);
    expect(await askForAnchorMail(database.db, site.deps, library.id)).toBe(true);
    expect(await askForAnchorMail(database.db, site.deps, library.id)).toBe(false);
    const mails: Mail[] = [];
    const ports = {
      send: async (mail: Mail) => {
        mails.push(mail);
        return { ok: true as const };
      },
      compose: mailComposer('https://daftar.example'),
    };
    await deliverMessages(database.db, site.deps, ports);
    expect(mails).toHaveLength(1);
    expect(mails[0]?.to).toBe('arsip@example.org');
    expect(mails[0]?.text.replace(/\s/g, '')).toContain(anchor.digest);
    site.clock.now = start;
  });
});

describe('digests of what changed', () => {
  it('say what a revision held by the person’s own key, and erasure leaves the chain whole', async () => {
    const scope = scopeOfRole(library, site.deps, ['sub_koordinator']);
    const member = await memberNamed(database, site.deps, scope, 'Sari Contoh Ubah', {
      address: { line: 'Jl. Contoh 1', rt: '001', rw: '002', village: '99.01.01.1001' as never },
    });
    const row = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('member').selectAll().where('id', '=', member).executeTakeFirstOrThrow(),
    );
    const { vault } = site.deps;
    const values = { ...formValuesOf(row, vault, library.id, 'full'), name: 'Sari Contoh Baru' };
    const corrected = await correctMember(database.db, site.deps, scope, {
      memberId: member,
      values,
      evidence: 'KTP baru',
      photo: null,
    });
    expect(corrected).toMatchObject({ ok: true, fields: ['name'] });
    const { audit, revision } = await inLibrary(database.db, library.id, async (tx) => ({
      audit: await tx
        .selectFrom('audit_log')
        .selectAll()
        .where('subject_id', '=', member)
        .where('action', '=', 'member.correct')
        .executeTakeFirstOrThrow(),
      revision: await tx
        .selectFrom('revision')
        .selectAll()
        .where('member_id', '=', member)
        .executeTakeFirstOrThrow(),
    }));
    const content = vault.openFor(library.id, row.person_key, revision.content);
    expect(JSON.parse(content)).toMatchObject({ after: { name: 'Sari Contoh Baru' } });
    expect(audit.digest).toEqual(vault.hashFor(library.id, row.person_key, content));
    expect(await verified()).toEqual([]);
    const before = await anchorNow();

    await endMember(database.db, site.deps, scope, {
      memberId: member,
      reason: 'request',
      effectiveOn: null,
    });
    const { retention } = library.settings;
    const strict = {
      ...library,
      settings: { ...library.settings, retention: { ...retention, endedMemberMonths: 1 } },
    };
    site.clock.now = new Date(start.getTime() + 120 * 86_400_000);
    await applyRetention(database.db, site.deps, strict);
    site.clock.now = start;
    const erased = await inLibrary(database.db, library.id, (tx) =>
      tx
        .selectFrom('member')
        .select(['name', 'person_key'])
        .where('id', '=', member)
        .executeTakeFirstOrThrow(),
    );
    expect(erased.name).toBe('');
    expect(erased.person_key).toHaveLength(0);
    expect(() => vault.openFor(library.id, erased.person_key, revision.content)).toThrow();
    expect(await verified()).toEqual([]);
    expect(await findAnchor(database.db, library.id, before.digest)).toMatchObject({ n: before.n });
  });

  it('stand beside changed settings and networks of sessions as well, and nowhere else', async () => {
    const rows = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('audit_log').select(['action', 'digest']).execute(),
    );
    for (const row of rows)
      expect(row.digest !== null, row.action).toBe(
        row.action.startsWith('session.') || ['setting.change', 'member.correct'].includes(row.action),
      );
  });
});
