import type { Context } from 'hono';
import { isRunning } from '../../../domain/importing/import-state.ts';
import { ROW_OUTCOMES } from '../../../domain/importing/row-outcome.ts';
import { formatNumber } from '../../../i18n/format.ts';
import type { ImportView } from '../../../usecases/read-import.ts';
import { Alert } from '../../components/alert.tsx';
import { Button, LinkButton } from '../../components/button.tsx';
import { SelectField } from '../../components/choice-fields.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { type Notice, officePage } from '../office-page.tsx';
import { ImportStateTag } from './list-page.tsx';
import { RowTable } from './row-table.tsx';
import { type ShownRows, seesPeople } from './shown-rows.ts';

/** One import: its progress while it works, its report when it rests. */
export function importPage(
  c: Context<LibraryEnv>,
  view: ImportView,
  shown: ShownRows | null,
  notices: readonly Notice[],
) {
  const { importing: text } = textsOf(c).office;
  const base = `/${c.get('library').slug}/pengaturan/impor`;
  const own = `${base}/${view.id}`;
  const working = isRunning(view.state) && !view.resting;
  return officePage(
    c,
    {
      area: 'settings',
      title: view.fileName,
      back: { href: base, label: text.back },
      notices,
      islands: working ? ['import-progress'] : [],
      head: working ? (
        <noscript>
          <meta http-equiv="refresh" content="5" />
        </noscript>
      ) : undefined,
    },
    <>
      <PageHeader title={view.fileName} eyebrow={text.formats[view.format]}>
        <ImportStateTag c={c} view={view} />
      </PageHeader>
      {isRunning(view.state) && <Progress c={c} view={view} own={own} working={working} />}
      {view.failure !== null && (
        <Alert tone={view.failure === 'abandoned' ? 'warning' : 'danger'}>
          {text.failures[view.failure as keyof typeof text.failures] ?? view.failure}
        </Alert>
      )}
      {(view.state === 'checked' || view.state === 'done') && <Orders c={c} view={view} own={own} />}
      {view.state === 'failed' && (
        <Order own={own} order="discard" label={text.orders.discard} tone="danger" />
      )}
      {Object.keys(view.counts.outcomes ?? {}).length > 0 && (
        <Figures c={c} view={view} own={own} shown={shown} />
      )}
      {view.state === 'checked' && <Types c={c} view={view} own={own} />}
      <Notes c={c} view={view} />
      {shown !== null && (
        <div class="dp-stack dp-import-rows">
          <h2>{text.outcomes[shown.outcome]}</h2>
          <p class="dp-muted">{text.outcomesAbout[shown.outcome]}</p>
          {!seesPeople(c) && <Alert tone="info">{text.hidden}</Alert>}
          <RowTable c={c} view={view} shown={shown} own={own} />
        </div>
      )}
    </>,
  );
}

interface Part {
  readonly c: Context<LibraryEnv>;
  readonly view: ImportView;
  readonly own: string;
}

function Order(props: {
  readonly own: string;
  readonly order: string;
  readonly label: string;
  readonly tone?: 'danger';
  readonly primary?: boolean;
}) {
  return (
    <form method="post" action={`${props.own}/perintah`}>
      <Button
        name="perintah"
        value={props.order}
        variant={props.primary ? 'primary' : 'secondary'}
        tone={props.tone}
      >
        {props.label}
      </Button>
    </form>
  );
}

function Progress({ c, view, own, working }: Part & { readonly working: boolean }) {
  const { importing: text } = textsOf(c).office;
  const lang = c.get('lang');
  const percent = view.share === null ? null : Math.floor(view.share * 100);
  const inside = (
    <>
      <h2 id="kemajuan">{text.states[view.state]}</h2>
      <progress
        class="dp-import-bar"
        aria-labelledby="kemajuan"
        max={100}
        {...(percent === null ? {} : { value: percent })}
      />
      <p role="status" class="dp-import-told">
        {[
          percent === null ? '' : text.progress.share(percent),
          view.state === 'reading'
            ? text.progress.rows(formatNumber(lang, Math.max(0, view.lastRow - 1)))
            : '',
          view.state === 'applying' ? text.report.applied(formatNumber(lang, view.counts.applied ?? 0)) : '',
          working && view.secondsLeft !== null ? text.progress.left(duration(c, view.secondsLeft)) : '',
        ]
          .filter((part) => part !== '')
          .join(' · ')}
      </p>
      <p class="dp-small dp-muted">{working ? text.progress.about : text.progress.rested}</p>
    </>
  );
  return (
    <section class="dp-panel dp-stack" aria-labelledby="kemajuan">
      {working ? <import-progress>{inside}</import-progress> : inside}
      <div class="dp-row">
        {working ? (
          <Order own={own} order="stop" label={text.orders.stop} />
        ) : (
          <Order own={own} order="resume" label={text.orders.resume} primary />
        )}
      </div>
    </section>
  );
}

