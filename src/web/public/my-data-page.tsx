import type { Context } from 'hono';
import { texts } from '../../i18n/index.ts';
import type { ReadView, ViewsPage } from '../../usecases/read-views.ts';
import type { OwnData } from '../../usecases/rights-data.ts';
import { LONGEST_WORDS, type RightsRequest } from '../../usecases/rights-request.ts';
import type { RightsWay } from '../../usecases/rights-subject.ts';
import { Alert } from '../components/alert.tsx';
import { Button, LinkButton } from '../components/button.tsx';
import { CheckboxField, RadioGroup } from '../components/choice-fields.tsx';
import { DefinitionList } from '../components/definition-list.tsx';
import { Details } from '../components/details.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { Icon } from '../components/icon.tsx';
import { PublicLayout } from '../components/public-layout.tsx';
import { Tag } from '../components/tag.tsx';
import { TextArea } from '../components/text-field.tsx';
import { Timeline } from '../components/timeline.tsx';
import type { LibraryEnv } from '../env.ts';
import { publicFrame, textsOf } from '../frame.tsx';
import { ConsentPart } from './consent-part.tsx';
import { formWords } from './form-words.ts';
import {
  answerText,
  heldItems,
  ledgerText,
  purposeName,
  rightsWords,
  shownText,
  timeText,
  viewerText,
  viewReason,
} from './my-data-words.ts';
import { OwnServices } from './own-services.tsx';
import { SubPage } from './status-page.tsx';
import { dataItems } from './status-parts.ts';

/** Kinds that somebody asks for; a consent is withdrawn by its own button, and the download needs no asking. */
export const ASKED_KINDS = ['access', 'correct', 'erase', 'object'] as const;
/** Looks shown at once; the others open below them. */
const FIRST_VIEWS = 10;

export interface TypedRequest {
  readonly kind: string;
  readonly words: string;
}

export interface MyDataProps {
  readonly data: OwnData;
  readonly way: RightsWay;
  readonly token: string;
  /** What has just happened. */
  readonly news?: string | undefined;
  readonly typed?: TypedRequest | undefined;
  readonly errors?: readonly { readonly field: string; readonly text: string }[] | undefined;
}

/** `/{library}/data-saya/{way}/{token}`: what is held, who read it, and every right with its button. */
export function myDataPage(c: Context<LibraryEnv>, props: MyDataProps) {
  const { rights, common } = textsOf(c);
  const { data, way, token, errors = [] } = props;
  const { slug } = c.get('library');
  const base = `/${slug}/data-saya/${way}/${token}`;
  const erased = data.subject.erased;
  return c.html(
    <PublicLayout {...publicFrame(c)} title={rights.title} narrow noindex>
      <div class="dp-stack">
        {!erased && (
          <p class="dp-back">
            <a href={`/${slug}/${way}/${token}`}>
              <Icon name="back" /> {way === 'kta' ? rights.backToKta : rights.backToCase}
            </a>
          </p>
        )}
        <div class="dp-page-header">
          <h1>{erased ? rights.requests.erasedTitle : rights.title}</h1>
          <p class="dp-lead">{erased ? rights.requests.erasedText : rights.lead}</p>
        </div>
        {props.news !== undefined && (
          <Alert tone="success" live="status">
            <p>{props.news}</p>
          </Alert>
        )}
        <ErrorSummary title={common.error.summaryTitle} errors={errors} />
        {!erased && data.consents?.waitsForOwn && data.subject.memberId !== null && (
          <Alert tone="warning" title={rights.own.title}>
            <p>{rights.own.text}</p>
            <p>
              <LinkButton href={`${base}/persetujuan-sendiri`}>{rights.own.go}</LinkButton>
            </p>
          </Alert>
        )}
        {data.requests.length > 0 && <Requests c={c} requests={data.requests} />}
        {!erased && (
          <>
            <Held c={c} data={data} />
            <Views c={c} data={data} base={base} />
            <Ledger c={c} data={data} />
            {data.consents !== null && (
              <ConsentPart
                c={c}
                view={data.consents}
                action={`${base}/persetujuan`}
                forChild={{ text: textsOf(c).status.consent.childOnKta }}
              />
            )}
            <OwnServices c={c} data={data} base={base} />
            <section aria-labelledby="unduh" class="dp-stack dp-noprint" data-gap="s">
              <h2 id="unduh">{rights.download.title}</h2>
              <p class="dp-muted">{rights.download.about}</p>
              <div class="dp-row">
                <LinkButton href={`${base}/data.pdf`} variant="secondary">
                  {rights.download.pdf}
                </LinkButton>
                <LinkButton href={`${base}/data.json`} variant="secondary" download="data-saya.json">
                  {rights.download.json}
                </LinkButton>
              </div>
            </section>
            <AskForm c={c} base={base} typed={props.typed} errors={errors} />
            <p class="dp-small dp-muted">
              <Icon name="lock" /> {rights.secret}
            </p>
          </>
        )}
      </div>
    </PublicLayout>,
  );
}

