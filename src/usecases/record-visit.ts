import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import { insertVisit, type MemberKey, type NewVisit, type Recorder, type RepeatWindow } from '../db/visit.ts';
import type { Education, Occupation, Sex } from '../domain/applicant.ts';
import { cleanText } from '../domain/clean-text.ts';
import { holdsIdentityNumber } from '../domain/identity-in-text.ts';
import type { MemberId, Phone, VisitId } from '../domain/ids.ts';
import type { RepeatRule } from '../domain/library-settings.ts';
import { freshness } from '../domain/moving-clock.ts';
import { isCertificateOver } from '../domain/moving-code.ts';
import { instantOf } from '../domain/opening-hours.ts';
import { parsePhone } from '../domain/phone.ts';
import { addDays, type PlainDate, plainDateIn } from '../domain/plain-date.ts';
import { readScannedCode, verifyCode } from '../domain/scanned-code.ts';
import { checkGroupCounts, type GroupCounts, type GroupProblem } from '../domain/visit.ts';
import { type Deps, type LibraryContext, newId } from './context.ts';
import { verifierOf } from './library-keys.ts';

export type Visitor =
  /** Null: a number that nobody has, kept so by a correction of something else. */
  | { readonly kind: 'member'; readonly member: MemberKey | null }
  | {
      readonly kind: 'non_member';
      readonly name: string;
      readonly sex: Sex | null;
      readonly education: Education | null;
      readonly occupation: Occupation | null;
    }
  | {
      readonly kind: 'group';
      readonly leader: string;
      readonly institution: string;
      /** As typed; may be empty. */
      readonly phone: string;
      readonly counts: GroupCounts;
    };

export interface VisitInput {
  readonly visitor: Visitor;
  /** Code of one of the library's active services. */
  readonly purpose: string;
  /** Random text that the empty page carried, at least 128 bits: the same key is the same visit. */
  readonly submitKey: string;
  /** When the page of the guest book was opened for it. */
  readonly openedAt?: Date | null;
}

/** Which field is wrong, so that a page can say so there. */
export type VisitProblem =
  | { readonly field: 'purpose'; readonly code: 'missing' }
  | {
      readonly field: 'name' | 'leader' | 'institution';
      readonly code: 'missing' | 'too_long' | 'control_characters' | 'identity_number';
    }
  | { readonly field: 'phone'; readonly code: 'unreadable' }
  | { readonly field: 'counts'; readonly code: GroupProblem['code']; readonly problem: GroupProblem };

export type RecordedVisit =
  | {
      readonly ok: true;
      readonly visitId: VisitId;
      /** Only for an officer's eyes: a kiosk that told whether a number exists could be asked for numbers. */
      readonly memberId: MemberId | null;
      readonly counted: boolean;
      readonly repeated: boolean;
    }
  | { readonly ok: false; readonly reason: 'invalid'; readonly problems: readonly VisitProblem[] }
  /** No such device, or it was revoked. */
  | { readonly ok: false; readonly reason: 'not-enrolled' };

const LONGEST = 120;

/**
 * Writes a visit in one round trip, under load with others (see `db/gather`), durable when it returns. Unknown, expired or suspended numbers are written alike
 * and answered alike: the person did come, and nobody learns from a kiosk which numbers exist. The row itself tells who
 * recorded it; there is no audit row beside it.
 */
export async function recordVisit(
  db: Db,
  deps: Deps,
  library: LibraryContext,
  at: Date,
  recorder: Recorder,
  input: VisitInput,
): Promise<RecordedVisit> {
  const checked = checkVisit(library, input);
  if (!checked.ok) return checked;
  const submitKey = deps.vault.hash(library.id, 'submit_key', input.submitKey);
  const visit = { ...visitRow(deps, library, at, input, checked.texts), submitKey, replaces: null };
  const member = input.visitor.kind === 'member' ? input.visitor.member : null;
  const repeat = repeatWindow(library, at);
  const { known, written, memberId, counted } = await insertVisit(
    db,
    library.id,
    recorder,
    member,
    visit,
    repeat,
  );
  if (!known) return { ok: false, reason: 'not-enrolled' };
  const there = written ? undefined : await findRepeated(db, library, submitKey);
  // A connection lost after the commit: what stands there may be this very visit, written a second time.
  if (there && there.id !== visit.id)
    return { ok: true, visitId: there.id, memberId: there.member_id, counted: there.counted, repeated: true };
  deps.wake({ libraryId: library.id, topic: 'visit', subjectId: visit.id });
  return { ok: true, visitId: visit.id, memberId, counted: there?.counted ?? counted, repeated: false };
}

