import type { Context } from 'hono';
import type { ConsentTextPurpose } from '../../db/schema.ts';
import { plainDateIn } from '../../domain/plain-date.ts';
import { formatDate } from '../../i18n/format.ts';
import { type ConsentTextVersion, consentTextVersions } from '../../usecases/consent-texts.ts';
import { Details } from '../components/details.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { PublicLayout } from '../components/public-layout.tsx';
import { Tag } from '../components/tag.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { publicFrame, textsOf } from '../frame.tsx';

/** In the order in which the form shows them. */
const ORDER: readonly ConsentTextPurpose[] = [
  'notice',
  'acknowledgement',
  'guardian',
  'photo_on_card',
  'messages',
  'visit_notice',
];

/**
 * `/{library}/teks-persetujuan`: what people were told and agreed to, version by version. Open to all: it is what the
 * library says to everybody, and a consent of years ago is read here by whoever gave it.
 */
export async function consentTextsPage(c: Context<LibraryEnv>, deps: WebDeps) {
  const { consentTexts } = textsOf(c).rights;
  const versions = await consentTextVersions(deps.db, scopeOf(c, deps));
  return c.html(
    <PublicLayout {...publicFrame(c)} title={consentTexts.title}>
      <PageHeader title={consentTexts.title} lead={consentTexts.lead} />
      <div class="dp-stack" data-gap="l">
        {versions.map((version, index) => (
          <Version c={c} version={version} isCurrent={index === 0} />
        ))}
      </div>
    </PublicLayout>,
  );
}

function Version(props: {
  readonly c: Context<LibraryEnv>;
  readonly version: ConsentTextVersion;
  readonly isCurrent: boolean;
}) {
  const { c, version, isCurrent } = props;
  const { consentTexts } = textsOf(c).rights;
  const lang = c.get('lang');
  const zone = c.get('library').settings.profile.timezone;
  const day = (at: Date) => formatDate(lang, plainDateIn(zone, at));
  const id = `versi-${version.version}`;
  const { from, until } = version;
  return (
    <section aria-labelledby={id} class="dp-stack" data-gap="s">
      <div>
        <h2 id={id}>{consentTexts.version(version.version)}</h2>
        <p class="dp-row dp-muted">
          {isCurrent && <Tag tone="success">{consentTexts.current}</Tag>}
          {from !== null &&
            (until === null ? consentTexts.since(day(from)) : consentTexts.from(day(from), day(until)))}
        </p>
      </div>
      <div>
        {ORDER.map((purpose) => {
          const text = version.texts.find((one) => one.purpose === purpose && one.lang === lang);
          return (
            text && (
              <Details summary={consentTexts.purposes[purpose]}>
                {text.content.split('\n\n').map((paragraph) => (
                  <p>{paragraph}</p>
                ))}
              </Details>
            )
          );
        })}
      </div>
    </section>
  );
}
