import type { Context } from 'hono';
import type { FormChannel } from '../../domain/form-fields.ts';
import type { FormProblem, FormWarning } from '../../domain/form-outcome.ts';
import { NOTICE_TOPICS } from '../../domain/library-settings.ts';
import { stepOfAct } from '../../domain/procedure.ts';
import { formatDuration, formatList, monthNames } from '../../i18n/format.ts';
import { assetUrl } from '../assets.ts';
import { Alert } from '../components/alert.tsx';
import { Button } from '../components/button.tsx';
import { DefinitionList } from '../components/definition-list.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { PublicLayout } from '../components/public-layout.tsx';
import type { LibraryEnv } from '../env.ts';
import { publicFrame, textsOf } from '../frame.tsx';
import { KioskHead, KioskReturn } from '../kiosk/kiosk-layout.tsx';
import { type FieldsView, FormGroups } from './form-fields.tsx';
import { publicNav } from './nav.ts';
import { TypeRequirements } from './service-page.tsx';

/** Somebody looks for a number on a document; the screen asks before it returns to the guest book. */
const KIOSK_IDLE_S = 150;

/** Where a form is filled and what that changes. */
export interface FormPlace {
  readonly channel: Extract<FormChannel, 'phone' | 'kiosk'>;
  /** Address the form is sent to. */
  readonly action: string;
  /** Address that keeps an unfinished form for the counter; null where there is no such button. */
  readonly handOver: string | null;
}

export interface FormPageState {
  readonly view: FieldsView;
  readonly place: FormPlace;
  readonly submitKey: string;
  /** Secret of the draft this form continues; empty where it was begun here. */
  readonly continues: string;
  readonly problems: readonly FormProblem[];
  /** Unusual answers that the person may confirm. */
  readonly warnings: readonly FormWarning[];
  readonly note: 'continued' | 'continue-expired' | null;
  /** Nothing was typed on this page yet, so that a draft of the device may fill it. */
  readonly fresh: boolean;
}

/** The registration form with all that has to be read before its first field. */
export function formPage(c: Context<LibraryEnv>, state: FormPageState) {
  const { form, common } = textsOf(c);
  const { view, place, problems } = state;
  const { library, lang } = view;
  const kiosk = place.channel === 'kiosk';
  const step = stepOfAct(library.procedure, 'fill_form');
  const minutes = formatDuration(lang, step?.standardSeconds ?? 300);
  const islands = ['form-assist', 'village-search', kiosk ? 'kiosk-return' : 'form-draft'];
  return (
    <PublicLayout
      {...publicFrame(c)}
      title={problems.length > 0 ? `${common.error.summaryTitle}: ${form.title}` : form.title}
      nav={publicNav(c, 'register')}
      islands={islands}
      narrow
      kiosk={kiosk}
      homeHref={kiosk ? `/${library.slug}/buku-tamu` : undefined}
      noindex={kiosk || state.continues !== ''}
      head={
        <>
          <noscript>
            <link rel="stylesheet" href={assetUrl('noscript.css')} />
          </noscript>
          {kiosk && <KioskHead c={c} idleSeconds={KIOSK_IDLE_S} />}
        </>
      }
    >
      <PageHeader title={form.title} lead={kiosk ? undefined : form.lead(minutes)} />
      <div class="dp-stack">
        <Notes c={c} state={state} />
        <ErrorSummary
          title={common.error.summaryTitle}
          intro={common.error.summaryIntro}
          errors={problems.map((problem) => ({
            field: problem.field,
            text: `${view.words.label(problem.field, view.values)}: ${view.errors[problem.field] ?? ''}`,
          }))}
        />
        {state.fresh && <Preparation c={c} view={view} kiosk={kiosk} />}
        <FormBody c={c} state={state} />
      </div>
      {kiosk && <KioskReturn c={c} idleSeconds={KIOSK_IDLE_S} />}
    </PublicLayout>
  );
}

function Notes({ c, state }: { readonly c: Context<LibraryEnv>; readonly state: FormPageState }) {
  const { form } = textsOf(c);
  const { page } = form;
  return (
    <>
      {state.note === 'continued' && <Alert tone="success">{page.continued}</Alert>}
      {state.note === 'continue-expired' && <Alert tone="warning">{page.continueExpired}</Alert>}
      {state.warnings.length > 0 && (
        <Alert tone="warning" title={page.warningTitle} live="alert">
          <p>{page.warningIntro}</p>
          <ul>
            {state.warnings.map((warning) => (
              <li>
                <a href={`#${warning.field}`}>{form.warnings[warning.code]}</a>
              </li>
            ))}
          </ul>
        </Alert>
      )}
    </>
  );
}

