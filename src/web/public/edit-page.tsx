import type { Context } from 'hono';
import { EDITABLE_FIELDS, fieldsOfCorrection } from '../../domain/corrections.ts';
import type { FieldName, FormValues } from '../../domain/form-fields.ts';
import type { FormProblem } from '../../domain/form-outcome.ts';
import { monthNames } from '../../i18n/format.ts';
import { formContext } from '../../usecases/form-context.ts';
import type { StatusView } from '../../usecases/view-status.ts';
import { assetUrl } from '../assets.ts';
import { Alert } from '../components/alert.tsx';
import { Button, LinkButton } from '../components/button.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { type FieldsView, FormGroups } from './form-fields.tsx';
import { messages } from './form-routes.tsx';
import { formWords } from './form-words.ts';
import { PhotoField } from './photo-part.tsx';
import { SubPage } from './status-page.tsx';
import { VILLAGE_NAMES, type VillageName, villageViews } from './villages.ts';

export interface EditState {
  readonly view: StatusView;
  readonly token: string;
  /** What was typed on this page; null where it opens. */
  readonly typed: FormValues | null;
  /** Boxes ticked to empty a stored number. */
  readonly emptied?: readonly FieldName[];
  readonly villageTexts: Readonly<Record<VillageName, string>>;
  readonly search: readonly VillageName[];
  readonly problems: readonly FormProblem[];
  readonly photoError?: string | undefined;
}

/** Which fields this applicant may change now: those the officer asked for, else all. */
export function openFields(view: StatusView): readonly FieldName[] {
  const fields = view.correction ? fieldsOfCorrection(view.correction.fields) : EDITABLE_FIELDS;
  // A consent that was given is not asked for again.
  return view.row.guardian_consented_at === null
    ? fields
    : fields.filter((field) => field !== 'guardian_consent');
}

/** `…/ubah`: exactly the fields that are open, with what is stored; numbers stay masked. */
export async function editPage(c: Context<LibraryEnv>, deps: WebDeps, state: EditState): Promise<Response> {
  const { form, status, common } = textsOf(c);
  const library = c.get('library');
  const lang = c.get('lang');
  const { view, problems } = state;
  const base = `/${library.slug}/permohonan/${state.token}`;
  const open = openFields(view);
  const stored = view.values;
  const values: FormValues = {
    ...stored,
    document_number: '',
    nik: '',
    ...pickOpen(state.typed ?? {}, open),
  };
  const context = formContext(scopeOf(c, deps, { kind: 'applicant' }), 'phone');
  const words = formWords(library, lang);
  const hints: Partial<Record<FieldName, string>> = {};
  if (stored.document_number) hints.document_number = status.edit.keptDocument(stored.document_number);
  if (stored.nik) hints.nik = status.edit.kept(stored.nik);
  const fields: FieldsView = {
    library,
    lang,
    words,
    context,
    action: `${base}/ubah`,
    values,
    errors: messages(problems, form.problems),
    warnings: {},
    villages: await villageViews(deps.db, library, values, state.villageTexts, state.search),
    only: open,
    hints,
    emptying: stored.nik
      ? { nik: { label: status.edit.emptyNik, checked: state.emptied?.includes('nik') ?? false } }
      : {},
  };
  const asksPhoto = view.correction?.fields.includes('photo') === true;
  const { page } = form;
  const errors = [
    ...problems.map((problem) => ({
      field: problem.field,
      text: `${words.label(problem.field, values)}: ${form.problems[problem.code]}`,
    })),
    ...(state.photoError ? [{ field: 'foto-berkas', text: state.photoError }] : []),
  ];
  return c.html(
    <SubPage
      c={c}
      title={view.correction ? status.correction.formTitle : status.edit.title}
      lead={view.correction ? status.correction.formLead : status.edit.lead}
      islands={['form-assist', 'village-search', ...(asksPhoto ? ['photo-shrink'] : [])]}
      head={
        <noscript>
          <link rel="stylesheet" href={assetUrl('noscript.css')} />
        </noscript>
      }
    >
      <ErrorSummary title={common.error.summaryTitle} intro={common.error.summaryIntro} errors={errors} />
      {view.correction?.message && (
        <Alert tone="info" title={status.correction.message}>
          <p class="dp-message">{view.correction.message}</p>
        </Alert>
      )}
      <form-assist
        data-today={context.today}
        data-months={monthNames(lang).join(',')}
        data-from-nik={page.fromNik}
        data-use-date={page.useDate('{}')}
        data-use-sex={page.useSex('{}')}
        data-sexes={`${form.choices.sex.L},${form.choices.sex.P}`}
        data-numbers={JSON.stringify(form.numbers)}
        data-keep-hints=""
        data-base={JSON.stringify({
          document_type: stored.document_type,
          birth_date: stored.birth_date,
          sex: stored.sex,
          present_same: stored.present_same,
        })}
      >
        <form
          method="post"
          action={`${base}/ubah`}
          class="dp-form"
          novalidate
          enctype={asksPhoto ? 'multipart/form-data' : undefined}
        >
          <button type="submit" hidden>
            {status.edit.save}
          </button>
          <input type="hidden" name="version" value={String(view.row.version)} />
          <FormGroups view={fields} />
          {asksPhoto && (
            <section aria-labelledby="foto-judul">
              <h2 id="foto-judul">{status.photo.title}</h2>
              <PhotoField c={c} label={status.photo.label} error={state.photoError} />
            </section>
          )}
          <div class="dp-actions">
            <Button>{view.correction ? status.correction.send : status.edit.save}</Button>
            <LinkButton href={base} variant="secondary">
              {common.action.cancel}
            </LinkButton>
          </div>
        </form>
      </form-assist>
    </SubPage>,
  );
}

function pickOpen(typed: FormValues, open: readonly FieldName[]): FormValues {
  return Object.fromEntries(open.flatMap((field) => (field in typed ? [[field, typed[field]]] : [])));
}

/** Village boxes of this page whose typed text has no choice yet. */
export function openVillageSearch(
  texts: Readonly<Record<VillageName, string>>,
  problems: readonly FormProblem[],
): readonly VillageName[] {
  return VILLAGE_NAMES.filter(
    (name) => texts[name].trim() !== '' && problems.some((problem) => problem.field === name),
  );
}
