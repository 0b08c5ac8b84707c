import type { ApplicationRow } from '../db/application.ts';
import { findApplication } from '../db/application.ts';
import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ApplicationId, MemberId } from '../domain/ids.ts';
import { may } from '../domain/permissions.ts';
import { identityVerified, type Procedure } from '../domain/procedure.ts';
import { coverDigits, writeAudit } from './audit.ts';
import type { Deps, Scope } from './context.ts';
import type { PersonRow } from './revise-person.ts';
import { mayReveal } from './unusual-looks.ts';

/** The full numbers of a person; null where there is none. */
export interface FullNumbers {
  readonly documentNumber: string | null;
  readonly nik: string | null;
  readonly kk: string | null;
}

/** The purpose written by itself while an officer looks at the document of the person who stands there. */
export const IDENTITY_STEP = 'identity_step';

/**
 * Whether this case is in its identity step in this officer's hands: held, under review, and the document not yet
 * seen and compared. The one situation in which numbers show without being asked for.
 */
export function isIdentityStep(scope: Scope, row: ApplicationRow, procedure: Procedure): boolean {
  if (scope.actor.kind !== 'officer' || row.held_by !== scope.actor.id || row.state !== 'in_review')
    return false;
  return !identityVerified(procedure, new Set(row.done_acts));
}

/** Opens the numbers for the identity step; logged once for each time the officer took the case. */
export async function numbersInIdentityStep(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  row: ApplicationRow,
): Promise<FullNumbers> {
  const { actor } = scope;
  const numbers = openNumbers(deps, scope, row);
  if (actor.kind !== 'officer' || fieldsOf(numbers).length === 0) return numbers;
  const known = await tx
    .selectFrom('audit_log')
    .select('id')
    .where('subject_id', '=', row.id)
    .where('action', '=', 'identity.reveal')
    .where('purpose', '=', IDENTITY_STEP)
    .where('actor_id', '=', actor.id)
    .where('at', '>=', row.held_at ?? scope.at)
    .executeTakeFirst();
  if (!known) {
    await writeAudit(tx, deps, scope, {
      action: 'identity.reveal',
      subjectKind: 'application',
      subjectId: row.id,
      fields: fieldsOf(numbers),
      purpose: IDENTITY_STEP,
    });
  }
  return numbers;
}

export type RevealSubject =
  | { readonly kind: 'application'; readonly id: ApplicationId }
  | { readonly kind: 'member'; readonly id: MemberId };

/**
 * Reads the full numbers of a case or a member for a stated purpose, which the audit log keeps: the code of one of
 * the library's `revealReasons`, or the officer's own words as the exception, which go with the person's data.
 */
export async function revealNumber(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly subject: RevealSubject; readonly purpose: string },
): Promise<
  | { readonly ok: true; readonly numbers: FullNumbers }
  | { readonly ok: false; readonly reason: 'not-found' | 'not-allowed' | 'no-purpose' | 'too-many' }
> {
  const { actor, library } = scope;
  if (actor.kind !== 'officer' || !may(actor.roles, 'identity.reveal'))
    return { ok: false, reason: 'not-allowed' };
  const purpose = coverDigits(input.purpose.trim().slice(0, 200));
  const isCode = library.settings.revealReasons.some((reason) => reason.code === purpose);
  if (!isCode && purpose.length < 5) return { ok: false, reason: 'no-purpose' };
  const { subject } = input;
  return inLibrary(db, library.id, async (tx) => {
    const row: PersonRow | undefined =
      subject.kind === 'application'
        ? await findApplication(tx, subject.id)
        : await tx.selectFrom('member').selectAll().where('id', '=', subject.id).executeTakeFirst();
    // Of somebody whose data are gone there is nothing to read.
    if (!row || row.person_key.length === 0) return { ok: false, reason: 'not-found' };
    if (!(await mayReveal(tx, deps, scope, actor.id))) return { ok: false, reason: 'too-many' };
    const numbers = openNumbers(deps, scope, row);
    await writeAudit(tx, deps, scope, {
      action: 'identity.reveal',
      subjectKind: subject.kind,
      subjectId: subject.id,
      fields: fieldsOf(numbers),
      ...(isCode ? { purpose } : { words: { text: purpose, personKey: row.person_key } }),
    });
    return { ok: true, numbers };
  });
}

function openNumbers(deps: Deps, scope: Scope, row: PersonRow): FullNumbers {
  const open = (kind: 'document' | 'nik' | 'kk', sealed: Buffer | null) =>
    sealed === null ? null : deps.vault.openText(scope.library.id, kind, sealed);
  return {
    documentNumber: open('document', row.document_number),
    nik: open('nik', row.nik),
    kk: open('kk', row.kk),
  };
}

function fieldsOf(numbers: FullNumbers): readonly string[] {
  const { documentNumber, nik, kk } = numbers;
  return [
    ...(documentNumber === null ? [] : ['document_number']),
    ...(nik === null ? [] : ['nik']),
    ...(kk === null ? [] : ['kk']),
  ];
}
