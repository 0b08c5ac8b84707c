import type { Context } from 'hono';
import { raw } from 'hono/html';
import type { MemberType } from '../../domain/library-settings.ts';
import { formatPhone, parsePhone } from '../../domain/phone.ts';
import { type ComplaintChannel, type Procedure, sumOfStandards } from '../../domain/procedure.ts';
import { formatDuration, formatNumber } from '../../i18n/format.ts';
import type { ServiceTexts } from '../../i18n/id/service.ts';
import type { Lang } from '../../i18n/index.ts';
import type { LibraryContext } from '../../usecases/context.ts';
import { LinkButton } from '../components/button.tsx';
import { Card } from '../components/card.tsx';
import { DefinitionList } from '../components/definition-list.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { PublicLayout } from '../components/public-layout.tsx';
import { Steps } from '../components/steps.tsx';
import { Tag } from '../components/tag.tsx';
import type { LibraryEnv } from '../env.ts';
import { publicFrame, textsOf } from '../frame.tsx';
import { publicNav } from './nav.ts';
import { comingHolidays, openingRows, openingSentence } from './opening-view.ts';
import { serviceStructuredData } from './schema-org.ts';

/** `/{library}`: the service standard as a citizen reads it, with the two ways in. */
export function servicePage(c: Context<LibraryEnv>, at: Date) {
  const library = c.get('library');
  const lang = c.get('lang');
  const { service } = textsOf(c);
  const { profile, look } = library.settings;
  const { procedure } = library;
  const base = `/${library.slug}`;
  const total = formatDuration(lang, procedure.publishedTotalSeconds);
  const free = /tidak dipungut|gratis/i.test(procedure.cost);
  return c.html(
    <PublicLayout
      {...publicFrame(c)}
      title={profile.name}
      nav={publicNav(c, 'service')}
      head={
        <script type="application/ld+json">
          {raw(serviceStructuredData(library, `${c.get('origin')}${base}`))}
        </script>
      }
      hero={
        <PageHeader
          hero
          eyebrow={look.greeting}
          eyebrowLang="id"
          title={profile.name}
          lead={(free ? service.leadFree : service.lead)(total)}
        >
          <LinkButton href={`${base}/daftar`}>{service.registerHere}</LinkButton>
          <LinkButton href="#loket" variant="secondary">
            {service.atCounter}
          </LinkButton>
        </PageHeader>
      }
    >
      <div class="dp-stack" data-gap="l">
        <Ways library={library} at={at} lang={lang} words={service} />
        <div class="dp-grid dp-place">
          <Requirements library={library} lang={lang} words={service} />
          <ProcedureSteps procedure={procedure} lang={lang} words={service} base={base} />
        </div>
        <Facts procedure={procedure} lang={lang} words={service} />
        <Place library={library} at={at} lang={lang} words={service} />
      </div>
    </PublicLayout>,
  );
}

interface Part {
  readonly library: LibraryContext;
  readonly lang: Lang;
  readonly words: ServiceTexts;
}

function Ways({ library, at, lang, words }: Part & { readonly at: Date }) {
  const base = `/${library.slug}`;
  const { profile } = library.settings;
  const place = [profile.address, profile.city].filter((part) => part !== '').join(', ');
  return (
    <section aria-labelledby="cara">
      <h2 id="cara">{words.ways.title}</h2>
      <div class="dp-grid dp-ways">
        <Card level={3} title={words.ways.hereTitle} tinted>
          <p>{words.ways.hereText}</p>
          <p>{words.ways.hereThen}</p>
          <p>
            <LinkButton href={`${base}/daftar`}>{words.registerHere}</LinkButton>
          </p>
          <p class="dp-small">
            {words.ways.alreadyStarted} <a href={`${base}/lanjut`}>{words.ways.continueCode}</a>
          </p>
        </Card>
        <Card level={3} title={words.ways.counterTitle} attrs={{ id: 'loket' }}>
          <p>{words.ways.counterText}</p>
          <p>
            <strong>{openingSentence(library, at, lang, words)}</strong>
          </p>
          {place !== '' && <p>{place}</p>}
          <p>
            <LinkButton href={`${base}/formulir.pdf`} variant="secondary">
              {words.ways.blank}
            </LinkButton>
          </p>
        </Card>
      </div>
    </section>
  );
}