interface PartProps {
  readonly c: Context<LibraryEnv>;
  readonly data: OwnData;
}

function Held({ c, data }: PartProps) {
  const words = rightsWords(c);
  const { library, lang } = words;
  const { rights, status } = texts(lang);
  const { held } = rights;
  const items = dataItems(
    { values: data.person ?? {}, regions: data.regions },
    formWords(library, lang),
    status,
  );
  return (
    <section aria-labelledby="disimpan" class="dp-stack" data-gap="s">
      <h2 id="disimpan">{held.title}</h2>
      <p class="dp-muted">{held.masked}</p>
      <DefinitionList
        items={[
          ...items,
          ...heldItems(words, data).map(([label, value]) => ({
            label,
            value: value.split('\n').map((line) => <div>{line}</div>),
          })),
        ]}
      />
      {data.visits.latest.length > 0 && (
        <Details summary={held.latestVisits}>
          <ul class="dp-small">
            {data.visits.latest.slice(0, 20).map((visit) => (
              <li>
                {timeText(words, visit.at)}, {purposeName(words, visit.purpose)}
              </li>
            ))}
          </ul>
        </Details>
      )}
      <Details summary={held.retention}>
        <p>{library.settings.consents.notice.retention[lang]}</p>
      </Details>
    </section>
  );
}

function viewEntries(c: Context<LibraryEnv>, looks: readonly ReadView[]) {
  const words = rightsWords(c);
  const { actions } = texts(words.lang).rights.views;
  return looks.map((view) => ({
    title: `${viewerText(words, view)}: ${actions[view.action]}`,
    meta: `${timeText(words, view.at)} · ${viewReason(words, view)}`,
  }));
}

/** `/data-saya/…/dibaca`: the looks before those of the person's page, a page at a time. */
export function olderViewsPage(c: Context<LibraryEnv>, props: { readonly base: string } & ViewsPage) {
  const { views } = texts(rightsWords(c).lang).rights;
  return c.html(
    <SubPage c={c} title={views.title} lead={views.lead}>
      {props.views.length === 0 ? <p>{views.noOlder}</p> : <Timeline entries={viewEntries(c, props.views)} />}
      <div class="dp-actions">
        {props.next !== null && (
          <LinkButton href={`${props.base}/dibaca?sebelum=${props.next}`} variant="secondary">
            {views.older}
          </LinkButton>
        )}
        <LinkButton href={`${props.base}#dibaca`} variant="secondary">
          {views.back}
        </LinkButton>
      </div>
    </SubPage>,
  );
}

function Views({ c, data, base }: PartProps & { readonly base: string }) {
  const words = rightsWords(c);
  const { views } = texts(words.lang).rights;
  const entries = viewEntries(c, data.views);
  return (
    <section aria-labelledby="dibaca" class="dp-stack" data-gap="s">
      <h2 id="dibaca">{views.title}</h2>
      <p class="dp-muted">{views.lead}</p>
      {entries.length === 0 ? <p>{views.empty}</p> : <Timeline entries={entries.slice(0, FIRST_VIEWS)} />}
      {entries.length > FIRST_VIEWS && (
        <Details summary={views.more(String(entries.length))}>
          <Timeline entries={entries.slice(FIRST_VIEWS)} />
        </Details>
      )}
      {data.olderViews !== null && (
        <p>
          <a href={`${base}/dibaca?sebelum=${data.olderViews}`}>{views.older}</a>
        </p>
      )}
      {data.changes.length > 0 && (
        <Details summary={`${views.changes} (${data.changes.length})`}>
          <ul class="dp-small">
            {data.changes.map((change) => (
              <li>
                {timeText(words, change.at)},{' '}
                {views.changeBy[change.by as keyof typeof views.changeBy] ?? change.by}:{' '}
                {change.fields
                  .map(
                    (field) => (textsOf(c).form.fields as Readonly<Record<string, string>>)[field] ?? field,
                  )
                  .join(', ')}
              </li>
            ))}
          </ul>
        </Details>
      )}
    </section>
  );
}

function Ledger({ c, data }: PartProps) {
  const words = rightsWords(c);
  const { ledger } = texts(words.lang).rights;
  if (data.ledger.length === 0) return null;
  return (
    <section aria-labelledby="catatan" class="dp-stack" data-gap="s">
      <h2 id="catatan">{ledger.title}</h2>
      <p class="dp-muted">{ledger.about}</p>
      {data.ledger.map((word) => (
        <Details summary={`${ledger.purposes[word.purpose]}: ${ledgerText(words, word)}`}>
          <p lang={word.textLang ?? undefined}>{shownText(data, word, words.lang) ?? ledger.textLost}</p>
        </Details>
      ))}
      <p class="dp-small">
        <a href={`/${c.get('library').slug}/teks-persetujuan`}>
          {texts(words.lang).rights.consentTexts.link}
        </a>
      </p>
    </section>
  );
}

const TONES = { open: 'info', done: 'success', refused: 'warning', held: 'warning' } as const;

