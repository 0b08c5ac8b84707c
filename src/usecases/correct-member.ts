import type { Db, Tx } from '../db/connection.ts';
import { checkForm } from '../domain/check-form.ts';
import { cleanText } from '../domain/clean-text.ts';
import { EDITABLE_FIELDS, mergeAnswers } from '../domain/corrections.ts';
import { CHECKED, type CorrectableField, type FormValues } from '../domain/form-fields.ts';
import type { FormProblem } from '../domain/form-outcome.ts';
import { coverIdentityNumbers } from '../domain/identity-in-text.ts';
import type { FileId, MemberId } from '../domain/ids.ts';
import { acceptingStored } from './answer-correction.ts';
import { changeMember, type MemberRefusal, type MemberRow } from './change-member.ts';
import { type Deps, newId, type Scope } from './context.ts';
import { formContextFor } from './form-context.ts';
import { matchColumns } from './match-columns.ts';
import { outdateCards } from './outdate-cards.ts';
import { formValuesOf, personPatch, writeRevision } from './revise-person.ts';

/** What a card shows: a change of any other field leaves a printed card right. */
export const PRINTED_FIELDS: ReadonlySet<CorrectableField> = new Set(['name', 'photo', 'member_type']);

export interface MemberCorrected {
  /** Empty where the form was sent back as it was: nothing is recorded. */
  readonly fields: readonly CorrectableField[];
  /** A printed card is out there that now shows something old. */
  readonly reprint: boolean;
  /** The person moved to another regency and kept the type: somebody should look whether it still fits. */
  readonly typeInDoubt: boolean;
}

type Refusal =
  | { readonly ok: false; readonly reason: 'no-evidence' }
  | { readonly ok: false; readonly reason: 'form-problems'; readonly problems: readonly FormProblem[] };

/**
 * "Ubah data anggota": data of a member are put right on evidence. Before and after are kept, sealed under the
 * person's key; a former name stays searchable.
 * @param input.values as posted; an empty number keeps the stored one, which a masked screen never held
 * @param input.evidence what was shown, in a few words without numbers: "KTP baru", "penetapan pengadilan"
 * @param input.photo already prepared (see `documents/photo.ts`); null keeps the present one
 */
export async function correctMember(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly memberId: MemberId;
    readonly values: FormValues;
    readonly evidence: string;
    readonly photo: Uint8Array | null;
    readonly expectedVersion?: number | undefined;
  },
): Promise<({ readonly ok: true; readonly version: number } & MemberCorrected) | MemberRefusal | Refusal> {
  // Villages are looked up before the member is locked: the list of regions belongs to no library.
  const context = await formContextFor(db, scope, 'desk', input.values);
  const evidence = cleanText(coverIdentityNumbers(input.evidence), 200);
  const { memberId, expectedVersion } = input;
  return changeMember<MemberCorrected, Refusal>(
    db,
    deps,
    scope,
    { memberId, expectedVersion, action: 'correct' },
    async (tx, row) => {
      const stored = formValuesOf(row, deps.vault, scope.library.id, 'full');
      const merged = {
        ...mergeAnswers(stored, input.values, EDITABLE_FIELDS),
        // Given when the person joined and kept in rows of their own.
        acknowledged: CHECKED,
        consent_version: context.consentVersion,
      };
      const outcome = checkForm(merged, acceptingStored(context, row));
      if (!outcome.ok) return { ok: false, reason: 'form-problems', problems: outcome.problems };
      const revision = personPatch(deps.vault, scope.library.id, row, outcome.applicant);
      const fields: CorrectableField[] = [...revision.fields, ...(input.photo ? (['photo'] as const) : [])];
      if (fields.length === 0)
        return { ok: true, change: null, result: { fields, reprint: false, typeInDoubt: false } };
      if (!evidence.ok || evidence.text.length < 3) return { ok: false, reason: 'no-evidence' };
      const photoId = input.photo ? await writeMemberPhoto(tx, deps, scope, row, input.photo) : row.photo_id;
      await writeRevision(
        tx,
        deps,
        scope,
        {
          applicationId: null,
          memberId: row.id,
          personKey: row.person_key,
          evidence: { words: evidence.text },
        },
        {
          fields,
          // Pictures are named, not copied: both stay in the person's files.
          before: { ...revision.before, ...(input.photo ? { photo: row.photo_id ?? '' } : {}) },
          after: { ...revision.after, ...(input.photo ? { photo: photoId ?? '' } : {}) },
        },
      );
      const after = { ...row, ...revision.patch };
      const former = formerNames(row, after.name_key);
      const printed = fields.some((field) => PRINTED_FIELDS.has(field));
      const reprint = printed && (await outdateCards(tx, row.id, row.valid_until));
      return {
        ok: true,
        change: {
          patch: {
            ...revision.patch,
            ...matchColumns(deps.vault, scope.library.id, { ...after, former_name_keys: former }),
            photo_id: photoId,
            former_name_keys: former,
          },
          event: { kind: 'corrected' },
          fields,
        },
        result: {
          fields,
          reprint,
          typeInDoubt: regencyOf(row) !== regencyOf(after) && !fields.includes('member_type'),
        },
      };
    },
  );
}

function formerNames(row: MemberRow, nameKey: string): string[] {
  const former = row.former_name_keys.filter((key) => key !== nameKey);
  return row.name_key === nameKey || former.includes(row.name_key) ? former : [...former, row.name_key];
}

/** The first two parts of a village's code: 33.74.01.1001 -> 33.74. */
function regencyOf(
  person: Pick<MemberRow, 'address_village' | 'present_village'> & { present_same?: boolean | undefined },
): string | null {
  const village = person.present_same === false ? person.present_village : person.address_village;
  return village === null ? null : village.slice(0, 5);
}

async function writeMemberPhoto(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  row: MemberRow,
  jpeg: Uint8Array,
): Promise<FileId> {
  const { library, actor, at } = scope;
  const fileId = newId<FileId>(deps, at);
  await tx
    .insertInto('file')
    .values({
      library_id: library.id,
      id: fileId,
      kind: 'photo',
      application_id: null,
      member_id: row.id,
      mime: 'image/jpeg',
      bytes: deps.vault.seal(library.id, 'file', jpeg),
      size: jpeg.length,
      created_at: at,
      created_by: actor.kind === 'officer' ? actor.id : null,
      deleted_at: null,
    })
    .execute();
  return fileId;
}
