/** Cases on their way over the counter, for tests that begin at the photo or at the card. */
import sharp from 'sharp';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { ApplicantData } from '../../src/domain/applicant.ts';
import type { ApplicationId, CardId, MemberId, MemberNumber } from '../../src/domain/ids.ts';
import type { LibrarySettings, SettingName } from '../../src/domain/library-settings.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { submitApplication } from '../../src/usecases/submit-application.ts';
import type { TestApp } from './app.ts';
import { applicantNamed } from './applicants.ts';

/** A citizen's scope: what the phone of the applicant does. */
export async function citizenScope(app: TestApp, slug: string): Promise<Scope> {
  return {
    library: await libraryOf(app, slug),
    actor: { kind: 'applicant' },
    at: app.deps.now(),
    requestId: 't',
  };
}

export async function libraryOf(app: TestApp, slug: string): Promise<LibraryContext> {
  const library = await app.deps.libraries.find(slug);
  if (!library) throw new Error(`no library ${slug}`);
  return library;
}

let sent = 0;

/** A form that was sent from home. */
export async function phoneCase(
  app: TestApp,
  slug: string,
  name: string,
  changes: Partial<ApplicantData> = {},
): Promise<{ applicationId: ApplicationId; ticketCode: string; token: string }> {
  return submitApplication(app.deps.db, app.deps, await citizenScope(app, slug), {
    applicant: applicantNamed(name, changes),
    channel: 'phone',
    // Another one each time: a journey that is tried again meets its first try as somebody else.
    submitKey: `of ${slug} ${name} ${++sent}`,
    language: 'id',
    visit: null,
    familyOf: null,
    openedAt: null,
  });
}

/** The officer's own acts up to the photo, by the desk's addresses: ticket, identity, cross-check where it is open. */
export async function toThePhoto(
  app: TestApp,
  slug: string,
  name: string,
  cookie: string,
  changes: Partial<ApplicantData> = {},
): Promise<{ applicationId: ApplicationId; base: string }> {
  const { applicationId, ticketCode } = await phoneCase(app, slug, name, changes);
  const base = `/${slug}/loket/${applicationId}`;
  const scanned = await app.post(`/${slug}/loket/pindai`, { kode: ticketCode }, cookie);
  if (scanned.headers.get('location') !== base) throw new Error(`not taken: ${scanned.status}`);
  const seen = await app.post(`${base}/identitas`, { dokumen: 'ktp:original' }, cookie);
  if (seen.status !== 303) throw new Error(`identity not recorded: ${seen.status}`);
  await app.post(`${base}/kros-cek`, { alasan: 'other_person' }, cookie);
  return { applicationId, base };
}

/** Up to the card: approved, with a photo taken at the desk. */
export async function toTheCard(
  app: TestApp,
  slug: string,
  name: string,
  cookie: string,
  changes: Partial<ApplicantData> = {},
): Promise<{ applicationId: ApplicationId; base: string; member: StoredMember }> {
  const { applicationId, base } = await toThePhoto(app, slug, name, cookie, changes);
  const photo = await app.upload(`${base}/foto`, { foto: await portrait() }, cookie);
  if (photo.status !== 303) throw new Error(`no photo: ${photo.status}`);
  const approved = await app.post(`${base}/setujui`, {}, cookie);
  if (approved.status !== 303) throw new Error(`not approved: ${approved.status} ${await approved.text()}`);
  return { applicationId, base, member: await memberOf(app, slug, applicationId) };
}

export interface StoredMember {
  readonly id: MemberId;
  readonly number: MemberNumber;
  readonly cardId: CardId;
  /** Secret part of the KTA's address. */
  readonly token: string;
}

/** The member a case made, with the present card. */
export async function memberOf(
  app: TestApp,
  slug: string,
  applicationId: ApplicationId,
): Promise<StoredMember> {
  const library = await libraryOf(app, slug);
  const row = await inLibrary(app.deps.db, library.id, (tx) =>
    tx
      .selectFrom('member')
      .innerJoin('card', 'card.member_id', 'member.id')
      .select(['member.id', 'member.number', 'card.id as cardId', 'card.access_generation'])
      .where('member.application_id', '=', applicationId)
      .where('card.revoked_at', 'is', null)
      .executeTakeFirstOrThrow(),
  );
  const token = app.deps.vault.token(library.id, 'kta', row.cardId, row.access_generation);
  return { id: row.id, number: row.number as MemberNumber, cardId: row.cardId, token };
}

/** A picture as a phone sends it: a drawn face, with the place and the camera in its metadata. */
export async function portrait(
  options: { width?: number; height?: number; orientation?: number } = {},
): Promise<File> {
  const { width = 900, height = 1200, orientation = 1 } = options;
  const face = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 120" width="${width}" height="${height}" preserveAspectRatio="none">
    <rect width="90" height="120" fill="#b9d0de"/><path d="M8 120c2-28 18-36 37-36s35 8 37 36z" fill="#33508a"/>
    <path d="M45 14c-20 0-27 16-25 36 1 14 6 24 10 30h30c4-6 9-16 10-30 2-20-5-36-25-36z" fill="#5a3b2e"/>
    <ellipse cx="45" cy="50" rx="19" ry="25" fill="#d9a77f"/><circle cx="37" cy="47" r="2.4" fill="#2a1b14"/>
    <circle cx="53" cy="47" r="2.4" fill="#2a1b14"/><path d="M37 62c5 5 11 5 16 0" fill="none" stroke="#8a4a3a" stroke-width="2"/>
    </svg>`;
  const bytes = await sharp(Buffer.from(face))
    .jpeg({ quality: 88 })
    .withExif({ IFD0: { Model: 'Telepon Rahasia', Artist: 'Contoh' }, IFD3: { GPSLatitudeRef: 'S' } })
    .withMetadata({ orientation })
    .toBuffer();
  return new File([new Uint8Array(bytes)], 'IMG_0001.jpg', { type: 'image/jpeg' });
}

/** Changes one setting of a library, as its admin would. */
export async function updateSettingForTest<Name extends SettingName>(
  app: TestApp,
  slug: string,
  name: Name,
  change: (value: LibrarySettings[Name]) => LibrarySettings[Name],
): Promise<void> {
  const library = await libraryOf(app, slug);
  await inLibrary(app.deps.db, library.id, (tx) =>
    tx
      .updateTable('setting')
      .set({ value: JSON.stringify(change(library.settings[name])) })
      .where('name', '=', name)
      .execute(),
  );
  app.deps.libraries.forget(slug);
}
