import type { Context } from 'hono';
import type { FeedFailure } from '../../../domain/exporting/feed.ts';
import { LIVE_TARGETS, type LiveTarget } from '../../../domain/exporting/outgoing-member.ts';
import { may } from '../../../domain/permissions.ts';
import { formatNumber, formatShortDateTime } from '../../../i18n/format.ts';
import type { LendingTexts } from '../../../i18n/id/office/lending.ts';
import { unsettled } from '../../../usecases/export-members.ts';
import { readConnections, type ShownFeed } from '../../../usecases/read-feeds.ts';
import { Alert } from '../../components/alert.tsx';
import type { Tone } from '../../components/attributes.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { DefinitionList } from '../../components/definition-list.tsx';
import { Details } from '../../components/details.tsx';
import { ErrorSummary } from '../../components/error-summary.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Tag } from '../../components/tag.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { type Notice, officePage } from '../office-page.tsx';
import { endOf } from './feed-view.ts';
import { LendingForm } from './lending-form.tsx';
import { LENDING_FIELDS, type LendingDone } from './lending-view.ts';

type State = keyof LendingTexts['states'];
const TONES: Readonly<Record<State, Tone>> = {
  sending: 'info',
  asked: 'info',
  failed: 'danger',
  on: 'success',
  off: 'neutral',
};
const WAITS = ['conflict', 'refused', 'later', 'waiting'] as const;

interface PanelProps {
  readonly c: Context<LibraryEnv>;
  readonly target: LiveTarget;
  readonly feed: ShownFeed | null;
  readonly done: LendingDone;
}

/** `/pengaturan/peminjaman`: each lending system that is spoken to, how it stands and what waits. */
export async function lendingPage(c: Context<LibraryEnv>, deps: WebDeps, done: LendingDone = {}) {
  const { office, common } = textsOf(c);
  const { lending: text } = office;
  const { slug } = c.get('library');
  const shown = await readConnections(deps.db, scopeOf(c, deps));
  const errors = (done.problems ?? []).map(({ field, reason }) => ({
    field: LENDING_FIELDS[field],
    text: text.problems[reason],
  }));
  return officePage(
    c,
    {
      area: 'settings',
      title: errors.length === 0 ? text.title : `${common.error.summaryTitle}: ${text.title}`,
      back: { href: `/${slug}/pengaturan`, label: office.settings.back },
      notices: noticesOf(text, done.notice ?? c.req.query('selesai')),
    },
    <>
      <PageHeader title={text.title} lead={text.lead} />
      <ErrorSummary title={common.error.summaryTitle} errors={errors} />
      {!may(c.get('officer')?.roles ?? [], 'lending.connect') && <Alert tone="info">{text.notYours}</Alert>}
      <div class="dp-stack">
        {LIVE_TARGETS.map((target) => (
          <Panel
            c={c}
            target={target}
            feed={shown.find((one) => one.target === target) ?? null}
            done={done.target === target ? done : {}}
          />
        ))}
      </div>
    </>,
  );
}

function Panel({ c, target, feed, done }: PanelProps) {
  const { lending: text } = textsOf(c).office;
  const roles = c.get('officer')?.roles ?? [];
  const connects = may(roles, 'lending.connect');
  const isMissing = feed !== null && unsettled(c.get('library'), target) !== null;
  const failure = isMissing ? 'branch-missing' : (feed?.failure ?? null);
  const at = feed?.nextAt ?? null;
  return (
    <section class="dp-panel dp-stack" aria-labelledby={`judul-${target}`}>
      <h2 id={`judul-${target}`}>{text.targets[target]}</h2>
      <p>{text.about[target]}</p>
      {done.trial && <Trial text={text} trial={done.trial} />}
      {feed === null ? <p class="dp-muted">{text.none}</p> : <Standing c={c} feed={feed} />}
      {feed !== null && failure !== null && done.trial === undefined && (
        <Failure text={text} failure={failure} note={isMissing ? null : feed.note}>
          {feed.active && at !== null && !isMissing ? text.again(whenIn(c)(at)) : ''}
        </Failure>
      )}
      {done.erasedWait !== undefined && (
        <Alert tone="danger" title={text.erasedWait.title} level={3} live="alert">
          <p>{text.erasedWait.text(formatNumber(c.get('lang'), done.erasedWait))}</p>
          <form method="post" action={`/${c.get('library').slug}/pengaturan/peminjaman/${target}/hapus`}>
            <input type="hidden" name="dengan_tangan" value={String(done.erasedWait)} />
            <Button variant="tertiary" tone="danger">
              {text.erasedWait.confirm(formatNumber(c.get('lang'), done.erasedWait))}
            </Button>
          </form>
        </Alert>
      )}
      {feed !== null && <Actions c={c} target={target} feed={feed} connects={connects} />}
      {connects && (
        <Details
          summary={feed === null ? text.set : text.change}
          open={(done.problems?.length ?? 0) > 0 || done.typed !== undefined}
        >
          <LendingForm c={c} target={target} feed={feed} done={done} />
        </Details>
      )}
    </section>
  );
}

