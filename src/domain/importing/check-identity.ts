import { checkDocumentNumber } from '../document-number.ts';
import type { Nik } from '../ids.ts';
import { parseNik } from '../nik.ts';
import type { DocumentType } from '../procedure.ts';
import type { IncomingField } from './incoming-member.ts';
import { IDENTITY_WORDS, wordKey } from './incoming-words.ts';
import type { NoteCode } from './row-outcome.ts';

/** The document somebody showed to the old system. */
export interface IncomingIdentity {
  readonly type: DocumentType | null;
  readonly number: string | null;
  readonly nik: Nik | null;
  readonly kk: string | null;
}

interface Written {
  readonly number: string;
  readonly identityType: string;
  readonly identityNumber: string;
  readonly note: (code: NoteCode, field: IncomingField, value: string) => void;
}

/** As long as INLISLite's column; what cannot be printed is no number for a card. */
const MEMBER_NUMBER = /^[\p{L}\p{N}][\p{L}\p{N} ./_-]{0,49}$/u;
/** Spreadsheets keep fifteen digits and write the rest as a power of ten: those digits are gone. */
const ROUNDED = /^\d(?:[.,]\d+)?e\+?\d+$/i;

/**
 * Which member number stays, and which document the person has. A number that is the NIK (INLISLite 3.3 gives every
 * online member that) or another state document's is replaced: it must not stand on a card.
 */
export function identityOf(written: Written): {
  readonly identity: IncomingIdentity;
  readonly number: string | null;
  readonly oldNumber: string | null;
} {
  const { number, note } = written;
  const identity = documentOf(written);
  if (number === '') {
    note('number_missing', 'number', '');
    return { identity, number: null, oldNumber: null };
  }
  const nik = parseNik(number);
  if (nik.ok) {
    note('number_is_nik', 'number', number);
    return {
      identity: identity.nik === null ? withNik(identity, nik.nik) : identity,
      number: null,
      oldNumber: number,
    };
  }
  const isStateDocument =
    identity.type !== 'ktm' && identity.number !== null && wordKey(identity.number) === wordKey(number);
  if (isStateDocument) note('number_is_nik', 'number', number);
  else if (!MEMBER_NUMBER.test(number) || ROUNDED.test(number)) note('number_unusable', 'number', number);
  else return { identity, number, oldNumber: number };
  return { identity, number: null, oldNumber: number };
}

/** Without a document of its own the NIK is all there is, and that is on a KTP, a KIA and a KK alike. */
function withNik(identity: IncomingIdentity, nik: Nik): IncomingIdentity {
  return { ...identity, nik };
}

function documentOf({ identityType, identityNumber, note }: Written): IncomingIdentity {
  const nothing: IncomingIdentity = { type: null, number: null, nik: null, kk: null };
  const type = IDENTITY_WORDS.get(wordKey(identityType));
  if (identityType !== '' && type === undefined) note('word_unknown', 'identity_type', identityType);
  if (identityNumber === '') return nothing;
  if (ROUNDED.test(identityNumber)) {
    note('identity_rounded', 'identity_number', identityNumber);
    return nothing;
  }
  if (type === undefined) {
    const nik = parseNik(identityNumber);
    if (nik.ok) return { ...nothing, nik: nik.nik };
    note('identity_unreadable', 'identity_number', identityNumber);
    return nothing;
  }
  const result = checkDocumentNumber(type, identityNumber);
  if (result.ok)
    return { type, number: result.number, nik: result.nik, kk: type === 'kk' ? result.number : null };
  // Twelve digits under "KTP" are a SIM's, sixteen under "Kartu pelajar" a NIK: the shape says more than the list.
  const nik = parseNik(identityNumber);
  if (nik.ok) {
    note('identity_type_guessed', 'identity_number', identityNumber);
    return { ...nothing, nik: nik.nik };
  }
  note('identity_unreadable', 'identity_number', identityNumber);
  return nothing;
}