/** Texts of a visit as they are stored. */
export interface VisitTexts {
  readonly name: string | null;
  readonly institution: string | null;
  readonly phone: Phone | null;
}

/** Checks what was typed; names every field that is wrong. */
export function checkVisit(
  library: LibraryContext,
  input: Pick<VisitInput, 'visitor' | 'purpose'>,
):
  | { readonly ok: true; readonly texts: VisitTexts }
  | { readonly ok: false; readonly reason: 'invalid'; readonly problems: readonly VisitProblem[] } {
  const problems: VisitProblem[] = [];
  const text = (field: 'name' | 'leader' | 'institution', typed: string, required: boolean) => {
    const clean = cleanText(typed, LONGEST);
    if (!clean.ok) problems.push({ field, code: clean.reason });
    else if (clean.text === '' && required) problems.push({ field, code: 'missing' });
    else if (holdsIdentityNumber(clean.text)) problems.push({ field, code: 'identity_number' });
    return clean.ok && clean.text !== '' ? clean.text : null;
  };
  if (!library.settings.services.some((service) => service.active && service.code === input.purpose))
    problems.push({ field: 'purpose', code: 'missing' });
  const { visitor } = input;
  let texts: VisitTexts = { name: null, institution: null, phone: null };
  if (visitor.kind === 'non_member') texts = { ...texts, name: text('name', visitor.name, false) };
  if (visitor.kind === 'group') {
    const name = text('leader', visitor.leader, true);
    const institution = text('institution', visitor.institution, true);
    const phone = visitor.phone.trim() === '' ? null : parsePhone(visitor.phone);
    if (phone !== null && !phone.ok) problems.push({ field: 'phone', code: 'unreadable' });
    const sums = checkGroupCounts(visitor.counts);
    if (!sums.ok)
      for (const problem of sums.problems) problems.push({ field: 'counts', code: problem.code, problem });
    texts = { name, institution, phone: phone?.ok ? phone.phone : null };
  }
  return problems.length === 0 ? { ok: true, texts } : { ok: false, reason: 'invalid', problems };
}

/** The columns of a visit from its checked input. */
export function visitRow(
  deps: Deps,
  library: LibraryContext,
  at: Date,
  input: VisitInput,
  texts: VisitTexts,
): Omit<NewVisit, 'submitKey' | 'replaces'> {
  const { visitor } = input;
  const person = visitor.kind === 'non_member' ? visitor : null;
  return {
    id: newId<VisitId>(deps, at),
    openedAt: input.openedAt ?? null,
    at,
    day: plainDateIn(library.settings.profile.timezone, at),
    kind: visitor.kind,
    purpose: input.purpose,
    persons: visitor.kind === 'group' ? visitor.counts.total : 1,
    ...texts,
    sex: person?.sex ?? null,
    education: person?.education ?? null,
    occupation: person?.occupation ?? null,
    counts: visitor.kind === 'group' ? visitor.counts : null,
  };
}

/** `countsAsVisit` as a window of time that one statement can look into; null where every check-in counts. */
export function repeatWindow(library: LibraryContext, at: Date): RepeatWindow | null {
  const rule: RepeatRule = library.settings.visitRules.repeat;
  const { timezone } = library.settings.profile;
  const day = (instant: Date): PlainDate => plainDateIn(timezone, instant);
  switch (rule.rule) {
    case 'each':
      return null;
    case 'once_a_day':
      return {
        fromDay: day(at),
        after: new Date(0),
        before: new Date(instantOf(addDays(day(at), 1), 0, timezone)),
      };
    case 'after_minutes': {
      const span = rule.minutes * 60_000;
      const after = new Date(at.getTime() - span);
      return { fromDay: day(after), after, before: new Date(at.getTime() + span) };
    }
  }
}