function Standing({ c, feed }: { readonly c: Context<LibraryEnv>; readonly feed: ShownFeed }) {
  const { lending: text } = textsOf(c).office;
  const when = whenIn(c);
  const count = (value: number) => formatNumber(c.get('lang'), value);
  const { last, counts } = feed;
  const isSending = last?.state === 'running';
  const state: State = isSending
    ? 'sending'
    : feed.asked
      ? 'asked'
      : feed.failure !== null
        ? 'failed'
        : feed.active
          ? 'on'
          : 'off';
  return (
    <DefinitionList
      items={[
        { label: text.state, value: <Tag tone={TONES[state]}>{text.states[state]}</Tag> },
        { label: text.address, value: <span class="dp-wraps">{feed.url}</span> },
        { label: text.succeeded, value: feed.succeededAt === null ? text.never : when(feed.succeededAt) },
        {
          label: text.lastRun,
          value:
            last === null
              ? text.never
              : `${when(endOf(last))}: ${
                  isSending ? text.soFar(count(last.sent)) : text.sent(count(last.sent), count(last.misfit))
                }`,
        },
        {
          label: text.next,
          value: feed.asked
            ? text.soon
            : feed.active && feed.nextAt !== null
              ? `${when(feed.nextAt)} (${text.every(count(feed.everyMinutes))})`
              : text.paused,
        },
        { label: text.there, value: text.members(count(counts.done)) },
        { label: text.unsent, value: text.members(count(counts.unsent)) },
        ...WAITS.filter((one) => counts[one] > 0).map((one) => ({
          label: text.waits[one],
          value: text.members(count(counts[one])),
        })),
      ]}
    />
  );
}

function Actions({
  c,
  target,
  feed,
  connects,
}: {
  readonly c: Context<LibraryEnv>;
  readonly target: LiveTarget;
  readonly feed: ShownFeed;
  readonly connects: boolean;
}) {
  const { lending: text } = textsOf(c).office;
  const base = `/${c.get('library').slug}/pengaturan/peminjaman/${target}`;
  const name = text.targets[target];
  const decides = may(c.get('officer')?.roles ?? [], 'member.correct');
  const button = (path: string, label: string, of: string, danger = false) => (
    <form method="post" action={`${base}/${path}`}>
      <Button
        variant={danger ? 'tertiary' : 'secondary'}
        tone={danger ? 'danger' : undefined}
        attrs={{ 'aria-label': of }}
      >
        {label}
      </Button>
    </form>
  );
  return (
    <>
      <div class="dp-actions">
        {decides && (
          <LinkButton
            href={`${base}/tunggu`}
            variant="secondary"
            attrs={{ 'aria-label': text.seeWaitingOf(name) }}
          >
            {text.seeWaiting}
          </LinkButton>
        )}
        {button('kirim', text.send, text.sendOf(name))}
        {connects && button('coba', text.test, text.testOf(name))}
        {feed.active
          ? button('jeda', text.pause, text.pauseOf(name))
          : button('lanjut', text.resume, text.resumeOf(name))}
        {connects && button('hapus', text.remove, text.removeOf(name), true)}
      </div>
      <p class="dp-small dp-muted">{text.sendHint}</p>
    </>
  );
}

function Trial({
  text,
  trial: { trial, note },
}: {
  readonly text: LendingTexts;
  readonly trial: NonNullable<LendingDone['trial']>;
}) {
  if (trial === 'ok') return <Alert tone="success">{text.trials.ok}</Alert>;
  if (trial === 'branch-unknown') return <Alert tone="warning">{text.trials['branch-unknown']}</Alert>;
  return <Failure text={text} failure={trial} note={note} />;
}

function Failure({
  text,
  failure,
  note,
  children,
}: {
  readonly text: LendingTexts;
  readonly failure: FeedFailure;
  readonly note: string | null;
  readonly children?: string;
}) {
  const isGrant = failure === 'lending-rights' && note !== null;
  return (
    <Alert tone="danger" title={text.failures[failure].title} level={3} live="alert">
      <p>
        {text.failures[failure].text} {children ?? ''}
      </p>
      {isGrant && <p>{text.grant}</p>}
      {note !== null && <pre class="dp-line">{note}</pre>}
    </Alert>
  );
}

function whenIn(c: Context<LibraryEnv>) {
  const { timezone } = c.get('library').settings.profile;
  return (at: Date) => formatShortDateTime(c.get('lang'), at, timezone);
}

function noticesOf(text: LendingTexts, code: string | undefined): readonly Notice[] {
  const told: Readonly<Record<string, Notice>> = {
    simpan: { tone: 'success', text: text.notices.saved },
    hapus: { tone: 'success', text: text.notices.removed },
    kirim: { tone: 'info', text: text.notices.asked },
    jeda: { tone: 'success', text: text.notices.paused },
    lanjut: { tone: 'success', text: text.notices.resumed },
    hilang: { tone: 'danger', text: text.notices.gone },
    diubah: { tone: 'danger', text: text.notices.changed },
    putus: { tone: 'success', text: text.notices.decided },
  };
  const notice = code !== undefined && Object.hasOwn(told, code) ? told[code] : undefined;
  return notice === undefined ? [] : [notice];
}
