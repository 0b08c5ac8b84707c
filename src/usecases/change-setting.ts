import { sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { getSettings } from '../db/library.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ServicePointId } from '../domain/ids.ts';
import type { LibrarySettings, SettingName } from '../domain/library-settings.ts';
import { parseNumberFormat } from '../domain/member-number.ts';
import { may } from '../domain/permissions.ts';
import { writeAudit } from './audit.ts';
import { dropUnusedPictures } from './card-pictures.ts';
import { keepConsentTexts } from './consent-texts.ts';
import { type Deps, newId, type Scope, todayOf } from './context.ts';
import { type ChangeableSetting, checkSetting, type SettingProblem } from './setting-schemas.ts';

/** The settings of one page, each a row of `setting`. Values come from a form: they are checked here. */
export type SettingChanges = { readonly [Name in ChangeableSetting]?: unknown };

export type SettingRefusal =
  | { readonly ok: false; readonly reason: 'not-allowed' | 'changed-meanwhile' }
  | { readonly ok: false; readonly reason: 'invalid'; readonly problems: readonly SettingProblem[] };

/**
 * Changes settings: checked, saved, audited by the names of what changed, in one transaction. Texts of consents get a
 * new version by themselves, and every version is kept; service points are kept in step with their table. The caller forgets the cached library.
 * @param input.version of `readSettingsVersion` when the form was opened; refused where somebody saved in between
 */
export async function changeSettings(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly changes: SettingChanges; readonly version: string | null },
): Promise<{ readonly ok: true; readonly changed: readonly SettingName[] } | SettingRefusal> {
  const { actor, library } = scope;
  if (actor.kind !== 'officer' || !may(actor.roles, 'setting.change'))
    return { ok: false, reason: 'not-allowed' };
  const names = Object.keys(input.changes) as ChangeableSetting[];
  const checked = names.map((name) => ({ name, result: checkSetting(name, input.changes[name]) }));
  const problems = checked.flatMap(({ result }) => (result.ok ? [] : result.problems));
  if (problems.length > 0) return { ok: false, reason: 'invalid', problems };
  return inLibrary(db, library.id, async (tx) => {
    await tx
      .selectFrom('setting')
      .select('name')
      .where('name', 'in', names)
      .orderBy('name')
      .forUpdate()
      .execute();
    const settings = await getSettings(tx);
    if (input.version !== null && input.version !== (await settingsVersion(tx, names)))
      return { ok: false, reason: 'changed-meanwhile' };
    let next: LibrarySettings = settings;
    for (const { name, result } of checked) if (result.ok) next = { ...next, [name]: result.value };
    next = withConsentVersion(scope, settings, next);
    const found = await problemsOf(tx, settings, next);
    if (found.length > 0) return { ok: false, reason: 'invalid', problems: found };
    const changed = names.filter((name) => !same(settings[name], next[name]));
    for (const name of changed) {
      await writeSetting(tx, scope, name, next[name]);
      await writeAudit(tx, deps, scope, {
        action: 'setting.change',
        subjectKind: 'setting',
        subjectId: name,
        fields: changedParts(settings[name], next[name]),
        digest: deps.vault.hash(
          library.id,
          'setting',
          JSON.stringify({ before: settings[name], after: next[name] }),
        ),
      });
    }
    if (changed.includes('consents')) {
      // The earlier one too, where the library is older than the ledger: what people agreed to is never lost.
      await keepConsentTexts(tx, scope, settings.consents);
      await keepConsentTexts(tx, scope, next.consents);
    }
    if (changed.includes('servicePoints')) await writeServicePoints(tx, deps, scope, next);
    if (changed.includes('cardDesigns'))
      await dropUnusedPictures(tx, scope.at, settings.cardDesigns, next.cardDesigns);
    if (changed.includes('profile')) {
      const { name, timezone } = next.profile;
      await tx.updateTable('library').set({ name, timezone }).where('id', '=', library.id).execute();
    }
    // What somebody has looked at and saved is confirmed, changed or not.
    const open = settings.toConfirm.filter((name) => !(names as SettingName[]).includes(name));
    if (open.length !== settings.toConfirm.length) await writeSetting(tx, scope, 'toConfirm', open);
    return { ok: true, changed };
  });
}

/** Names the state of these settings, for the hidden field of their form. */
export function readSettingsVersion(
  db: Db,
  scope: Scope,
  names: readonly ChangeableSetting[],
): Promise<string> {
  return inLibrary(db, scope.library.id, (tx) => settingsVersion(tx, names));
}

async function settingsVersion(tx: Tx, names: readonly ChangeableSetting[]): Promise<string> {
  const { version } = await tx
    .selectFrom('setting')
    .select(sql<string>`md5(coalesce(string_agg(name || value::text, ' ' order by name), ''))`.as('version'))
    .where('name', 'in', [...names])
    .executeTakeFirstOrThrow();
  return version;
}

async function writeSetting(tx: Tx, scope: Scope, name: SettingName, value: unknown): Promise<void> {
  const { library, actor, at } = scope;
  const row = {
    value: JSON.stringify(value),
    updated_at: at,
    updated_by: actor.kind === 'officer' ? actor.id : null,
  };
  await tx
    .insertInto('setting')
    .values({ library_id: library.id, name, ...row })
    .onConflict((conflict) => conflict.columns(['library_id', 'name']).doUpdateSet(row))
    .execute();
}

