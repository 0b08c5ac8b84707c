import type { Db } from '../db/connection.ts';
import { knownRegions } from '../db/region.ts';
import { checkDocumentNumber } from '../domain/document-number.ts';
import type { FormChannel, FormContext, FormValues } from '../domain/form-fields.ts';
import { fitsAge } from '../domain/library-settings.ts';
import { parseNik } from '../domain/nik.ts';
import type { DocumentType } from '../domain/procedure.ts';
import { type Scope, todayOf } from './context.ts';

/** What the library and today add to the form, without a look into the list of regions. */
export function formContext(scope: Scope, channel: FormChannel): FormContext {
  const { settings, procedure } = scope.library;
  const types = settings.memberTypes.filter((type) => type.active);
  return {
    today: todayOf(scope),
    documentsAccepted: procedure.documents.map((document) => document.type),
    noDocumentReasons: settings.noDocumentReasons.map((reason) => reason.code),
    memberTypes: types.map((type) => type.code),
    consentVersion: settings.consents.version,
    channel,
    fitsMemberType: (code, age) => {
      const type = settings.memberTypes.find((each) => each.code === code);
      return type === undefined || fitsAge(type, age);
    },
  };
}

/** The same, knowing whether the villages and the NIK's district in these answers exist: for `checkForm`. */
export async function formContextFor(
  db: Db,
  scope: Scope,
  channel: FormChannel,
  values: FormValues,
): Promise<FormContext> {
  const villages = [values.address_village, values.present_village].filter((code) => code !== undefined);
  const prefix = nikPrefix(values);
  const codes = [...villages, ...(prefix === undefined ? [] : [dotted(prefix)])].filter(
    (code) => code !== '',
  );
  const known = await knownRegions(db, codes);
  return {
    ...formContext(scope, channel),
    knownVillage: (code) => known.has(code),
    knownPrefix: (digits) => known.has(dotted(digits)),
  };
}

/** Kemendagri code of a district from the six digits of a NIK: `33.74.01`. */
function dotted(prefix: string): string {
  return `${prefix.slice(0, 2)}.${prefix.slice(2, 4)}.${prefix.slice(4, 6)}`;
}

function nikPrefix(values: FormValues): string | undefined {
  const read = checkDocumentNumber(
    (values.document_type ?? 'ktp') as DocumentType,
    values.document_number ?? '',
  );
  if (read?.ok && read.nik) return read.nik.slice(0, 6);
  const added = parseNik(values.nik ?? '');
  return added.ok ? added.nik.slice(0, 6) : undefined;
}