function Requirements({ library, lang, words }: Part) {
  const { procedure, settings } = library;
  const extra = settings.memberTypes.filter((type) => type.active && type.requirement[lang] !== '');
  return (
    <section aria-labelledby="persyaratan" class="dp-stack" data-gap="s">
      <h2 id="persyaratan">{words.requirements.title}</h2>
      <p>{procedure.documentsRule === 'any' ? words.requirements.any : words.requirements.all}</p>
      <ul class="dp-documents">
        {procedure.documents.map((document) => (
          <li>
            <strong>{words.documents[document.type]}</strong>
            <span class="dp-small dp-muted">
              {document.forms.map((form) => words.requirements.forms[form]).join(', ')}
            </span>
          </li>
        ))}
      </ul>
      <p>{words.requirements.child}</p>
      <p>{words.requirements.noDocument}</p>
      {procedure.requirements.length > 0 && (
        <p class="dp-small dp-muted">
          {words.requirements.official} <span lang="id">{procedure.requirements.join(', ')}</span>
        </p>
      )}
      {extra.length > 0 && (
        <TypeRequirements types={extra} lang={lang} title={words.requirements.typesTitle} />
      )}
    </section>
  );
}

/** What some member types bring besides the document; shown before the first field of the form as well. */
export function TypeRequirements(props: {
  readonly types: readonly MemberType[];
  readonly lang: Lang;
  readonly title: string;
}) {
  return (
    <details class="ds-details">
      <summary>{props.title}</summary>
      <div>
        <DefinitionList
          items={props.types.map((type) => ({
            label: type.name[props.lang],
            value: type.requirement[props.lang],
          }))}
        />
      </div>
    </details>
  );
}

function ProcedureSteps(props: {
  readonly procedure: Procedure;
  readonly lang: Lang;
  readonly words: ServiceTexts;
  readonly base: string;
}) {
  const { procedure, lang, words } = props;
  const shown = procedure.steps.filter((step) => procedure.publicSteps.includes(step.no));
  const all = procedure.steps.filter((step) => step.kind === 'process' || step.kind === 'decision');
  return (
    <section aria-labelledby="prosedur" class="dp-stack" data-gap="s">
      <h2 id="prosedur">{words.procedure.title}</h2>
      <div lang="id">
        <Steps
          plain
          labels={{ done: '', current: '', upcoming: '' }}
          steps={shown.map((step) => ({
            title: step.text,
            state: 'upcoming' as const,
            meta: [
              // The standard time is a figure of the page, not a word of the SOP: it reads in Indonesian inside lang=id.
              step.standardSeconds === null ? '' : formatDuration('id', step.standardSeconds),
              step.note,
            ]
              .filter((part) => part !== '')
              .join(' · '),
          }))}
        />
      </div>
      <p class="dp-small">
        {shown.length < all.length && (
          <>{words.procedure.partial(formatNumber(lang, shown.length), formatNumber(lang, all.length))} </>
        )}
        <a href={`${props.base}/sop`}>{words.procedure.whole}</a>
      </p>
    </section>
  );
}

function Facts(props: { readonly procedure: Procedure; readonly lang: Lang; readonly words: ServiceTexts }) {
  const { procedure, lang, words } = props;
  const sum = sumOfStandards(procedure);
  return (
    <section aria-label={words.procedure.short}>
      <dl class="dp-facts">
        <div>
          <dt>{words.time.title}</dt>
          <dd class="dp-facts__value">{formatDuration(lang, procedure.publishedTotalSeconds)}</dd>
          {sum !== procedure.publishedTotalSeconds && <dd>{words.time.sum(formatDuration(lang, sum))}</dd>}
          <dd>{words.time.note}</dd>
        </div>
        <div>
          <dt>{words.cost.title}</dt>
          {procedure.cost === '' ? (
            <dd>{words.cost.unknown}</dd>
          ) : (
            <dd class="dp-facts__value" lang="id">
              {procedure.cost}
            </dd>
          )}
        </div>
        <div>
          <dt>{words.product.title}</dt>
          <dd class="dp-facts__value" lang="id">
            {procedure.product}
          </dd>
        </div>
        <div>
          <dt>{words.complaints.title}</dt>
          {procedure.complaintChannels.length === 0 && <dd>{words.complaints.none}</dd>}
          {procedure.complaintChannels.map((channel) => (
            <dd>
              {words.complaints.kinds[channel.kind]}: <Channel channel={channel} />
            </dd>
          ))}
        </div>
      </dl>
    </section>
  );
}

