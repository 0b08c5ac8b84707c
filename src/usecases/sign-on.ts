import type { Db, Tx } from '../db/connection.ts';
import { findIdentity, findProvider, providerOnly } from '../db/sign-on.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { OfficerId } from '../domain/ids.ts';
import { type Claims, expectedForm, judgeClaims, type ProviderRules } from '../domain/sign-on.ts';
import { writeAudit } from './audit.ts';
import { writeConfirmation } from './confirm-session.ts';
import type { Deps, LibraryContext, Scope } from './context.ts';
import { endOtherSessions } from './end-other-sessions.ts';
import { isOwn, managing, type OfficerRefusal } from './manage-officer.ts';

import { beginFactorDuty, hasFactor } from './second-factor.ts';
import { openSession } from './session.ts';
import { newTicket, type Opened } from './sign-in.ts';
import { spend } from './webauthn.ts';

/** Whom the provider has named, in an answer that was checked. */
export interface ProvenPerson {
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Claims;
  readonly authenticatedAt: Date;
}

/**
 * Why somebody whom the provider knows does not come in, as the audit log says it. `sign_on_unlinked`: no officer here,
 * another library's officer, or one whose account is closed: all the same to whoever stands at the door.
 */
export type SignOnRefusal = 'sign_on_no_factor' | 'sign_on_domain' | 'sign_on_unlinked';

/**
 * Marks the answer to a question of ours as used; false where it was used before.
 * @param state 32 random bytes as base64url
 */
export function spendState(db: Db, deps: Deps, scope: Scope, state: string): Promise<boolean> {
  return inLibrary(db, scope.library.id, (tx) => spend(tx, deps, scope, Buffer.from(state, 'base64url')));
}

/** Writes down that an answer was refused before anybody was named by it. */
export function recordRefusedAnswer(db: Db, deps: Deps, scope: Scope, why: string): Promise<void> {
  return inLibrary(db, scope.library.id, (tx) => refuse(tx, deps, scope, null, why));
}

/**
 * Lets the officer in whom the provider has named. An account is made by nobody but an admin: the first sign-in of who
 * is expected binds the account to the provider's subject for good.
 */
export function signInByProvider(
  db: Db,
  deps: Deps,
  scope: Scope,
  person: ProvenPerson,
  rules: ProviderRules,
): Promise<
  | Opened
  | { readonly ok: false; readonly reason: SignOnRefusal }
  /** The provider is one factor, and the officer has a second one here: see `finishSignIn`. */
  | { readonly ok: false; readonly reason: 'second-factor'; readonly ticket: string }
> {
  const { library, at } = scope;
  return inLibrary(db, library.id, async (tx) => {
    const judged = judgeClaims(rules, person.claims);
    if (!judged.ok) {
      const reason = judged.reason === 'factor' ? 'sign_on_no_factor' : 'sign_on_domain';
      await refuse(tx, deps, scope, null, reason);
      return { ok: false, reason };
    }
    const officerId = await identify(tx, deps, scope, person, judged.expected);
    const officer =
      officerId === undefined
        ? undefined
        : await tx
            .selectFrom('officer')
            .select(['id', 'username', 'active', 'roles', 'totp_secret', 'factor_due_at'])
            .where('id', '=', officerId)
            .executeTakeFirst();
    if (!officer?.active) {
      await refuse(tx, deps, scope, officer?.id ?? null, 'sign_on_unlinked');
      return { ok: false, reason: 'sign_on_unlinked' };
    }
    await tx
      .updateTable('officer_identity')
      .set({ last_used_at: at })
      .where('officer_id', '=', officer.id)
      .execute();
    if (!judged.secondFactor && (await hasFactor(tx, officer)))
      return { ok: false, reason: 'second-factor', ticket: newTicket(deps, library, officer.id, at, true) };
    if (!judged.secondFactor) await beginFactorDuty(tx, library, officer, at);
    // Signed in there this morning is no proof of who sits here now.
    const confirmedAt = new Date(Math.min(person.authenticatedAt.getTime(), at.getTime()));
    const token = await openSession(tx, deps, library, {
      officerId: officer.id,
      at,
      from: scope,
      way: judged.secondFactor ? 'sign_on_factor' : 'sign_on',
      byProvider: true,
      proven: { password: confirmedAt, factor: judged.secondFactor ? confirmedAt : null },
      confirmedAt,
    });
    return { ok: true, token, officerId: officer.id, username: officer.username };
  });
}

