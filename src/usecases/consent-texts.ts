import { createHash } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import type { ConsentTextPurpose, Database } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { LibraryId } from '../domain/ids.ts';
import { type ConsentTexts, type LocalText, NOTICE_TOPICS } from '../domain/library-settings.ts';
import type { Scope } from './context.ts';

export type ConsentTextRow = Pick<
  Selectable<Database['consent_text']>,
  'version' | 'purpose' | 'lang' | 'content' | 'kept_at'
>;

const LANGS = ['id', 'en'] as const;

/** Every text of one version, as a person could have been shown it. */
function textsOf(consents: ConsentTexts): readonly (readonly [ConsentTextPurpose, LocalText])[] {
  const notice = (lang: 'id' | 'en') =>
    NOTICE_TOPICS.map((topic) => consents.notice[topic][lang]).join('\n\n');
  return [
    ['notice', { id: notice('id'), en: notice('en') }],
    ['acknowledgement', consents.acknowledgement],
    ['guardian', consents.guardianConsent],
    ...consents.items.map((item) => [item.purpose, item.text] as const),
    ['visit_notice', consents.visitNotice],
  ];
}

/**
 * Keeps the texts of a version for good, so that a consent of years ago can be read as it was given. What is kept
 * already is never written over.
 */
export async function keepConsentTexts(
  tx: Tx,
  scope: { readonly library: { readonly id: LibraryId }; readonly at: Date },
  consents: ConsentTexts,
): Promise<void> {
  const kept = await tx
    .selectFrom('consent_text')
    .select('purpose')
    .where('version', '=', consents.version)
    .executeTakeFirst();
  if (kept) return;
  await tx
    .insertInto('consent_text')
    .values(
      textsOf(consents).flatMap(([purpose, text]) =>
        LANGS.map((lang) => ({
          library_id: scope.library.id,
          version: consents.version,
          purpose,
          lang,
          content: text[lang],
          digest: createHash('sha256').update(text[lang]).digest(),
          kept_at: scope.at,
        })),
      ),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** What people were shown from one day to another. */
export interface ConsentTextVersion {
  readonly version: string;
  /** When it was first kept; null for one that is in force and not kept yet. */
  readonly from: Date | null;
  /** When the next one came; null for the one in force. */
  readonly until: Date | null;
  readonly texts: readonly Pick<ConsentTextRow, 'purpose' | 'lang' | 'content'>[];
}

/** Every version that was ever in force, the one in force first. */
export async function consentTextVersions(db: Db, scope: Scope): Promise<readonly ConsentTextVersion[]> {
  const { consents } = scope.library.settings;
  const rows = await listConsentTexts(db, scope);
  const versions = [...new Set(rows.map(({ version }) => version))].map((version) => {
    const texts = rows.filter((row) => row.version === version);
    return { version, from: texts[0]?.kept_at ?? null, texts };
  });
  const [newest] = versions;
  const inForce =
    newest?.version === consents.version
      ? []
      : [
          {
            version: consents.version,
            from: null,
            texts: textsOf(consents).flatMap(([purpose, text]) =>
              LANGS.map((lang) => ({ purpose, lang, content: text[lang] })),
            ),
          },
        ];
  const all = [...inForce, ...versions];
  return all.map((one, index) => ({ ...one, until: index === 0 ? null : (all[index - 1]?.from ?? null) }));
}

/** All texts that were ever in force, the latest first. */
export function listConsentTexts(db: Db, scope: Scope): Promise<readonly ConsentTextRow[]> {
  return inLibrary(db, scope.library.id, (tx) => readConsentTexts(tx));
}

/** @param versions only these; all without it */
export async function readConsentTexts(
  tx: Tx,
  versions?: readonly string[],
): Promise<readonly ConsentTextRow[]> {
  if (versions?.length === 0) return [];
  let query = tx.selectFrom('consent_text').select(['version', 'purpose', 'lang', 'content', 'kept_at']);
  if (versions) query = query.where('version', 'in', [...versions]);
  return query.orderBy('kept_at', 'desc').orderBy('version', 'desc').orderBy('purpose').execute();
}