/** A text that was changed is another text: every consent names the version that the person saw. */
function withConsentVersion(scope: Scope, before: LibrarySettings, next: LibrarySettings): LibrarySettings {
  const { version } = before.consents;
  if (same({ ...next.consents, version }, before.consents)) return { ...next, consents: before.consents };
  const year = todayOf(scope).slice(0, 4);
  const match = /^(\d{4})-(\d+)$/.exec(version);
  const number = match?.[1] === year ? Number(match[2]) + 1 : 1;
  return { ...next, consents: { ...next.consents, version: `${year}-${number}` } };
}

/** What only the whole shows: codes that rows of the past use, and number formats that need a location. */
async function problemsOf(
  tx: Tx,
  before: LibrarySettings,
  next: LibrarySettings,
): Promise<readonly SettingProblem[]> {
  const problems: SettingProblem[] = [];
  const format = parseNumberFormat(next.numberFormat.pattern, next.numberFormat.prefix);
  if (!format.ok) {
    problems.push({ path: ['numberFormat', 'pattern'], code: format.reason });
  } else if (format.format.parts.some((part) => part.kind === 'location')) {
    next.servicePoints.forEach((point, index) => {
      if (point.active && point.locationCode === '')
        problems.push(
          same(before.servicePoints, next.servicePoints)
            ? { path: ['numberFormat', 'pattern'], code: 'location_missing' }
            : { path: ['servicePoints', index, 'locationCode'], code: 'location_missing' },
        );
    });
  }
  // Who is given a number is told to people before the first field, in words that the library signs.
  if (next.sms.enabled && !namesGateway(next))
    problems.push(
      same(before.consents, next.consents)
        ? { path: ['sms', 'gateway'], code: 'not_in_notice' }
        : { path: ['consents', 'notice', 'recipients', 'id'], code: 'not_in_notice' },
    );
  const goneTypes = goneCodes(before.memberTypes, next.memberTypes);
  if (goneTypes.length > 0 && (await areTypesUsed(tx, goneTypes)))
    problems.push({ path: ['memberTypes'], code: 'in_use' });
  // Visits, cases and cards name their service point for ever: it is closed, never removed.
  if (goneCodes(before.servicePoints, next.servicePoints).length > 0)
    problems.push({ path: ['servicePoints'], code: 'in_use' });
  const goneServices = goneCodes(before.services, next.services);
  if (goneServices.length > 0) {
    const used = await tx
      .selectFrom('visit')
      .select('id')
      .where('purpose', 'in', goneServices)
      .executeTakeFirst();
    if (used) problems.push({ path: ['services'], code: 'in_use' });
  }
  return problems;
}

function namesGateway({ sms, consents }: LibrarySettings): boolean {
  const { id, en } = consents.notice.recipients;
  return [id, en].every((text) => text.toLowerCase().includes(sms.gateway.toLowerCase()));
}

function goneCodes(before: readonly { code: string }[], next: readonly { code: string }[]): string[] {
  return before.filter((one) => !next.some((other) => other.code === one.code)).map((one) => one.code);
}

async function areTypesUsed(tx: Tx, codes: string[]): Promise<boolean> {
  const member = await tx
    .selectFrom('member')
    .select('id')
    .where('member_type', 'in', codes)
    .executeTakeFirst();
  if (member) return true;
  const open = await tx
    .selectFrom('application')
    .select('id')
    .where('member_type', 'in', codes)
    .executeTakeFirst();
  return open !== undefined;
}

/** The table that rows point to follows the setting; ids stay. */
async function writeServicePoints(tx: Tx, deps: Deps, scope: Scope, next: LibrarySettings): Promise<void> {
  for (const { code, name, kind, active } of next.servicePoints) {
    await tx
      .insertInto('service_point')
      .values({
        library_id: scope.library.id,
        id: newId<ServicePointId>(deps, scope.at),
        code,
        name,
        kind,
        active,
      })
      .onConflict((conflict) => conflict.columns(['library_id', 'code']).doUpdateSet({ name, kind, active }))
      .execute();
  }
}

/** Names of the parts that differ: keys of an object, codes or positions of a list. Never a value. */
function changedParts(before: unknown, after: unknown): readonly string[] {
  if (Array.isArray(before) || Array.isArray(after)) {
    const key = (one: unknown, index: number): string => (isCoded(one) ? one.code : String(index + 1));
    const entries = (list: unknown) =>
      new Map((Array.isArray(list) ? list : []).map((one: unknown, index) => [key(one, index), one]));
    const old = entries(before);
    const now = entries(after);
    return [...new Set([...old.keys(), ...now.keys()])].filter((name) => !same(old.get(name), now.get(name)));
  }
  if (!isObject(before) || !isObject(after)) return [];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !same(before[name], after[name]),
  );
}

function isCoded(value: unknown): value is { readonly code: string } {
  return isObject(value) && 'code' in value && typeof value.code === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Equal values, whatever the order of the keys: jsonb keeps its own. */
function same(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((value, index) => same(value, other[index]));
  if (!isObject(one) || !isObject(other)) return one === other;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].every((key) => same(one[key], other[key]));
}
