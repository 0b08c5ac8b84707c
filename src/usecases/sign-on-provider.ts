import type { Db, Tx } from '../db/connection.ts';
import { findProvider, type ProviderRow, rulesOf } from '../db/sign-on.ts';
import { inLibrary } from '../db/tenancy.ts';
import { may } from '../domain/permissions.ts';
import {
  checkProvider,
  type ProviderProblem,
  type ProviderRules,
  type TypedProvider,
} from '../domain/sign-on.ts';
import { writeAudit } from './audit.ts';
import type { Deps, LibraryContext, Scope } from './context.ts';
import { hasFactor } from './second-factor.ts';

/** The government's identity provider for staff, as it is set; never its secret. */
export interface ShownProvider extends ProviderRules {
  readonly version: number;
  /** Officers who came in through it at least once, or have linked themselves. */
  readonly linked: number;
  /** Officers who are expected. */
  readonly expected: number;
}

/** What the door needs: the rules, and the secret that opens the provider's token endpoint. */
export interface OpenProvider {
  readonly rules: ProviderRules;
  readonly secret: string;
  readonly version: number;
}

type Refusal<Reason extends string> = { readonly ok: false; readonly reason: Reason };
const NOT_ALLOWED = { ok: false, reason: 'not-allowed' } as const;

/** The provider, while it is switched on. */
export function openProvider(db: Db, deps: Deps, library: LibraryContext): Promise<OpenProvider | undefined> {
  return inLibrary(db, library.id, async (tx) => {
    const row = await findProvider(tx);
    return row?.active ? opened(deps, library, row) : undefined;
  });
}

export function readProvider(db: Db, scope: Scope): Promise<ShownProvider | null> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const row = await findProvider(tx);
    if (!row) return null;
    const counts = await tx
      .selectFrom('officer_identity')
      .select(({ fn }) => [
        fn.count<number>('subject_hash').as('linked'),
        fn.count<number>('expected_hash').as('expected'),
      ])
      .executeTakeFirst();
    return {
      ...rulesOf(row),
      version: row.version,
      linked: Number(counts?.linked ?? 0),
      expected: Number(counts?.expected ?? 0),
    };
  });
}

/**
 * Names the provider or changes how it is asked. Another issuer is another set of people: every link to the one before
 * ends, with the sessions that came through it; another claim forgets who was expected by the one before.
 * @param input.version of the settings when the form was opened, 0 for new ones
 * @param input.loopback whether plain http to this machine will do: for tests
 */
export function saveProvider(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly typed: TypedProvider; readonly version: number; readonly loopback: boolean },
): Promise<
  | { readonly ok: true }
  /** Who closes the own doors must have one that is sure: `no-way-back`. */
  | Refusal<'not-allowed' | 'changed-meanwhile' | 'no-way-back'>
  | { readonly ok: false; readonly reason: 'invalid'; readonly problems: readonly ProviderProblem[] }
> {
  const { actor, library, at } = scope;
  return inLibrary(db, library.id, async (tx) => {
    if (actor.kind !== 'officer' || !may(actor.roles, 'setting.change')) return NOT_ALLOWED;
    const kept = await findProvider(tx);
    if ((kept?.version ?? 0) !== input.version) return { ok: false, reason: 'changed-meanwhile' };
    const checked = checkProvider(
      input.typed,
      kept ? { issuer: kept.issuer, clientId: kept.client_id } : null,
      input.loopback,
    );
    if (!checked.ok) return { ok: false, reason: 'invalid', problems: checked.problems };
    const { rules, secret } = checked;
    if (rules.required && !(kept?.required ?? false) && !(await hasWayBack(tx)))
      return { ok: false, reason: 'no-way-back' };
    const values = {
      issuer: rules.issuer,
      name: rules.name,
      client_id: rules.clientId,
      scopes: [...rules.scopes],
      claim: rules.claim,
      email_domain: rules.emailDomain,
      second_factor: [...rules.secondFactor],
      required: rules.required,
      private_address: rules.privateAddress,
      active: rules.active,
      set_at: at,
      set_by: actor.id,
    };
    const sealed = secret === null ? undefined : deps.vault.seal(library.id, 'sign_on', secret);
    const saved =
      kept === undefined
        ? sealed &&
          (await tx
            .insertInto('sign_on_provider')
            .values({ library_id: library.id, ...values, client_secret: sealed })
            .onConflict((conflict) => conflict.doNothing())
            .returning('version')
            .executeTakeFirst())
        : await tx
            .updateTable('sign_on_provider')
            .set((eb) => ({
              ...values,
              ...(sealed === undefined ? {} : { client_secret: sealed }),
              version: eb('version', '+', 1),
            }))
            .where('version', '=', input.version)
            .returning('version')
            .executeTakeFirst();
    if (!saved) return { ok: false, reason: 'changed-meanwhile' };
    if (kept !== undefined && kept.issuer !== rules.issuer) await endLinks(tx, scope);
    else if (kept !== undefined && kept.claim !== rules.claim)
      await tx.deleteFrom('officer_identity').where('expected_hash', 'is not', null).execute();
    await writeAudit(tx, deps, scope, {
      action: 'sign_on.set',
      subjectKind: 'sign_on',
      subjectId: null,
      fields: changedFields(kept, rules, secret !== null),
    });
    return { ok: true };
  });
}