/** The officer of this person, whom the first sign-in links; undefined where there is none. */
async function identify(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  person: ProvenPerson,
  expected: string | null,
): Promise<OfficerId | undefined> {
  const { library, at } = scope;
  const subject = subjectHash(deps, library, person);
  const known = await holderOf(tx, person.issuer, subject);
  if (known !== undefined || expected === null) return known;
  await lockProvider(tx);
  // Linked by another sign-in of the same person while this one waited.
  const meanwhile = await holderOf(tx, person.issuer, subject);
  if (meanwhile !== undefined) return meanwhile;
  const linked = await tx
    .updateTable('officer_identity')
    .set({ expected_hash: null, subject_hash: subject, linked_at: at })
    .where('issuer', '=', person.issuer)
    .where('expected_hash', '=', expectedHash(deps, library, person.issuer, expected))
    // Closed accounts are not bound either: reopened, they are still expected.
    .where('officer_id', 'in', (select) =>
      select.selectFrom('officer').select('officer.id').where('active', '=', true),
    )
    .returning('officer_id')
    .executeTakeFirst();
  if (linked) await audit(tx, deps, scope, linked.officer_id, 'link_sign_on', 'first_sign_in');
  return linked?.officer_id;
}

async function holderOf(tx: Tx, issuer: string, subject: Buffer): Promise<OfficerId | undefined> {
  const row = await tx
    .selectFrom('officer_identity')
    .select('officer_id')
    .where('issuer', '=', issuer)
    .where('subject_hash', '=', subject)
    .executeTakeFirst();
  return row?.officer_id;
}

/**
 * Proves again, at the provider and just now, who sits at a session.
 * @returns the session's new secret; undefined where it is somebody else, or the session is over
 */
export function confirmByProvider(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly person: ProvenPerson; readonly rules: ProviderRules; readonly token: string },
): Promise<string | undefined> {
  const { actor, library } = scope;
  return inLibrary(db, library.id, async (tx) => {
    if (actor.kind !== 'officer') return undefined;
    const identity = await findIdentity(tx, actor.id);
    const right =
      judgeClaims(input.rules, input.person.claims).ok &&
      identity?.issuer === input.person.issuer &&
      identity.subject_hash?.equals(subjectHash(deps, library, input.person)) === true;
    const way = input.rules.secondFactor.length > 0 ? 'sign_on_factor' : 'sign_on';
    return writeConfirmation(tx, deps, scope, { token: input.token, right, ways: [way] });
  });
}

/** Links the account of the officer who acts to the person whom the provider has named just now. Other sessions end. */
export function linkOwnAccount(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly person: ProvenPerson; readonly rules: ProviderRules; readonly token: string },
): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: SignOnRefusal | 'taken' }> {
  const { actor, library, at } = scope;
  const { person } = input;
  return inLibrary(db, library.id, async (tx) => {
    if (actor.kind !== 'officer') return { ok: false, reason: 'sign_on_unlinked' };
    const judged = judgeClaims(input.rules, person.claims);
    if (!judged.ok)
      return { ok: false, reason: judged.reason === 'factor' ? 'sign_on_no_factor' : 'sign_on_domain' };
    const subject = subjectHash(deps, library, person);
    await lockProvider(tx);
    const holder = await holderOf(tx, person.issuer, subject);
    if (holder !== undefined && holder !== actor.id) return { ok: false, reason: 'taken' };
    const values = {
      issuer: person.issuer,
      expected_hash: null,
      subject_hash: subject,
      set_at: at,
      linked_at: at,
    };
    await tx
      .insertInto('officer_identity')
      .values({ library_id: library.id, officer_id: actor.id, ...values })
      .onConflict((conflict) => conflict.columns(['library_id', 'officer_id']).doUpdateSet(values))
      .execute();
    await endOtherSessions(tx, deps, scope, actor.id, input.token);
    await audit(tx, deps, scope, actor.id, 'link_sign_on', 'own_page');
    return { ok: true };
  });
}

export interface OwnLink {
  /** Of the provider that is switched on. */
  readonly provider: string;
  readonly linkedAt: Date | null;
  readonly lastUsedAt: Date | null;
  /** The own password opens nothing while the library wants the provider. */
  readonly only: boolean;
}

/** How the officer who acts stands to the provider; null where the library has none. */
export function ownLink(db: Db, scope: Scope): Promise<OwnLink | null> {
  const { actor, library } = scope;
  return inLibrary(db, library.id, async (tx) => {
    const provider = await findProvider(tx);
    if (actor.kind !== 'officer' || !provider?.active) return null;
    const identity = await findIdentity(tx, actor.id);
    const linked = identity?.issuer === provider.issuer && identity.subject_hash !== null;
    return {
      provider: provider.name,
      linkedAt: linked ? identity.linked_at : null,
      lastUsedAt: linked ? identity.last_used_at : null,
      only: (await providerOnly(tx, actor.id)) !== undefined,
    };
  });
}

/** The officer's own link ends. While the library lets them in through the provider only, an admin has to do it. */
export function unlinkOwnAccount(
  db: Db,
  deps: Deps,
  scope: Scope,
): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: 'provider-only' | 'not-found' }> {
  const { actor, library } = scope;
  return inLibrary(db, library.id, async (tx) => {
    if (actor.kind !== 'officer') return { ok: false, reason: 'not-found' };
    if ((await providerOnly(tx, actor.id)) !== undefined) return { ok: false, reason: 'provider-only' };
    return unlink(tx, deps, scope, actor.id);
  });
}