function Channel({ channel }: { readonly channel: ComplaintChannel }) {
  const read = parsePhone(channel.value);
  switch (channel.kind) {
    case 'phone':
      return <a href={telephoneUrl(channel.value)}>{channel.value}</a>;
    case 'sms':
      return <a href={`sms:${read.ok ? read.phone : channel.value}`}>{shownPhone(channel.value)}</a>;
    case 'whatsapp':
      return (
        <a href={`https://wa.me/${read.ok ? read.phone.slice(1) : ''}`} rel="noreferrer">
          {shownPhone(channel.value)}
        </a>
      );
    case 'email':
      return <a href={`mailto:${channel.value}`}>{channel.value}</a>;
    case 'web':
      return (
        <a href={channel.value} rel="noreferrer">
          {channel.value.replace(/^https?:\/\//, '')}
        </a>
      );
    case 'counter':
      return <>{channel.value}</>;
  }
}

/** As it is dialled: `024-…` without the country, anything readable with it. */
function telephoneUrl(value: string): string {
  const read = parsePhone(value);
  return `tel:${read.ok ? read.phone : value.replace(/[^\d+]/g, '')}`;
}

function shownPhone(value: string): string {
  const read = parsePhone(value);
  return read.ok ? formatPhone(read.phone) : value;
}

function Place({ library, at, lang, words }: Part & { readonly at: Date }) {
  const { profile, toConfirm, servicePoints } = library.settings;
  const holidays = comingHolidays(library, at, lang);
  const address = [profile.address, profile.city, profile.postalCode]
    .filter((part) => part !== '')
    .join(', ');
  const points = servicePoints.filter((point) => point.active);
  const contact = [
    ...(address === '' ? [] : [{ label: words.place.address, value: address }]),
    ...(profile.phone === ''
      ? []
      : [
          {
            label: words.place.phone,
            value: <a href={telephoneUrl(profile.phone)}>{shownPhone(profile.phone)}</a>,
          },
        ]),
    ...(profile.email === ''
      ? []
      : [{ label: words.place.email, value: <a href={`mailto:${profile.email}`}>{profile.email}</a> }]),
    ...(profile.website === ''
      ? []
      : [
          {
            label: words.place.website,
            value: (
              <a href={profile.website} rel="noreferrer">
                {profile.website.replace(/^https?:\/\//, '')}
              </a>
            ),
          },
        ]),
    ...(profile.npp === null ? [] : [{ label: words.place.npp, value: profile.npp }]),
    ...(points.length > 1
      ? [
          {
            label: words.place.points,
            value: <span lang="id">{points.map((point) => point.name).join(' · ')}</span>,
          },
        ]
      : []),
  ];
  return (
    <div class="dp-grid dp-place">
      <section aria-labelledby="jam" class="dp-stack" data-gap="s">
        <h2 id="jam">
          {words.hours.title} {toConfirm.includes('openingHours') && <Tag>{words.toConfirm}</Tag>}
        </h2>
        <dl class="dp-hours">
          {openingRows(library, at, lang).map((row) => (
            <div data-today={row.today ? '' : undefined}>
              <dt>
                {row.day}
                {row.today && <span class="dp-sr"> ({words.hours.today})</span>}
              </dt>
              <dd class="dp-num">{row.hours === '' ? words.hours.closed : row.hours}</dd>
            </div>
          ))}
        </dl>
        {holidays.length > 0 && (
          <div class="dp-small">
            <h3>{words.hours.holidays}</h3>
            <ul>
              {holidays.map((holiday) => (
                <li>
                  {holiday.day}: <span lang="id">{holiday.name}</span>
                </li>
              ))}
            </ul>
          </div>
        )}
      </section>
      {contact.length > 0 && (
        <section aria-labelledby="kontak" class="dp-stack" data-gap="s">
          <h2 id="kontak">
            {words.place.title} {toConfirm.includes('profile') && <Tag>{words.toConfirm}</Tag>}
          </h2>
          <DefinitionList items={contact} />
        </section>
      )}
    </div>
  );
}