function Requests({
  c,
  requests,
}: {
  readonly c: Context<LibraryEnv>;
  readonly requests: readonly RightsRequest[];
}) {
  const words = rightsWords(c);
  const { rights } = texts(words.lang);
  return (
    <section aria-labelledby="permintaan" class="dp-stack" data-gap="s">
      <h2 id="permintaan">{rights.requests.title}</h2>
      <ul class="dp-bare dp-stack" data-gap="s">
        {requests.map((request) => (
          <li class="dp-stack" data-gap="xs">
            <div>
              <strong>{rights.kinds[request.kind]}</strong>{' '}
              <Tag tone={TONES[request.state]}>{rights.requests.states[request.state]}</Tag>
            </div>
            {request.state !== 'open' && <p>{answerText(words, request)}</p>}
            <p class="dp-small dp-muted">
              {rights.requests.received(timeText(words, request.receivedAt))}
              {'. '}
              {request.decidedAt === null
                ? rights.requests.due(timeText(words, request.dueAt))
                : rights.requests.decided(timeText(words, request.decidedAt))}
              .
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function AskForm(props: {
  readonly c: Context<LibraryEnv>;
  readonly base: string;
  readonly typed: TypedRequest | undefined;
  readonly errors: NonNullable<MyDataProps['errors']>;
}) {
  const { c, base, typed } = props;
  const { rights, common } = textsOf(c);
  const error = (field: string) => props.errors.find((one) => one.field === field)?.text;
  return (
    <section id="minta" aria-labelledby="minta-judul" class="dp-stack dp-noprint" data-gap="s">
      <h2 id="minta-judul">{rights.ask.title}</h2>
      <p class="dp-muted">{rights.ask.lead}</p>
      <form method="post" action={`${base}/permintaan`} class="dp-stack" novalidate>
        <RadioGroup
          name="jenis"
          label={rights.ask.kind}
          value={typed?.kind}
          error={error('jenis')}
          choices={ASKED_KINDS.map((kind) => ({
            value: kind,
            label: rights.kinds[kind],
            description: rights.kindAbout[kind],
          }))}
        />
        <TextArea
          name="keterangan"
          label={rights.ask.words}
          optional={common.field.optional}
          description={rights.ask.wordsHint}
          value={typed?.words}
          error={error('keterangan')}
          maxlength={LONGEST_WORDS}
          rows={4}
        />
        <div class="dp-actions">
          <Button>{rights.ask.submit}</Button>
        </div>
      </form>
    </section>
  );
}

export interface OwnConsentProps {
  readonly c: Context<LibraryEnv>;
  readonly action: string;
  readonly typed?: Readonly<Record<string, string>> | undefined;
  readonly errors?: readonly { readonly field: string; readonly text: string }[] | undefined;
}

/** The notice and each consent with its text; nothing is ticked beforehand. Also for an officer who reads it out. */
export function OwnConsentForm({ c, action, typed = {}, errors = [] }: OwnConsentProps) {
  const { rights } = textsOf(c);
  const { consents } = c.get('library').settings;
  const lang = c.get('lang');
  const error = (field: string) => errors.find((one) => one.field === field)?.text;
  return (
    <form method="post" action={action} class="dp-stack" novalidate>
      <input type="hidden" name="versi" value={consents.version} />
      <Details summary={rights.own.acknowledged}>
        <div class="dp-stack" data-gap="s">
          {Object.values(consents.notice).map((text) => (
            <p>{text[lang]}</p>
          ))}
        </div>
      </Details>
      <CheckboxField
        name="dibaca"
        label={consents.acknowledgement[lang]}
        checked={typed.dibaca === 'on' || typed.dibaca === 'ya'}
        error={error('dibaca')}
      />
      {consents.items.map((item) => (
        <RadioGroup
          name={item.purpose}
          label={item.text[lang]}
          value={typed[item.purpose]}
          error={error(item.purpose)}
          choices={[
            { value: 'ya', label: rights.own.yes },
            { value: 'tidak', label: rights.own.no },
          ]}
        />
      ))}
      <div class="dp-actions">
        <Button>{rights.own.submit}</Button>
      </div>
    </form>
  );
}

/** `…/persetujuan-sendiri`: the member's own word after 18. */
export function ownConsentPage(
  c: Context<LibraryEnv>,
  props: Omit<OwnConsentProps, 'c'> & { readonly back: string },
) {
  const { rights, common } = textsOf(c);
  return c.html(
    <PublicLayout {...publicFrame(c)} title={rights.own.title} narrow noindex>
      <div class="dp-stack">
        <p class="dp-back">
          <a href={props.back}>
            <Icon name="back" /> {rights.title}
          </a>
        </p>
        <div class="dp-page-header">
          <h1>{rights.own.title}</h1>
          <p class="dp-lead">{rights.own.text}</p>
        </div>
        <ErrorSummary title={common.error.summaryTitle} errors={props.errors ?? []} />
        <OwnConsentForm c={c} action={props.action} typed={props.typed} errors={props.errors} />
      </div>
    </PublicLayout>,
  );
}