/**
 * Says by what an officer is known at the provider: their NIP, address or account there. It takes the place of a link
 * that is there, with the officer's sessions. Nobody says it of themselves: they link their account at the provider.
 */
export function expectOfficer(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly officerId: OfficerId; readonly typed: string },
): Promise<
  | { readonly ok: true }
  | OfficerRefusal
  | { readonly ok: false; readonly reason: 'expected-missing' | 'expected-taken' | 'no-provider' }
> {
  const { library, at } = scope;
  if (isOwn(scope, input.officerId)) return Promise.resolve({ ok: false, reason: 'own-account' });
  const form = expectedForm(input.typed);
  if (form === null) return Promise.resolve({ ok: false, reason: 'expected-missing' });
  return managing<
    { readonly ok: true } | { readonly ok: false; readonly reason: 'expected-taken' | 'no-provider' }
  >(db, scope, async (tx) => {
    const officer = await tx
      .selectFrom('officer')
      .select('id')
      .where('id', '=', input.officerId)
      .executeTakeFirst();
    if (!officer) return { ok: false, reason: 'not-found' };
    const provider = await lockProvider(tx);
    if (!provider) return { ok: false, reason: 'no-provider' };
    const expected = expectedHash(deps, library, provider.issuer, form);
    const taken = await tx
      .selectFrom('officer_identity')
      .select('officer_id')
      .where('issuer', '=', provider.issuer)
      .where('expected_hash', '=', expected)
      .where('officer_id', '<>', officer.id)
      .executeTakeFirst();
    if (taken) return { ok: false, reason: 'expected-taken' };
    const values = {
      issuer: provider.issuer,
      expected_hash: expected,
      subject_hash: null,
      set_at: at,
      linked_at: null,
      last_used_at: null,
    };
    await tx
      .insertInto('officer_identity')
      .values({ library_id: library.id, officer_id: officer.id, ...values })
      .onConflict((conflict) => conflict.columns(['library_id', 'officer_id']).doUpdateSet(values))
      .execute();
    await endProviderSessions(tx, scope, officer.id);
    await audit(tx, deps, scope, officer.id, 'expect_sign_on', null);
    return { ok: true };
  });
}

/** Ends an officer's link, or forgets by what they were expected; with the sessions that came through it. */
export function unlinkOfficer(
  db: Db,
  deps: Deps,
  scope: Scope,
  officerId: OfficerId,
): Promise<{ readonly ok: true } | OfficerRefusal> {
  return managing(db, scope, (tx) => unlink(tx, deps, scope, officerId));
}

async function unlink(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  officerId: OfficerId,
): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: 'not-found' }> {
  const row = await tx
    .deleteFrom('officer_identity')
    .where('officer_id', '=', officerId)
    .returning('officer_id')
    .executeTakeFirst();
  if (!row) return { ok: false, reason: 'not-found' };
  await endProviderSessions(tx, scope, officerId);
  await audit(tx, deps, scope, officerId, 'unlink_sign_on', null);
  return { ok: true };
}

async function endProviderSessions(tx: Tx, scope: Scope, officerId: OfficerId): Promise<void> {
  await tx
    .updateTable('session')
    .set({ ended_at: scope.at })
    .where('officer_id', '=', officerId)
    .where('by_provider', '=', true)
    .where('ended_at', 'is', null)
    .execute();
}

/** Links are made one after the other: of two officers who are the same person at once, one must be told. */
function lockProvider(tx: Tx) {
  return tx.selectFrom('sign_on_provider').selectAll().forUpdate().executeTakeFirst();
}

function subjectHash(
  deps: Pick<Deps, 'vault'>,
  library: LibraryContext,
  person: Pick<ProvenPerson, 'issuer' | 'subject'>,
): Buffer {
  return deps.vault.hash(library.id, 'sign_on_subject', JSON.stringify([person.issuer, person.subject]));
}

function expectedHash(
  deps: Pick<Deps, 'vault'>,
  library: LibraryContext,
  issuer: string,
  form: string,
): Buffer {
  return deps.vault.hash(library.id, 'sign_on_expected', JSON.stringify([issuer, form]));
}

function refuse(tx: Tx, deps: Deps, scope: Scope, officerId: OfficerId | null, why: string): Promise<void> {
  return writeAudit(tx, deps, scope, {
    action: 'session.refuse',
    subjectKind: 'session',
    subjectId: officerId,
    purpose: why,
  });
}

function audit(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  officerId: OfficerId,
  verb: string,
  purpose: string | null,
): Promise<void> {
  return writeAudit(tx, deps, scope, {
    action: `officer.${verb}`,
    subjectKind: 'officer',
    subjectId: officerId,
    purpose,
  });
}
