/** Members as the product makes them: a submitted case, everything before the card done, approved. */
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ApplicantData } from '../../src/domain/applicant.ts';
import type { ApplicationId, FileId, MemberId, OfficerId, ServicePointId } from '../../src/domain/ids.ts';
import type { Role } from '../../src/domain/permissions.ts';
import { approveApplication } from '../../src/usecases/approve-application.ts';
import type { Deps, LibraryContext, Scope } from '../../src/usecases/context.ts';
import { submitApplication } from '../../src/usecases/submit-application.ts';
import { applicantNamed } from './applicants.ts';
import type { TestDatabase } from './database.ts';

/** A scope in which an officer of these roles acts now; the id is a made-up officer's unless given. */
export function scopeOfRole(
  library: LibraryContext,
  deps: Deps,
  roles: readonly Role[],
  id = '01890000-0000-7000-8000-00000000000a',
): Scope {
  const point = library.servicePoints[0]?.id ?? ('' as ServicePointId);
  return {
    library,
    actor: { kind: 'officer', id: id as OfficerId, roles, servicePointId: point },
    at: deps.now(),
    requestId: 'test',
  };
}

type Reached = Pick<TestDatabase, 'db'>;

/** A submitted case of this name, with the secret of its page. */
export async function applicantOf(
  database: Reached,
  deps: Deps,
  scope: Scope,
  name: string,
  changes: Partial<ApplicantData> = {},
) {
  return await submitApplication(database.db, deps, scope, {
    applicant: applicantNamed(name, changes),
    channel: 'desk',
    submitKey: `${name} ${Math.random()}`,
    language: 'id',
    visit: null,
    familyOf: null,
    openedAt: null,
  });
}

/** Approves a submitted case at the scope's time, with everything before it done. */
export async function approvedMember(
  database: Reached,
  deps: Deps,
  scope: Scope,
  applicationId: ApplicationId,
): Promise<MemberId> {
  await inLibrary(database.db, scope.library.id, (tx) =>
    tx
      .updateTable('application')
      .set({
        done_acts: ['arrive', 'see_identity', 'fill_form', 'verify', 'cross_check', 'photo'],
        photo_id: deps.uuid(deps.now()) as never,
        guardian_consented_at: deps.now(),
      })
      .where('id', '=', applicationId)
      .execute(),
  );
  const approved = await approveApplication(database.db, deps, scope, { applicationId });
  if (!approved.ok) throw new Error(approved.reason);
  return approved.memberId;
}

/** A member of this name, approved at the scope's time. */
export async function memberNamed(
  database: Reached,
  deps: Deps,
  scope: Scope,
  name: string,
  changes: Partial<ApplicantData> = {},
): Promise<MemberId> {
  const { applicationId } = await applicantOf(database, deps, scope, name, changes);
  return await approvedMember(database, deps, scope, applicationId);
}

/** Puts a photo on file for a member, as the counter's camera would have. */
export async function givePhoto(
  database: TestDatabase,
  deps: Deps,
  scope: Scope,
  memberId: MemberId,
  jpeg: Uint8Array,
): Promise<void> {
  const { id: libraryId } = scope.library;
  const fileId = deps.uuid(scope.at) as FileId;
  await inLibrary(database.db, libraryId, async (tx) => {
    await tx
      .insertInto('file')
      .values({
        library_id: libraryId,
        id: fileId,
        kind: 'photo',
        application_id: null,
        member_id: memberId,
        mime: 'image/jpeg',
        bytes: deps.vault.seal(libraryId, 'file', jpeg),
        size: jpeg.length,
        created_at: scope.at,
        created_by: null,
        deleted_at: null,
      })
      .execute();
    await tx.updateTable('member').set({ photo_id: fileId }).where('id', '=', memberId).execute();
  });
}
