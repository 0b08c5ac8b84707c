import type { Context } from 'hono';
import { raw } from 'hono/html';
import { isOpenState } from '../../domain/application.ts';
import { formatShortCode } from '../../domain/short-code.ts';
import { formatTicketCode } from '../../domain/ticket-code.ts';
import type { StatusTexts } from '../../i18n/id/status.ts';
import type { StatusView } from '../../usecases/view-status.ts';
import { Alert } from '../components/alert.tsx';
import { Button, LinkButton } from '../components/button.tsx';
import { Card } from '../components/card.tsx';
import { DefinitionList } from '../components/definition-list.tsx';
import { Details } from '../components/details.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { PublicLayout } from '../components/public-layout.tsx';
import { Steps } from '../components/steps.tsx';
import { StateTag } from '../components/tag.tsx';
import { Timeline } from '../components/timeline.tsx';
import type { LibraryEnv, WebDeps } from '../env.ts';
import { publicFrame, textsOf } from '../frame.tsx';
import type { Child } from '../jsx/jsx-runtime.ts';
import { ConsentPart } from './consent-part.tsx';
import { formWords } from './form-words.ts';
import { MyDataLink } from './my-data-link.tsx';
import { openingSentence } from './opening-view.ts';
import { PhotoPart, ScanPart } from './photo-part.tsx';
import { bringList, dataItems, nextSteps, timelineEntries } from './status-parts.ts';

/** What a redirect to the status page reports, once. */
export const NEWS = ['foto', 'dokumen', 'perbaikan', 'ubah', 'wali', 'berubah', 'tidak-bisa'] as const;
export type News = (typeof NEWS)[number];

export interface StatusPageState {
  readonly view: StatusView;
  readonly token: string;
  readonly news: News | null;
  /** Why the file just sent was refused. */
  readonly refused?: { readonly part: 'foto' | 'dokumen'; readonly text: string } | undefined;
}

/** `/{library}/permohonan/{token}`: where the case stands, what to bring, what the applicant can do. */
export function statusPage(c: Context<LibraryEnv>, deps: WebDeps, state: StatusPageState) {
  const { status, common, service } = textsOf(c);
  const { view, token } = state;
  const { row, allowed } = view;
  const library = c.get('library');
  const lang = c.get('lang');
  const base = `/${library.slug}/permohonan/${token}`;
  const words = status.states[row.state];
  const open = isOpen(view);
  // With the card issued only its hand-over is left.
  const ahead = open && row.state !== 'approved';
  return c.html(
    <PublicLayout
      {...publicFrame(c)}
      title={words.title}
      islands={[
        'form-draft',
        'status-refresh',
        ...(allowed.has('set_photo') ? ['photo-shrink'] : []),
        'print-button',
      ]}
      narrow
      noindex
      head={
        // Nothing that somebody may be filling in is ever reloaded away.
        open && !allowed.has('set_photo') && !allowed.has('attach_scan') ? (
          <noscript>
            <meta http-equiv="refresh" content="30" />
          </noscript>
        ) : undefined
      }
    >
      <form-draft data-done="" data-key={`draf:${library.slug}`} />
      {open && <status-refresh data-base={base} data-version={view.pageVersion} />}
      <div class="dp-stack dp-status">
        <div class="dp-page-header">
          {row.state !== 'waiting_guardian' && <StateTag state={row.state} label={common.state[row.state]} />}
          <h1>{words.title}</h1>
          <p class="dp-lead">{words.text}</p>
        </div>
        {open && (
          <noscript>
            <p class="dp-small">
              <a href={base}>{status.reload}</a>
            </p>
          </noscript>
        )}
        <NewsAlert news={state.news} status={status} />
        <QueuePart c={c} view={view} />
        {row.state === 'needs_correction' && <CorrectionPart c={c} state={state} base={base} />}
        {row.state === 'waiting_guardian' && <GuardianPart c={c} deps={deps} state={state} base={base} />}
        <OutcomePart c={c} state={state} />
        {open && <Ticket c={c} deps={deps} view={view} />}
        {ahead && (
          <section aria-labelledby="bawa" class="dp-stack" data-gap="s">
            <h2 id="bawa">{status.bring.title}</h2>
            <ul>
              {bringList(view, library, lang, status, service).map((item) => (
                <li>{item}</li>
              ))}
            </ul>
            <p class="dp-small dp-muted">
              {status.open}: {openingSentence(library, deps.now(), lang, service)}
            </p>
          </section>
        )}
        {ahead && (
          <section aria-labelledby="langkah" class="dp-stack" data-gap="s">
            <h2 id="langkah">{status.next}</h2>
            <Steps steps={nextSteps(view, lang, status)} labels={status.stepStates} />
          </section>
        )}
        <PhotoPart c={c} state={state} base={base} />
        <ScanPart c={c} state={state} base={base} />
        <section aria-labelledby="isian" class="dp-stack dp-noprint" data-gap="s">
          <h2 id="isian">{status.data.title}</h2>
          <DefinitionList items={dataItems(view, formWords(library, lang), status)} />
          {allowed.has('answer_correction') && row.state !== 'needs_correction' && (
            <p>
              <LinkButton href={`${base}/ubah`} variant="secondary">
                {status.edit.action}
              </LinkButton>
            </p>
          )}
        </section>
        {view.consents !== null && (
          <ConsentPart
            c={c}
            view={view.consents}
            action={`${base}/persetujuan`}
            forChild={{
              text: status.consent.childOnStatus,
              href: view.consents.waitsForGuardian ? undefined : `${base}/wali`,
            }}
          />
        )}
        <MyDataLink c={c} way="permohonan" token={token} waitsForOwn={view.consents?.waitsForOwn} />
        <Details summary={status.timeline.title} attrs={{ class: 'ds-details dp-noprint' }}>
          <Timeline entries={timelineEntries(view, library, lang, status)} />
        </Details>
        {allowed.has('withdraw') && (
          <p class="dp-noprint">
            <a href={`${base}/batal`}>{status.withdraw.action}</a>
          </p>
        )}
      </div>
    </PublicLayout>,
  );
}

