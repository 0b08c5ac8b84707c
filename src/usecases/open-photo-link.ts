import { findApplication } from '../db/application.ts';
import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import { allowedActions } from '../domain/application.ts';
import type { ApplicationId, OfficerId } from '../domain/ids.ts';
import { readShortCode } from '../domain/short-code.ts';
import { writeAudit } from './audit.ts';
import { factsOf, procedureOf } from './change-case.ts';
import { type Deps, partyOf, type Scope, todayOf } from './context.ts';
import { codeOfToken, hashOfCode } from './short-code-hash.ts';

const MINUTES = 15;
/** Used and lapsed links are kept this long, so that an old phone page can say what became of it. */
const KEPT_MS = 24 * 3_600_000;

/** What the officer's screen shows: an address as QR, and a code for those who type. */
export interface PhotoLink {
  /** Secret part of `/{library}/foto/{token}`. */
  readonly token: string;
  /** Typed at `/{library}/foto`, see `domain/short-code`. */
  readonly code: string;
  readonly expiresAt: Date;
}

/**
 * Lets the applicant send the photo from the own phone: an address for one case, one photo and fifteen minutes.
 * A link opened before for the same case dies.
 */
export function openPhotoLink(
  db: Db,
  deps: Deps,
  scope: Scope,
  applicationId: ApplicationId,
): Promise<
  ({ readonly ok: true } & PhotoLink) | { readonly ok: false; readonly reason: 'not-found' | 'not-allowed' }
> {
  const { library, actor, at } = scope;
  return inLibrary(db, library.id, async (tx) => {
    const row = await findApplication(tx, applicationId);
    if (!row || actor.kind !== 'officer') return { ok: false, reason: 'not-found' };
    const procedure = await procedureOf(tx, scope, row);
    if (!allowedActions(procedure, factsOf(row, todayOf(scope)), partyOf(actor)).has('set_photo'))
      return { ok: false, reason: 'not-allowed' };
    await tx
      .deleteFrom('photo_link')
      .where('expires_at', '<', new Date(at.getTime() - KEPT_MS))
      .execute();
    await tx
      .updateTable('photo_link')
      .set({ expires_at: at })
      .where('application_id', '=', row.id)
      .where('used_at', 'is', null)
      .where('expires_at', '>', at)
      .execute();
    const { before } = await tx
      .selectFrom('photo_link')
      .select((select) => select.fn.countAll<string>().as('before'))
      .where('application_id', '=', row.id)
      .executeTakeFirstOrThrow();
    const made = { application_id: row.id, created_at: at, generation: Number(before) };
    const link = linkOf(deps, scope, { ...made, expires_at: new Date(at.getTime() + MINUTES * 60_000) });
    await tx
      .insertInto('photo_link')
      .values({
        ...made,
        library_id: library.id,
        token_hash: deps.vault.hash(library.id, 'token', link.token),
        code_hash: hashOfCode(deps, scope, 'photo', link.code),
        created_by: actor.id as OfficerId,
        expires_at: link.expiresAt,
        used_at: null,
      })
      .execute();
    await writeAudit(tx, deps, scope, {
      action: 'application.open_photo_link',
      subjectKind: 'application',
      subjectId: row.id,
    });
    return { ok: true, ...link };
  });
}

/** The link that stands open for a case, so that the officer's screen shows it again after a reload. */
export async function findOpenPhotoLink(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  applicationId: ApplicationId,
): Promise<PhotoLink | null> {
  const row = await tx
    .selectFrom('photo_link')
    .select(['application_id', 'created_at', 'generation', 'expires_at'])
    .where('application_id', '=', applicationId)
    .where('used_at', 'is', null)
    .where('expires_at', '>', scope.at)
    .orderBy('generation', 'desc')
    .executeTakeFirst();
  return row ? linkOf(deps, scope, row) : null;
}

/** The address behind a typed code; undefined where it is wrong, used or too old. */
export async function findPhotoLinkByCode(
  db: Db,
  deps: Deps,
  scope: Scope,
  typed: string,
): Promise<PhotoLink | undefined> {
  const code = readShortCode(typed);
  if (code === undefined) return undefined;
  const rows = await inLibrary(db, scope.library.id, (tx) =>
    tx
      .selectFrom('photo_link')
      .select(['application_id', 'created_at', 'generation', 'expires_at'])
      .where('code_hash', '=', hashOfCode(deps, scope, 'photo', code))
      .where('used_at', 'is', null)
      .where('expires_at', '>', scope.at)
      .limit(2)
      .execute(),
  );
  // Two links of one code, however unlikely: neither is opened for the wrong person.
  const [row] = rows;
  return row && rows.length === 1 ? linkOf(deps, scope, row) : undefined;
}

interface LinkRow {
  readonly application_id: ApplicationId;
  readonly created_at: Date;
  readonly generation: number;
  readonly expires_at: Date;
}

/** Derived, so that the screen can show the address again although the database keeps only its hash. */
function linkOf(deps: Deps, scope: Scope, row: LinkRow): PhotoLink {
  const id = `${row.application_id}.${row.created_at.getTime()}`;
  const token = deps.vault.token(scope.library.id, 'photo', id, row.generation);
  return { token, code: codeOfToken(deps, scope, token), expiresAt: row.expires_at };
}
