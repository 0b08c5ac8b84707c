import { hash } from '@node-rs/argon2';
import type { Db } from '../db/connection.ts';
import { addActiveKey } from '../db/library-key.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { LibraryId, OfficerId, ServicePointId } from '../domain/ids.ts';
import type { LibrarySettings } from '../domain/library-settings.ts';
import type { Role } from '../domain/permissions.ts';
import type { Procedure } from '../domain/procedure.ts';
import { keepConsentTexts } from './consent-texts.ts';
import { type Deps, newId } from './context.ts';
import { isSlug } from './get-library.ts';

export interface NewLibrary {
  /** First part of the library's addresses: lower-case letters, digits, hyphens. */
  readonly slug: string;
  readonly settings: LibrarySettings;
  readonly procedure: Procedure;
  readonly officers: readonly {
    readonly username: string;
    readonly name: string;
    readonly roles: readonly Role[];
  }[];
}

/** Shown once, at the terminal of whoever created the library. */
export interface FirstSignIn {
  readonly username: string;
  readonly roles: readonly Role[];
  readonly password: string;
}

/** Words of the site's own addresses, which no library can have as a slug. */
export const RESERVED_SLUGS = [
  'api',
  'assets',
  'k',
  'masuk',
  'keluar',
  'healthz',
  'readyz',
  'metrics',
  'galeri',
];

/** Argon2id with the parameters that OWASP recommends first (19 MiB, 2 passes, 1 lane); kept in one place. */
export const PASSWORD_HASHING = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/**
 * Writes a library with its settings, first procedure version, service points and officers.
 * @param owner connection of the owner role: only it may add to the registry of libraries
 * @param app connection bound by row-level security, for everything else
 */
export async function createLibrary(
  owner: Db,
  app: Db,
  deps: Deps,
  input: NewLibrary,
): Promise<
  | { ok: true; libraryId: LibraryId; signIns: readonly FirstSignIn[] }
  | { ok: false; reason: 'slug-taken' | 'slug-invalid' | 'slug-reserved' }
> {
  if (!isSlug(input.slug)) return { ok: false, reason: 'slug-invalid' };
  if (RESERVED_SLUGS.includes(input.slug)) return { ok: false, reason: 'slug-reserved' };
  const at = deps.now();
  const signIns = await Promise.all(
    input.officers.map(async (officer) => {
      const password = newPassword(deps);
      return { ...officer, password, passwordHash: await hash(password, PASSWORD_HASHING) };
    }),
  );
  const libraryId = await register(owner, input, at);
  if (libraryId === undefined) return { ok: false, reason: 'slug-taken' };
  try {
    await inLibrary(app, libraryId, async (tx) => {
      await tx
        .insertInto('setting')
        .values(
          Object.entries(input.settings).map(([name, value]) => ({
            library_id: libraryId,
            name,
            value: JSON.stringify(value),
            updated_at: at,
            updated_by: null,
          })),
        )
        .execute();
      await tx
        .insertInto('procedure_version')
        .values({
          library_id: libraryId,
          version: 1,
          state: 'signed',
          effective_from: at,
          definition: JSON.stringify(input.procedure),
          created_at: at,
          created_by: null,
          signed_at: at,
          signed_by: null,
        })
        .execute();
      await keepConsentTexts(tx, { library: { id: libraryId }, at }, input.settings.consents);
      await addActiveKey(tx, deps.vault, { libraryId, seed: deps.randomBytes(32), at, by: null });
      const points = input.settings.servicePoints.map((point) => ({
        library_id: libraryId,
        id: newId<ServicePointId>(deps, at),
        code: point.code,
        name: point.name,
        kind: point.kind,
        active: point.active,
      }));
      await tx.insertInto('service_point').values(points).execute();
      await tx
        .insertInto('officer')
        .values(
          signIns.map((officer) => ({
            library_id: libraryId,
            id: newId<OfficerId>(deps, at),
            username: officer.username,
            name: officer.name,
            roles: [...officer.roles],
            password_hash: officer.passwordHash,
            totp_secret: null,
            service_point_id: points[0]?.id ?? null,
            created_at: at,
          })),
        )
        .execute();
    });
  } catch (error) {
    // The registry row stands alone in another connection: take it back, so that a second try starts clean.
    await owner.deleteFrom('library').where('id', '=', libraryId).execute();
    throw error;
  }
  return {
    ok: true,
    libraryId,
    signIns: signIns.map(({ username, roles, password }) => ({ username, roles, password })),
  };
}

async function register(owner: Db, input: NewLibrary, at: Date): Promise<LibraryId | undefined> {
  const row = await owner
    .insertInto('library')
    .values(({ selectFrom, fn, val }) => ({
      id: selectFrom('library').select(({ eb }) =>
        eb(fn.coalesce(fn.max<number>('id'), val(0)), '+', 1)
          .$castTo<LibraryId>()
          .as('id'),
      ),
      slug: input.slug,
      name: input.settings.profile.name,
      timezone: input.settings.profile.timezone,
      created_at: at,
    }))
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}

const FIRST_PASSWORD_LETTERS = 28;

/** 28 of 31 letters without look-alikes in groups of four: 138 bits, to be typed once from a sheet of paper. */
export function newPassword(deps: Pick<Deps, 'randomBytes'>): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
  let password = '';
  while (password.length < FIRST_PASSWORD_LETTERS) {
    for (const byte of deps.randomBytes(32)) {
      // Bytes beyond the last whole multiple are dropped, so that every letter is equally likely.
      if (byte < 248 && password.length < FIRST_PASSWORD_LETTERS)
        password += alphabet[byte % alphabet.length];
    }
  }
  return password.replace(/(.{4})(?=.)/g, '$1-');
}
