import type { Db } from '../db/connection.ts';
import { findHolder, type PatronContact, readContact, readPatronNow } from '../db/patron.ts';
import { inLibrary } from '../db/tenancy.ts';
import {
  type Admission,
  isAboutPerson,
  judgeLive,
  type RefuseReason,
  refusedBy,
} from '../domain/admission.ts';
import { needsGuardian } from '../domain/child.ts';
import type { MemberId } from '../domain/ids.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { readScannedCode } from '../domain/scanned-code.ts';
import { memberStatus } from '../domain/validity.ts';
import { lookUpAtGate, type SharedCodes, takeOnce } from './check-at-gate.ts';
import { type Deps, type Scope, todayOf } from './context.ts';
import { recordView } from './record-view.ts';
import { judgeCode } from './verify-card.ts';

/** A machine that asks who somebody is. */
export interface AskingDevice {
  /** Whether a number without a signature is enough. */
  readonly numbers: boolean;
  /** Whether somebody compares the photo: what asks for a look is valid only then. */
  readonly attended: boolean;
}

/** Whom a device is told about; what it may hand on of it is the account's own question. */
export interface Patron {
  readonly name: string;
  /** Code of the library's list. */
  readonly memberType: string;
  readonly validUntil: PlainDate | null;
}

export interface PatronAnswer {
  /** Null: a valid member. `look`: genuine, but somebody would have to compare the photo, and nobody stands there. */
  readonly refused: RefuseReason | 'look' | null;
  readonly admission: Admission;
  /** Only where it is genuine; of a refused one where somebody stands there who has to say why. */
  readonly patron: Patron | null;
}

/**
 * Who shows this code or number to a device, by the same rules and the same words of the database as at a gate
 * (`check-at-gate`). The number of a barcode is a "look" there; here the account says whether it is enough.
 * @param input.scan one for each person's turn: asked again within it, a moving code is the same scan
 */
export async function askPatron(
  db: Db,
  deps: Deps,
  scope: Scope,
  codes: SharedCodes,
  input: { readonly code: string; readonly scan: string; readonly device: AskingDevice },
): Promise<PatronAnswer> {
  const { library, at } = scope;
  const { gate } = library.settings;
  const { device } = input;
  const code = readScannedCode(input.code);
  const refuse = (reason: RefuseReason): PatronAnswer => ({
    refused: reason,
    admission: { verdict: 'refuse', reason, recheck: false },
    patron: null,
  });
  switch (code.kind) {
    case 'print':
    case 'picture':
    case 'moving': {
      const judged = await judgeCode(db, library, code, { at, policy: gate, seen: new Map() });
      const admission = await takeOnce(codes, scope, judged.admission, input.scan);
      return answerOf(admission, judged.card ?? null, device.attended, device);
    }
    case 'number': {
      if (!device.numbers) return refuse('kind_not_taken');
      const found = await readPatronNow(db, library.id, code.text);
      if (!found) return refuse('unknown_number');
      const refused = refusedBy(memberStatus(found.state, found.validUntil, todayOf(scope)));
      const admission: Admission =
        refused === undefined
          ? { verdict: 'look', reason: 'number' }
          : { verdict: 'refuse', reason: refused, recheck: false };
      return answerOf(admission, found, true, device);
    }
    case 'kta': {
      const asked = {
        code,
        signature: null,
        library,
        now: at.getTime(),
        today: todayOf(scope),
        policy: gate,
      };
      const admission = judgeLive({ ...asked, seen: new Map(), standing: undefined });
      if (admission.verdict !== 'look') return answerOf(admission, null, false, device);
      const found = await inLibrary(db, library.id, (tx) => lookUpAtGate(tx, deps, scope, code, admission));
      return answerOf(found.admission, found.person, device.attended, device);
    }
    case 'identity_number':
    case 'damaged':
    case 'foreign':
      return refuse(code.kind);
  }
}

/** @param looked whether a verdict of "look" is enough here */
function answerOf(
  admission: Admission,
  found: Patron | null,
  looked: boolean,
  device: AskingDevice,
): PatronAnswer {
  const patron = found && {
    name: found.name,
    memberType: found.memberType,
    validUntil: found.validUntil,
  };
  switch (admission.verdict) {
    case 'admit':
      return { refused: null, admission, patron };
    case 'look':
      return looked ? { refused: null, admission, patron } : { refused: 'look', admission, patron: null };
    case 'refuse':
      return {
        refused: admission.reason,
        admission,
        patron: device.attended && isAboutPerson(admission.reason) ? patron : null,
      };
  }
}

/** Whose code or number it is, for what is asked beyond the verdict. The verdict has been asked before. */
export async function memberOfAnswer(
  db: Db,
  scope: Scope,
  code: string,
  { admission }: PatronAnswer,
): Promise<MemberId | undefined> {
  const { library } = scope;
  const { card } = admission;
  if (card !== undefined) return inLibrary(db, library.id, (tx) => findHolder(tx, card));
  const read = readScannedCode(code);
  if (read.kind !== 'number') return undefined;
  return (await readPatronNow(db, library.id, read.text))?.memberId;
}

/**
 * Birth date and ways to reach a member, for a device whose account lets them out. Nothing of anybody under 18, or
 * whose age nobody knows. The look is logged as an officer's is, and the member can read of it.
 */
export async function readPatronContact(
  db: Db,
  deps: Deps,
  scope: Scope,
  member: MemberId,
): Promise<PatronContact | undefined> {
  const contact = await inLibrary(db, scope.library.id, (tx) => readContact(tx, member));
  if (!contact?.birthDate || needsGuardian(contact.birthDate, todayOf(scope))) return undefined;
  await recordView(db, deps, scope, {
    action: 'member.tell_device',
    subjectKind: 'member',
    subjectId: member,
  });
  return contact;
}

/**
 * Whether a "patron password" proves that the member is there. Members have none: the only proof there is, is the
 * moving code on the member's own phone, of this moment and taken once.
 */
export async function provesPresence(
  db: Db,
  scope: Scope,
  codes: SharedCodes,
  input: { readonly proof: string; readonly member: MemberId; readonly scan: string },
): Promise<boolean> {
  const { library, at } = scope;
  const code = readScannedCode(input.proof);
  if (code.kind !== 'moving') return false;
  const judged = await judgeCode(db, library, code, { at, policy: library.settings.gate, seen: new Map() });
  const admission = await takeOnce(codes, scope, judged.admission, input.scan);
  if (admission.verdict !== 'admit') return false;
  const holder = await inLibrary(db, library.id, (tx) => findHolder(tx, admission.card));
  return holder === input.member;
}
