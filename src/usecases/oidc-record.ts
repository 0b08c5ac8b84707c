import type { Db, Tx } from '../db/connection.ts';
import { familyOf } from '../db/member-family.ts';
import {
  consumeRecord,
  dropGrant,
  dropOldRecords,
  dropRecord,
  findRecord,
  type OidcRecordRow,
  putNewRecord,
  putRecord,
} from '../db/oidc-record.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ClientId, LibraryId, MemberId } from '../domain/ids.ts';
import { CLAIMS_OF, SERVICE_SCOPES } from '../domain/service.ts';
import { writeAudit } from './audit.ts';
import type { Deps, LibraryContext, Scope } from './context.ts';

/** What the provider keeps, as it gives it. The ids are secrets: whoever knows one has the token. */
export interface KeptPayload {
  readonly uid?: string | undefined;
  readonly grantId?: string | undefined;
  readonly accountId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly scope?: string | undefined;
  /** Of an interaction: what its pages found out. */
  readonly result?: { readonly login?: { readonly accountId?: string | undefined } | undefined } | undefined;
  readonly [more: string]: unknown;
}

export type FoundPayload = KeptPayload & { readonly consumed?: number };

/** Sessions, codes, tokens and grants of one library's provider; shared by all processes. */
export interface RecordStore {
  put(model: string, id: string, payload: KeptPayload, seconds: number): Promise<void>;
  /** Of two at once one has put it. @returns false where it was there */
  putNew(model: string, id: string, payload: KeptPayload, seconds: number): Promise<boolean>;
  find(model: string, id: string): Promise<FoundPayload | undefined>;
  findByUid(model: string, uid: string): Promise<FoundPayload | undefined>;
  /** @returns false where it was used already */
  consume(model: string, id: string): Promise<boolean>;
  drop(model: string, id: string): Promise<void>;
  dropGrant(grantId: string): Promise<void>;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const uuidOf = <Id extends string>(text: string | undefined) =>
  text !== undefined && UUID.test(text) ? (text as Id) : null;
/** Kept a while after they are over: a code that is used a second time takes back what it gave. */
const KEEP_OVER_MS = 3_600_000;

export function openRecords(db: Db, deps: Deps, library: LibraryContext): RecordStore {
  const { id: libraryId } = library;
  const within = <T>(work: (tx: Tx) => Promise<T>) => inLibrary(db, libraryId, work);
  const hashOf = (kind: string, value: string) =>
    deps.vault.hash(libraryId, 'oidc_record', `${kind} ${value}`);
  const idOf = (model: string, id: string) => hashOf(model, id);
  const open = (row: OidcRecordRow | undefined): FoundPayload | undefined => {
    if (!row) return undefined;
    const text = deps.vault.openText(libraryId, 'oidc_record', row.content);
    const payload = JSON.parse(text) as KeptPayload;
    return row.consumed_at === null
      ? payload
      : { ...payload, consumed: Math.floor(row.consumed_at.getTime() / 1000) };
  };
  const rowOf = (model: string, id: string, payload: KeptPayload, seconds: number) => ({
    library_id: libraryId,
    model,
    id_hash: idOf(model, id),
    content: deps.vault.seal(libraryId, 'oidc_record', JSON.stringify(payload)),
    uid_hash: payload.uid === undefined ? null : hashOf('uid', payload.uid),
    grant_hash: payload.grantId === undefined ? null : hashOf('grant', payload.grantId),
    // A sign-in that is not through yet is already somebody's.
    member_id: uuidOf<MemberId>(payload.accountId ?? payload.result?.login?.accountId),
    client_id: uuidOf<ClientId>(payload.clientId),
    ends_at: new Date(deps.now().getTime() + seconds * 1000),
  });
  return {
    put(model, id, payload, seconds) {
      const row = rowOf(model, id, payload, seconds);
      const { member_id: memberId, client_id: clientId } = row;
      const at = deps.now();
      return within(async (tx) => {
        await putRecord(tx, row);
        if (model === 'AuthorizationCode' && memberId !== null && clientId !== null)
          await tellSignIn(tx, deps, { library, at }, { memberId, clientId, scope: payload.scope ?? '' });
      });
    },
    putNew: (model, id, payload, seconds) =>
      within((tx) => putNewRecord(tx, rowOf(model, id, payload, seconds))),
    find: (model, id) => within(async (tx) => open(await findRecord(tx, model, { id: idOf(model, id) }))),
    findByUid: (model, uid) =>
      within(async (tx) => open(await findRecord(tx, model, { uid: hashOf('uid', uid) }))),
    consume: (model, id) => within((tx) => consumeRecord(tx, model, idOf(model, id), deps.now())),
    drop: (model, id) => within((tx) => dropRecord(tx, model, idOf(model, id))),
    dropGrant: (grantId) => within((tx) => dropGrant(tx, hashOf('grant', grantId))),
  };
}

/**
 * Each sign-in to a service is a row of the audit log, which the person can read, written with the code that is handed
 * out: no sign-in without its row.
 */
async function tellSignIn(
  tx: Tx,
  deps: Deps,
  { library, at }: Pick<Scope, 'library' | 'at'>,
  what: { readonly memberId: MemberId; readonly clientId: ClientId; readonly scope: string },
): Promise<void> {
  const { memberId, clientId } = what;
  const asked = what.scope.split(' ');
  const client = await tx
    .updateTable('client')
    .set({ last_used_at: at })
    .where('id', '=', clientId)
    .where('kind', '=', 'oidc')
    .returning('service_point_id')
    .executeTakeFirst();
  if (!client) throw new Error('a code for no service');
  await tx
    .updateTable('service_consent')
    .set({ last_used_at: at })
    // After a merge the word may stand under the other number.
    .where('member_id', 'in', familyOf(memberId))
    .where('client_id', '=', clientId)
    .where('ended_at', 'is', null)
    .execute();
  const scope: Scope = {
    library,
    at,
    actor: { kind: 'device', id: clientId, servicePointId: client.service_point_id },
    requestId: 'oidc',
  };
  await writeAudit(tx, deps, scope, {
    action: 'member.tell_service',
    subjectKind: 'member',
    subjectId: memberId,
    fields: SERVICE_SCOPES.filter((one) => asked.includes(one)).flatMap((one) => CLAIMS_OF[one]),
  });
}

/** Forgets what is over, for the job. */
export function forgetOldRecords(db: Db, deps: Pick<Deps, 'now'>, libraryId: LibraryId): Promise<void> {
  return inLibrary(db, libraryId, (tx) => dropOldRecords(tx, new Date(deps.now().getTime() - KEEP_OVER_MS)));
}