/** The number of the queue as it is called: the screen on the wall may be out of sight. */
function QueuePart({ c, view }: { readonly c: Context<LibraryEnv>; readonly view: StatusView }) {
  const { queue } = textsOf(c).status;
  if (view.queue === null) return null;
  const { called, servicePointId } = view.queue;
  const number = String(view.queue.number).padStart(3, '0');
  const point = c.get('library').servicePoints.find((each) => each.id === servicePointId)?.name ?? '';
  return (
    <Alert tone={called ? 'success' : 'info'} title={called ? queue.called(number) : queue.waiting(number)}>
      <p>{called ? queue.calledText(point) : queue.waitingText}</p>
    </Alert>
  );
}

/** Still on its way: a visit to the counter lies ahead. */
function isOpen(view: StatusView): boolean {
  const { state } = view.row;
  return isOpenState(state) || state === 'approved';
}

function NewsAlert({ news, status }: { readonly news: News | null; readonly status: StatusTexts }) {
  if (news === null) return null;
  const good: Partial<Record<News, string>> = {
    foto: status.photoReceived,
    dokumen: status.scan.received,
    perbaikan: status.answered,
    ubah: status.saved,
    wali: status.guardianReceived,
  };
  const text = good[news];
  if (text) return <Alert tone="success">{text}</Alert>;
  return <Alert tone="warning">{news === 'berubah' ? status.changed : status.notAllowed}</Alert>;
}

interface Part {
  readonly c: Context<LibraryEnv>;
  readonly state: StatusPageState;
}

function Ticket(props: {
  readonly c: Context<LibraryEnv>;
  readonly deps: WebDeps;
  readonly view: StatusView;
}) {
  const { status } = textsOf(props.c);
  const code = formatTicketCode(props.view.row.ticket_code);
  return (
    <section class="dp-ticket" aria-labelledby="tiket">
      <div>
        <h2 id="tiket" class="dp-h3">
          {status.ticket}
        </h2>
        <strong class="dp-big">{code}</strong>
        <p class="dp-small">{status.ticketHint}</p>
        <p class="dp-small">{status.keep}</p>
        <print-button hidden>
          <Button type="button" variant="secondary">
            {status.print}
          </Button>
        </print-button>
      </div>
      <Qr svg={props.deps.documents.qrSvg(props.view.row.ticket_code, status.ticketQr(code))} />
    </section>
  );
}

export function Qr({ svg }: { readonly svg: string }) {
  return <div class="dp-qr">{raw(svg)}</div>;
}