function duration(c: Context<LibraryEnv>, seconds: number): string {
  const { progress } = textsOf(c).office.importing;
  if (seconds < 90) return progress.seconds(Math.max(1, Math.ceil(seconds)));
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? progress.minutes(minutes) : progress.hours(Math.floor(minutes / 60), minutes % 60);
}

function Orders({ c, view, own }: Part) {
  const { importing: text } = textsOf(c).office;
  const count = formatNumber(c.get('lang'), view.toApply);
  const first = view.state === 'checked' && (view.counts.applied ?? 0) === 0;
  return (
    <div class="dp-row dp-import-orders">
      {view.toApply > 0 && (
        <Order
          own={own}
          order="apply"
          label={first ? text.orders.apply(count) : text.orders.applyMore(count)}
          primary
        />
      )}
      {seesPeople(c) && (
        <LinkButton href={`${own}/laporan.csv`} variant="secondary" download>
          {text.report.download}
        </LinkButton>
      )}
      {first && <Order own={own} order="discard" label={text.orders.discard} tone="danger" />}
    </div>
  );
}

function Figures({ c, view, own, shown }: Part & { readonly shown: ShownRows | null }) {
  const { importing: text } = textsOf(c).office;
  return (
    <nav aria-label={text.report.title}>
      <ul class="dp-figures dp-bare">
        {ROW_OUTCOMES.map((outcome) => (
          <li class="dp-figure">
            <a
              class="dp-figure__label"
              href={`${own}?hasil=${outcome}`}
              aria-current={shown?.outcome === outcome ? 'true' : undefined}
            >
              {text.outcomes[outcome]}
            </a>
            <div class="dp-figure__value">
              {formatNumber(c.get('lang'), view.counts.outcomes?.[outcome] ?? 0)}
            </div>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Names of types that say nothing by themselves, each with a choice. */
function Types({ c, view, own }: Part) {
  const { importing: text } = textsOf(c).office;
  const names = Object.keys(view.counts.types ?? {}).slice(0, 40);
  if (names.length === 0) return null;
  const { memberTypes } = c.get('library').settings;
  const lang = c.get('lang');
  return (
    <form method="post" action={`${own}/jenis`} class="dp-panel dp-stack">
      <h2>{text.types.title}</h2>
      <p>{text.types.lead}</p>
      <div class="dp-import-columns">
        {names.map((name, at) => (
          <SelectField
            name={`jenis_${at}`}
            label={`${name} (${formatNumber(lang, view.counts.types?.[name] ?? 0)})`}
            value={view.mapping.types[name]}
            placeholder="–"
            choices={memberTypes.map((type) => ({ value: type.code, label: type.name[lang] }))}
          />
        ))}
      </div>
      <div>
        <Button variant="secondary">{text.types.button}</Button>
      </div>
    </form>
  );
}

/** What else is to be known, with how often. */
function Notes({ c, view }: Pick<Part, 'c' | 'view'>) {
  const { importing: text } = textsOf(c).office;
  const lang = c.get('lang');
  const { reasons = {}, leftOver = {}, applied = 0, photos = 0, visits = 0 } = view.counts;
  const words = { ...text.reasons, ...text.notes } as Readonly<Record<string, string>>;
  const fields: Readonly<Record<string, string>> = text.fields;
  const lines = Object.entries(reasons)
    .filter(([, count]) => count > 0)
    .sort(([, one], [, other]) => other - one);
  if (lines.length === 0 && Object.keys(leftOver).length === 0 && applied === 0) return null;
  return (
    <section aria-labelledby="catatan" class="dp-panel dp-stack">
      <h2 id="catatan">{text.report.notices}</h2>
      <ul>
        {applied > 0 && <li>{text.report.applied(formatNumber(lang, applied))}</li>}
        {photos > 0 && <li>{text.report.photos(formatNumber(lang, photos))}</li>}
        {visits > 0 && <li>{text.report.visits(formatNumber(lang, visits))}</li>}
        {lines.map(([code, count]) => (
          <li>
            {words[code] ?? code}: {text.report.count(formatNumber(lang, count))}
          </li>
        ))}
        <li>{text.report.noticeNotGiven}</li>
      </ul>
      {Object.keys(leftOver).length > 0 && (
        <>
          <h3>{text.report.leftOver}</h3>
          <ul>
            {Object.entries(leftOver).map(([title, count]) => (
              <li class="dp-wraps">
                {fields[title] ?? title}: {text.report.count(formatNumber(lang, count))}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
