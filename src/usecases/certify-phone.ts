import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import { judgePhone, OPENING_HOURS } from '../domain/card-phones.ts';
import type { CardId } from '../domain/ids.ts';
import { CERTIFICATE_DAYS, certificateEnd, encodePhoneCertificate } from '../domain/moving-code.ts';
import { shortPoint } from '../domain/p256-point.ts';
import { encodePictureCode } from '../domain/picture-code.ts';
import { hexOf } from '../domain/published-keys.ts';
import { writeAudit } from './audit.ts';
import { type Deps, type Scope, todayOf } from './context.ts';
import { signerOf } from './library-keys.ts';
import { cardFacts, cardsWithMembers } from './read-card.ts';
import type { Kta } from './read-kta.ts';

export type CertifyOutcome =
  | {
      readonly ok: true;
      /** For the phone's moving codes, see `moving-code.ts`. */
      readonly certificate: string;
      /** Seconds since 1970 from which it is refused. */
      readonly ends: number;
      /** Id of the library's key that signed it, hexadecimal. */
      readonly signer: string;
    }
  | {
      readonly ok: false;
      /**
       * `unknown`, `revoked`: the address opens no card (any more). `not-active`: expired or suspended. `displaced`: three
       * newer phones keep this card. `too-many`: more phones than one person has.
       */
      readonly reason: 'unknown' | 'revoked' | 'not-active' | 'bad-key' | 'displaced' | 'too-many';
    };

/**
 * Certifies the key that a phone made, so that it can show the moving code of the card at this address. No proof that
 * the phone has the private key is asked for: without it the certificate shows nothing.
 * @param input.phoneKey as WebCrypto exports it `raw` @param input.kept the holder keeps the card on this phone
 */
export function certifyPhone(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly token: string; readonly phoneKey: Uint8Array; readonly kept: boolean },
): Promise<CertifyOutcome> {
  const { library, at } = scope;
  const { phoneKey, kept } = input;
  if (!shortPoint(phoneKey)) return Promise.resolve({ ok: false, reason: 'bad-key' });
  return inLibrary(db, library.id, async (tx) => {
    const tokenHash = deps.vault.hash(library.id, 'token', input.token);
    // Locked: two phones at the same instant are counted one after the other, and a card that is being replaced waits.
    const locked = await tx
      .selectFrom('card')
      .select('id')
      .where('token_hash', '=', tokenHash)
      .forUpdate()
      .executeTakeFirst();
    const row =
      locked && (await cardsWithMembers(tx).where('card.token_hash', '=', tokenHash).executeTakeFirst());
    if (!row) return { ok: false, reason: 'unknown' };
    if (row.revoked_at !== null || row.state === 'ended') return { ok: false, reason: 'revoked' };
    const { status, validUntil } = cardFacts(scope, row, false);
    if (status !== 'active') return { ok: false, reason: 'not-active' };

    const keyHash = deps.vault.hash(
      library.id,
      'token',
      `kta-phone|${row.id}|${Buffer.from(phoneKey).toString('base64')}`,
    );
    const generation = row.access_generation;
    const phones = await phonesOf(tx, row.id, generation);
    const key = keyHash.toString('hex');
    const verdict = judgePhone(phones, { key, kept }, at.getTime(), CERTIFICATE_DAYS);
    if (verdict !== 'certify') return { ok: false, reason: verdict };

    const ends = certificateEnd(at, validUntil, kept ? undefined : OPENING_HOURS * 3600);
    const claims = {
      library: library.id,
      card: row.id,
      generation,
      ends,
      phoneKey: new Uint8Array(phoneKey),
    };
    const signer = signerOf(deps, library);
    const certificate = encodePhoneCertificate(claims, signer);
    if (certificate === undefined) return { ok: false, reason: 'bad-key' };
    const known = phones.find((phone) => phone.key === key && phone.kept === kept);
    const since = known ? new Date(known.since) : at;
    const times = { generation, kept, since, certified_at: at, ends_at: new Date(ends * 1000) };
    await tx
      .insertInto('kta_phone')
      .values({ library_id: library.id, card_id: row.id, key_hash: keyHash, ...times })
      .onConflict((conflict) =>
        conflict.columns(['library_id', 'card_id', 'key_hash', 'kept']).doUpdateSet(times),
      )
      .execute();
    await writeAudit(tx, deps, scope, {
      action: 'kta.certify',
      subjectKind: 'card',
      subjectId: row.id,
      // An opening keeps nothing; a phone keeps the card, for the first time or again.
      purpose: kept ? (known ? 'renewal' : 'phone') : 'opening',
    });
    return { ok: true, certificate, ends, signer: hexOf(signer.keyId) };
  });
}

async function phonesOf(tx: Tx, card: CardId, generation: number) {
  const rows = await tx
    .selectFrom('kta_phone')
    .select(['key_hash', 'kept', 'since'])
    .where('card_id', '=', card)
    .where('generation', '=', generation)
    .execute();
  return rows.map((row) => ({
    key: row.key_hash.toString('hex'),
    kept: row.kept,
    since: row.since.getTime(),
  }));
}

/** The code of a saved picture of this card: it says that the library gave it to the holder, and nothing more. */
export function pictureCodeOf(
  deps: Pick<Deps, 'vault'>,
  scope: Scope,
  card: Pick<Kta, 'cardId' | 'validUntil' | 'generation'>,
): string {
  const { library } = scope;
  const { cardId, validUntil, generation } = card;
  const claims = { library: library.id, card: cardId, generation, saved: todayOf(scope), validUntil };
  return encodePictureCode(claims, signerOf(deps, library));
}