function findRepeated(
  db: Db,
  library: LibraryContext,
  submitKey: Buffer,
): Promise<{ readonly id: VisitId; readonly member_id: MemberId | null; readonly counted: boolean }> {
  return inLibrary(db, library.id, (tx) =>
    tx
      .selectFrom('visit')
      .select(['id', 'member_id', 'counted'])
      .where('submit_key', '=', submitKey)
      .executeTakeFirstOrThrow(),
  );
}

/** Whether the number or card is a member's; only for an officer, who may know. */
export function findVisitingMember(
  db: Db,
  library: LibraryContext,
  key: MemberKey,
): Promise<{ readonly id: MemberId } | undefined> {
  return inLibrary(db, library.id, (tx) => {
    const members = tx.selectFrom('member').select('member.id');
    const cards = tx.selectFrom('card').select('card.member_id as id').where('revoked_at', 'is', null);
    switch (key.by) {
      case 'id':
        return members.where('id', '=', key.memberId).executeTakeFirst();
      case 'number':
        return members.where('number', '=', key.number).executeTakeFirst();
      case 'card':
        return cards
          .where('id', '=', key.cardId)
          .$if(key.generation !== undefined, (found) =>
            found.where('access_generation', '<=', key.generation ?? 0),
          )
          .executeTakeFirst();
      case 'kta':
        return cards.where('token_hash', '=', key.tokenHash).executeTakeFirst();
      case 'passed':
        return cards.where('id', '=', key.cardId).executeTakeFirst();
    }
  });
}

export type ReadMember =
  | { readonly ok: true; readonly member: MemberKey }
  | {
      readonly ok: false;
      readonly reason:
        | 'missing'
        | 'identity-number'
        | 'other-library'
        | 'not-genuine'
        /** A moving code that is not of now: a screenshot, a clock that is wrong, or a phone that was offline too long. */
        | 'not-of-now'
        | 'unreadable';
    };

/**
 * What was scanned or typed, read by its form and signature alone: nothing here tells whether a member exists. A signed
 * card cannot be invented, so saying that a signature is wrong gives nothing away. A saved picture names a member as
 * well as a typed number does, and nobody asks for more here.
 */
export function readMember(
  deps: Pick<Deps, 'vault'>,
  library: LibraryContext,
  scanned: string,
  at: Date,
): ReadMember {
  if (scanned.trim() === '') return { ok: false, reason: 'missing' };
  const code = readScannedCode(scanned);
  switch (code.kind) {
    case 'print':
    case 'picture':
    case 'moving': {
      const { claims } = code;
      if (claims.library !== library.id) return { ok: false, reason: 'other-library' };
      if (verifyCode(code, verifierOf(library)) !== 'valid') return { ok: false, reason: 'not-genuine' };
      if (code.kind === 'moving') {
        const today = plainDateIn(library.settings.profile.timezone, at);
        const fresh = freshness(code.claims.window, at.getTime()) === 'fresh';
        if (!fresh || isCertificateOver(code.claims, at.getTime(), today))
          return { ok: false, reason: 'not-of-now' };
      }
      const member = { by: 'card', cardId: claims.card } as const;
      return {
        ok: true,
        member: code.kind === 'print' ? member : { ...member, generation: code.claims.generation },
      };
    }
    case 'kta':
      if (code.library !== library.slug) return { ok: false, reason: 'other-library' };
      return {
        ok: true,
        member: { by: 'kta', tokenHash: deps.vault.hash(library.id, 'token', code.token) },
      };
    case 'number':
      return { ok: true, member: { by: 'number', number: code.text } };
    case 'identity_number':
      return { ok: false, reason: 'identity-number' };
    case 'damaged':
      return { ok: false, reason: 'not-genuine' };
    case 'foreign':
      return { ok: false, reason: 'unreadable' };
  }
}
