import { type ApplicationRow, findApplication } from '../db/application.ts';
import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ApplicationId, FileId } from '../domain/ids.ts';
import { may } from '../domain/permissions.ts';
import type { DocumentType, Procedure } from '../domain/procedure.ts';
import { writeAudit } from './audit.ts';
import { type CaseRefusal, changeCase } from './change-case.ts';
import { scansServed } from './close-case.ts';
import { type Deps, newId, type Scope } from './context.ts';

/** A scan of an identity document, or the sheet that a guardian signed. */
export type ScanKind = 'scan' | 'guardian_letter';
export const SCAN_MAX_BYTES = 15 * 1024 * 1024;
/** Both sides of a document, and a letter or two: what comes from outside must not fill the database. */
const MOST_SENT = 5;

export interface NewScan {
  readonly applicationId: ApplicationId;
  readonly kind: ScanKind;
  readonly bytes: Uint8Array;
}

/**
 * Puts a scan that was written anew into the case, sealed.
 * A guardian's sheet is the proof of consent and stays; scans of documents go once they have served (`scanUntil`).
 */
export async function attachScan(
  db: Db,
  deps: Deps,
  scope: Scope,
  scan: NewScan,
): Promise<
  | { readonly ok: true; readonly version: number; readonly fileId: FileId }
  | CaseRefusal
  | { readonly ok: false; readonly reason: 'empty' | 'too-large' | 'not-a-scan' }
> {
  if (scan.bytes.length === 0) return { ok: false, reason: 'empty' };
  if (scan.bytes.length > SCAN_MAX_BYTES) return { ok: false, reason: 'too-large' };
  if (!isJpeg(scan.bytes)) return { ok: false, reason: 'not-a-scan' };
  return changeCase<{ fileId: FileId }, CaseRefusal>(
    db,
    deps,
    scope,
    { applicationId: scan.applicationId, action: 'attach_scan' },
    async (tx, { row, procedure, facts }) => {
      // What nobody needs any more is not kept in the first place.
      if (scan.kind === 'scan' && scansServed(scope, procedure, facts))
        return { ok: false, reason: 'not-allowed', state: row.state, heldBy: row.held_by };
      const isSent = scope.actor.kind === 'applicant' && scan.kind === 'scan';
      if (isSent && !(await maySend(tx, row, procedure)))
        return { ok: false, reason: 'not-allowed', state: row.state, heldBy: row.held_by };
      const fileId = newId<FileId>(deps, scope.at);
      await tx
        .insertInto('file')
        .values({
          library_id: scope.library.id,
          id: fileId,
          kind: scan.kind,
          application_id: row.id,
          member_id: null,
          mime: 'image/jpeg',
          bytes: deps.vault.seal(scope.library.id, 'file', scan.bytes),
          size: scan.bytes.length,
          created_at: scope.at,
          created_by: scope.actor.kind === 'officer' ? scope.actor.id : null,
          deleted_at: null,
        })
        .execute();
      return { ok: true, change: { events: [], fields: [scan.kind] }, result: { fileId } };
    },
  );
}

/** Whether the procedure accepts this document as a picture sent ahead of the visit (`takesUpload`), and few came yet. */
async function maySend(tx: Tx, row: ApplicationRow, procedure: Procedure): Promise<boolean> {
  if (!takesUpload(procedure, row.document_type)) return false;
  const { sent } = await tx
    .selectFrom('file')
    .select((select) => select.fn.countAll<string>().as('sent'))
    .where('application_id', '=', row.id)
    .where('kind', '=', 'scan')
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(sent) < MOST_SENT;
}

/** Whether a document of this type may be shown as an uploaded picture. */
export function takesUpload(procedure: Procedure, type: DocumentType | null): boolean {
  return procedure.documents.some((document) => document.type === type && document.forms.includes('upload'));
}

/** Whoever brings a scan has written it anew (`prepareScan`); nothing else is stored, whatever it is called. */
function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/**
 * Reads a scan: the officer who holds the case, or who has to judge its exception. Each reading is logged with that
 * step as its purpose; a decided case shows none.
 */
export async function readScan(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly applicationId: ApplicationId; readonly fileId: FileId },
): Promise<
  | { readonly ok: true; readonly mime: string; readonly bytes: Buffer }
  | { readonly ok: false; readonly reason: 'not-found' | 'not-allowed' }
> {
  const { actor, library } = scope;
  return inLibrary(db, library.id, async (tx) => {
    const row = await findApplication(tx, input.applicationId);
    if (!row || actor.kind !== 'officer') return { ok: false, reason: 'not-found' };
    const holds = row.held_by === actor.id && row.state === 'in_review';
    const judges = row.escalated_at !== null && may(actor.roles, 'application.except');
    if (!holds && !judges) return { ok: false, reason: 'not-allowed' };
    const file = await tx
      .selectFrom('file')
      .select(['mime', 'bytes'])
      .where('id', '=', input.fileId)
      .where('application_id', '=', input.applicationId)
      .where('kind', 'in', ['scan', 'guardian_letter'])
      .executeTakeFirst();
    if (!file?.bytes) return { ok: false, reason: 'not-found' };
    await writeAudit(tx, deps, scope, {
      action: 'scan.view',
      subjectKind: 'application',
      subjectId: row.id,
      fields: ['scan'],
      purpose: holds ? 'identity_step' : 'exception',
    });
    return { ok: true, mime: file.mime, bytes: deps.vault.open(library.id, 'file', file.bytes) };
  });
}