/** Takes the provider away, with every link to it and every session that came through it. */
export function removeProvider(
  db: Db,
  deps: Deps,
  scope: Scope,
): Promise<{ readonly ok: true } | Refusal<'not-allowed' | 'not-found'>> {
  const { actor, library } = scope;
  return inLibrary(db, library.id, async (tx) => {
    if (actor.kind !== 'officer' || !may(actor.roles, 'setting.change')) return NOT_ALLOWED;
    const removed = await tx.deleteFrom('sign_on_provider').returning('issuer').executeTakeFirst();
    if (!removed) return { ok: false, reason: 'not-found' };
    await endLinks(tx, scope);
    await writeAudit(tx, deps, scope, { action: 'sign_on.remove', subjectKind: 'sign_on', subjectId: null });
    return { ok: true };
  });
}

/** The provider as it is set, switched on or off, for a trial that is written down. */
export function takeForTrial(db: Db, deps: Deps, scope: Scope): Promise<OpenProvider | undefined> {
  const { actor, library } = scope;
  return inLibrary(db, library.id, async (tx) => {
    if (actor.kind !== 'officer' || !may(actor.roles, 'setting.change')) return undefined;
    const row = await findProvider(tx);
    if (!row) return undefined;
    await writeAudit(tx, deps, scope, { action: 'sign_on.try', subjectKind: 'sign_on', subjectId: null });
    return opened(deps, library, row);
  });
}

function opened(deps: Deps, library: LibraryContext, row: ProviderRow): OpenProvider {
  return {
    rules: rulesOf(row),
    secret: deps.vault.openText(library.id, 'sign_on', row.client_secret),
    version: row.version,
  };
}

async function endLinks(tx: Tx, scope: Scope): Promise<void> {
  await tx.deleteFrom('officer_identity').execute();
  await tx
    .updateTable('session')
    .set({ ended_at: scope.at })
    .where('by_provider', '=', true)
    .where('ended_at', 'is', null)
    .execute();
}

/** An admin with an own password and a second factor: the way in when the provider is down. */
async function hasWayBack(tx: Tx): Promise<boolean> {
  const officers = await tx
    .selectFrom('officer')
    .select(['id', 'roles', 'totp_secret'])
    .where('active', '=', true)
    .where('must_change_password', '=', false)
    .execute();
  for (const officer of officers)
    if (officer.roles.includes('admin') && (await hasFactor(tx, officer))) return true;
  return false;
}

function changedFields(
  kept: ProviderRow | undefined,
  rules: ProviderRules,
  secret: boolean,
): readonly string[] {
  const before = kept && rulesOf(kept);
  const same = (name: keyof ProviderRules) => JSON.stringify(before?.[name]) === JSON.stringify(rules[name]);
  const names = {
    name: 'sign_on_name',
    issuer: 'sign_on_issuer',
    clientId: 'sign_on_client',
    scopes: 'sign_on_scopes',
    claim: 'sign_on_claim',
    emailDomain: 'sign_on_domain',
    secondFactor: 'sign_on_factor',
    required: 'sign_on_required',
    privateAddress: 'sign_on_private',
    active: 'sign_on_active',
  } as const satisfies Record<keyof ProviderRules, string>;
  return [
    ...(Object.keys(names) as (keyof ProviderRules)[])
      .filter((name) => !same(name))
      .map((name) => names[name]),
    ...(secret ? ['sign_on_secret'] : []),
  ];
}