function CorrectionPart({ c, state, base }: Part & { readonly base: string }) {
  const { status, form } = textsOf(c);
  const { correction, allowed } = state.view;
  if (!correction) return null;
  return (
    <Card title={status.correction.title} tinted>
      <ul>
        {correction.fields.map((field) => (
          <li>{form.fields[field]}</li>
        ))}
      </ul>
      {correction.message !== null && correction.message !== '' && (
        <figure>
          <figcaption class="dp-small dp-muted">{status.correction.message}</figcaption>
          <blockquote class="dp-message">{correction.message}</blockquote>
        </figure>
      )}
      {allowed.has('answer_correction') && (
        <p>
          <LinkButton href={`${base}/ubah`}>{status.correction.go}</LinkButton>
        </p>
      )}
    </Card>
  );
}

function GuardianPart({ c, deps, state, base }: Part & { readonly deps: WebDeps; readonly base: string }) {
  const { status } = textsOf(c);
  const { guardian } = status;
  const library = c.get('library');
  const address = `${c.get('origin')}${base}/wali`;
  return (
    <Card title={guardian.title} tinted>
      <p>{guardian.ask}</p>
      <p>
        <LinkButton href={`${base}/wali`}>{guardian.here}</LinkButton>
      </p>
      <h3 class="dp-h3">{guardian.other}</h3>
      <div class="dp-row">
        <Qr svg={deps.documents.qrSvg(address, guardian.qr)} />
        <div class="dp-grow">
          <p>{guardian.scan}</p>
          <p class="dp-small">
            {guardian.codeHelp(`${c.get('origin').replace(/^https?:\/\//, '')}/${library.slug}/wali`)}
          </p>
          <p class="dp-small">
            {guardian.code}: <strong class="dp-code">{formatShortCode(state.view.guardianCode)}</strong>
          </p>
        </div>
      </div>
      <p class="dp-small">{guardian.paper}</p>
    </Card>
  );
}

/** How a decided case ended, and what can be done now. */
function OutcomePart({ c, state }: Part) {
  const { status } = textsOf(c);
  const library = c.get('library');
  const lang = c.get('lang');
  const { row, decisionNote, ktaToken, memberNumber } = state.view;
  const again = (
    <div class="dp-row">
      <LinkButton href={`/${library.slug}/daftar`}>{status.rejected.again}</LinkButton>
      <LinkButton href={`/${library.slug}#persyaratan`} variant="secondary">
        {status.rejected.service}
      </LinkButton>
    </div>
  );
  const card: Child = (
    <Card title={status.kta.title} tinted>
      {memberNumber !== null && (
        <p>
          {status.kta.number}
          <strong class="dp-big">{memberNumber}</strong>
        </p>
      )}
      {ktaToken === null ? (
        <p>{row.state === 'already_member' ? status.already.counter : status.kta.atCounter}</p>
      ) : (
        <p>
          <LinkButton href={`/${library.slug}/kta/${ktaToken}`}>{status.kta.open}</LinkButton>
        </p>
      )}
    </Card>
  );
  switch (row.state) {
    case 'approved':
    case 'completed':
    case 'already_member':
      return <>{card}</>;
    case 'rejected': {
      const reason = library.settings.rejectionReasons.find((each) => each.code === row.decision_reason);
      return (
        <>
          <Alert tone="warning" title={status.rejected.reason}>
            {reason && <p>{reason[lang]}</p>}
            {decisionNote !== null && <p>{decisionNote}</p>}
          </Alert>
          {again}
        </>
      );
    }
    case 'cancelled':
    case 'lapsed':
      return again;
    default:
      return null;
  }
}

/** An address that opens nothing: said the same way for a wrong, an old and another library's secret. */
export function goneTexts(c: Context<LibraryEnv>) {
  const { code, status } = textsOf(c);
  const more = { href: `/${c.get('library').slug}/lupa-tautan`, label: code.lost.link };
  return { title: status.gone.title, text: status.gone.text, status: 404 as const, more };
}

/** The head of a page below the status page. */
export function SubPage(props: {
  readonly c: Context<LibraryEnv>;
  readonly title: string;
  readonly lead?: string;
  readonly islands?: readonly string[];
  readonly head?: Child;
  readonly children?: Child;
}) {
  return (
    <PublicLayout
      {...publicFrame(props.c)}
      title={props.title}
      islands={props.islands ?? []}
      head={props.head}
      narrow
      noindex
    >
      <PageHeader title={props.title} lead={props.lead} />
      <div class="dp-stack">{props.children}</div>
    </PublicLayout>
  );
}