/** What to have at hand, and the notice of UU 27/2022 Ps. 21: both stand before the first field. */
function Preparation(props: {
  readonly c: Context<LibraryEnv>;
  readonly view: FieldsView;
  readonly kiosk: boolean;
}) {
  const { form, service } = textsOf(props.c);
  const { library, lang } = props.view;
  const { settings, procedure } = library;
  const { page } = form;
  const any = procedure.documentsRule === 'any';
  const list = formatList(
    lang,
    procedure.documents.map((document) => service.documents[document.type]),
    any ? 'or' : 'and',
  );
  const extra = settings.memberTypes.filter((type) => type.active && type.requirement[lang] !== '');
  const { notice } = settings.consents;
  const topics = NOTICE_TOPICS.map((topic) => ({
    label: page.noticeTopics[topic],
    value: notice[topic][lang],
  }));
  return (
    <>
      <section class="dp-notice-box" aria-labelledby="siapkan">
        <h2 id="siapkan" class="dp-h3">
          {page.requirementsTitle}
        </h2>
        <p>{(any ? page.anyDocument : page.allDocuments)(list)}</p>
        <p class="dp-small">{page.childNote}</p>
        <p class="dp-small">{page.noDocumentNote}</p>
        {extra.length > 0 && <TypeRequirements types={extra} lang={lang} title={page.typesTitle} />}
        {!props.kiosk && (
          <p class="dp-small">
            <a href={`/${library.slug}/formulir.pdf`}>{page.blankForm}</a>
          </p>
        )}
      </section>
      <section class="dp-stack" data-gap="s" aria-labelledby="pemberitahuan">
        <h2 id="pemberitahuan" class="dp-h3">
          {page.noticeTitle}
        </h2>
        <p>
          {notice.controller[lang]} {notice.purpose[lang]}
        </p>
        <details class="ds-details">
          <summary>{page.noticeMore}</summary>
          <div>
            <DefinitionList items={topics} />
          </div>
        </details>
      </section>
    </>
  );
}

function FormBody({ c, state }: { readonly c: Context<LibraryEnv>; readonly state: FormPageState }) {
  const { form } = textsOf(c);
  const { page } = form;
  const { view, place } = state;
  const { library, lang } = view;
  const body = (
    <form-assist
      data-today={view.context.today}
      data-months={monthNames(lang).join(',')}
      data-from-nik={page.fromNik}
      data-use-date={page.useDate('{}')}
      data-use-sex={page.useSex('{}')}
      data-sexes={`${form.choices.sex.L},${form.choices.sex.P}`}
      data-numbers={JSON.stringify(form.numbers)}
      data-sending={page.sending}
    >
      <form
        method="post"
        action={place.action}
        class="dp-form"
        novalidate
        autocomplete={place.channel === 'kiosk' ? 'off' : undefined}
      >
        {/* Enter in a text box presses the first button of a form: this one, not the village search. */}
        <button type="submit" hidden>
          {page.submit}
        </button>
        <input type="hidden" name="kunci" value={state.submitKey} />
        <input type="hidden" name="consent_version" value={library.settings.consents.version} />
        {state.continues !== '' && <input type="hidden" name="lanjut" value={state.continues} />}
        {state.warnings.length > 0 && <input type="hidden" name="yakin" value="1" />}
        <FormGroups view={view} />
        <div class="dp-actions">
          <Button attrs={{ 'data-submit': '' }}>{page.submit}</Button>
          {place.handOver && (
            <Button variant="secondary" formaction={place.handOver}>
              {page.handOver}
            </Button>
          )}
        </div>
        {place.handOver && <p class="dp-small dp-muted">{page.handOverHint}</p>}
      </form>
    </form-assist>
  );
  if (place.channel === 'kiosk') return body;
  return (
    <form-draft
      data-key={`draf:${library.slug}`}
      data-fresh={state.fresh ? '' : undefined}
      data-days={String(library.settings.retention.draftDays)}
      data-saved={page.draftSaved}
      data-cleared={page.draftCleared}
    >
      <div data-restored="" hidden>
        <Alert tone="info" live="status">
          <p>{page.draftRestored}</p>
          <Button type="button" variant="tertiary" attrs={{ 'data-clear': '' }}>
            {page.draftClear}
          </Button>
        </Alert>
      </div>
      {body}
      <div data-offline="" hidden>
        <Alert tone="warning" live="alert">
          <p>{page.offline}</p>
        </Alert>
      </div>
      <p class="dp-small dp-muted dp-saved" role="status" data-status="" />
    </form-draft>
  );
}
