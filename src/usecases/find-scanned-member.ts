import type { Db } from '../db/connection.ts';
import { findByMemberNumber, findStanding } from '../db/member-family.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { MemberId } from '../domain/ids.ts';
import type { Scanned } from '../domain/scan-kind.ts';
import { readSignedCode, verifyCode } from '../domain/scanned-code.ts';
import type { Deps, Scope } from './context.ts';
import { verifierOf } from './library-keys.ts';

/**
 * The member of this library whose card, KTA address or number was scanned at the desk; undefined for anything else,
 * a forged card and another library's included. A revoked card, a saved picture and a screenshot lead to the member
 * too: the officer sees the person, and a code that works no more may be why they came.
 */
export function findScannedMember(
  db: Db,
  deps: Deps,
  scope: Scope,
  scanned: Scanned,
): Promise<MemberId | undefined> {
  const { library } = scope;
  return inLibrary(db, library.id, async (tx) => {
    switch (scanned.kind) {
      case 'card': {
        const code = readSignedCode(scanned.signed);
        if (code?.claims.library !== library.id || verifyCode(code, verifierOf(library)) !== 'valid')
          return undefined;
        const card = await tx
          .selectFrom('card')
          .select('member_id')
          .where('id', '=', code.claims.card)
          .executeTakeFirst();
        return card && findStanding(tx, card.member_id);
      }
      case 'kta': {
        if (scanned.library !== library.slug) return undefined;
        const card = await tx
          .selectFrom('card')
          .select('member_id')
          .where('token_hash', '=', deps.vault.hash(library.id, 'token', scanned.token))
          .executeTakeFirst();
        return card && findStanding(tx, card.member_id);
      }
      case 'ticket':
      case 'member_number': {
        return findByMemberNumber(tx, scanned.text);
      }
      default:
        return undefined;
    }
  });
}
