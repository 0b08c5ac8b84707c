import { type Context, Hono } from 'hono';
import { needsGuardian } from '../../domain/child.ts';
import { EDITABLE_FIELDS } from '../../domain/corrections.ts';
import type { CorrectableField, FieldName, FormValues } from '../../domain/form-fields.ts';
import type { FormProblem } from '../../domain/form-outcome.ts';
import { parsePlainDate } from '../../domain/plain-date.ts';
import { todayOf } from '../../usecases/context.ts';
import { correctMember } from '../../usecases/correct-member.ts';
import { formContextFor } from '../../usecases/form-context.ts';
import { type MemberView, readMember } from '../../usecases/read-member.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { FileField } from '../components/file-field.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { TextField } from '../components/text-field.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { requirePermission } from '../middleware/session.ts';
import { takesFile } from '../middleware/takes-file.ts';
import { FormGroups } from '../public/form-fields.tsx';
import { readFormValues, readVillageTexts } from '../public/form-input.ts';
import { formWords } from '../public/form-words.ts';
import { VILLAGE_NAMES, type VillageName, villageViews } from '../public/villages.ts';
import { memberIdOf, versionOf } from './input.ts';
import type { FieldError } from './member-action-page.tsx';
import { refuse } from './member-action-routes.tsx';
import { officePage } from './office-page.tsx';

/** `/anggota/{id}/ubah`: "Ubah data anggota", the same form as everywhere, with the evidence. */
export function memberCorrectRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const correct = requirePermission('member.correct');

  app.get('/anggota/:id/ubah', correct, async (c) => {
    const member = await memberOf(c, deps);
    if (!member) return c.notFound();
    if (!member.allowed.has('correct')) return refuse(c, deps, 'not-allowed');
    return page(c, deps, member, {
      values: withoutNumbers(member.values),
      evidence: '',
      problems: [],
      errors: [],
      texts: { address_village: '', present_village: '' },
      search: [],
    });
  });

  app.post('/anggota/:id/ubah', correct, takesFile('foto'), async (c) => {
    const member = await memberOf(c, deps);
    if (!member) return c.notFound();
    const text = textsOf(c);
    const body = await readForm(c);
    const texts = readVillageTexts(body);
    const values = keepUnlistedVillages(member, readFormValues(body), texts);
    const typed = { values, evidence: body.text('bukti'), texts };
    const search = VILLAGE_NAMES.filter((name) => body.text('cari') === name);
    if (search.length > 0) return page(c, deps, member, { ...typed, problems: [], errors: [], search });

    const again = (problems: readonly FormProblem[], errors: readonly FieldError[]) => {
      c.status(422);
      const searched = VILLAGE_NAMES.filter((name) => typed.texts[name] !== '' && !values[name]);
      return page(c, deps, member, { ...typed, problems, errors, search: searched });
    };
    const file = body.file('foto');
    const prepared = file && (await deps.documents.preparePhoto(new Uint8Array(await file.arrayBuffer())));
    if (prepared?.ok === false)
      return again([], [{ field: 'foto', text: text.card.photo.refused[prepared.reason] }]);
    const outcome = await correctMember(deps.db, deps, scopeOf(c, deps), {
      memberId: member.id,
      values,
      evidence: typed.evidence,
      photo: prepared?.jpeg ?? null,
      expectedVersion: versionOf(body.text('versi')),
    });
    if (outcome.ok) {
      const base = `/${c.get('library').slug}/anggota/${member.id}`;
      const what = outcome.fields.length === 0 ? 'tetap' : outcome.reprint ? 'ubah-cetak' : 'ubah';
      return c.redirect(`${base}?selesai=${what}${outcome.typeInDoubt ? '&jenis=periksa' : ''}`, 303);
    }
    switch (outcome.reason) {
      case 'no-evidence':
        return again([], [{ field: 'bukti', text: text.members.form.correct.evidenceMissing }]);
      case 'form-problems':
        return again(outcome.problems, []);
      default:
        return refuse(c, deps, outcome.reason);
    }
  });

  return app;
}

async function memberOf(c: Context<LibraryEnv>, deps: WebDeps): Promise<MemberView | undefined> {
  const id = memberIdOf(c);
  return id && (await readMember(deps.db, deps, scopeOf(c, deps), id));
}

/** A village that left the list of regions cannot be shown as a choice: not touched, it stays. */
function keepUnlistedVillages(
  member: MemberView,
  values: FormValues,
  texts: Readonly<Record<VillageName, string>>,
): FormValues {
  const kept: Partial<Record<VillageName, string>> = {};
  for (const name of VILLAGE_NAMES) {
    const stored = member.values[name];
    if (stored && !member.villages[stored] && !values[name] && texts[name] === '') kept[name] = stored;
  }
  return { ...values, ...kept };
}

/** A masked number in a box would come back as the new one. */
function withoutNumbers(values: FormValues): FormValues {
  const { document_number: _number, nik: _nik, ...rest } = values;
  return rest;
}

interface Shown {
  readonly values: FormValues;
  readonly evidence: string;
  readonly problems: readonly FormProblem[];
  readonly errors: readonly FieldError[];
  readonly texts: Readonly<Record<VillageName, string>>;
  readonly search: readonly VillageName[];
}

async function page(c: Context<LibraryEnv>, deps: WebDeps, member: MemberView, shown: Shown) {
  const { members, common, form } = textsOf(c);
  const { correct } = members.form;
  const library = c.get('library');
  const scope = scopeOf(c, deps);
  const words = formWords(library, c.get('lang'), 'officer');
  const context = await formContextFor(deps.db, scope, 'desk', shown.values);
  const birth = parsePlainDate(shown.values.birth_date ?? member.values.birth_date ?? '');
  const child = birth !== undefined && needsGuardian(birth, todayOf(scope));
  const errors = Object.fromEntries(
    shown.problems.map((problem) => [problem.field, form.problems[problem.code]]),
  ) as Partial<Record<FieldName, string>>;
  const hints: Partial<Record<CorrectableField, string>> = {};
  for (const field of ['document_number', 'nik'] as const) {
    const stored = member.values[field];
    if (stored) hints[field] = correct.numberKept(stored);
  }
  const base = `/${library.slug}/anggota/${member.id}`;
  const problems = [
    ...shown.errors,
    ...shown.problems.map(({ field, code }) => ({
      field,
      text: `${words.label(field, shown.values)}: ${form.problems[code]}`,
    })),
  ];
  const errorOf = (field: string) => shown.errors.find((error) => error.field === field)?.text;
  const only = EDITABLE_FIELDS.filter(
    (field) => field !== 'guardian_consent' && (child || !field.startsWith('guardian_') || errors[field]),
  );
  return officePage(
    c,
    {
      area: 'members',
      title: problems.length > 0 ? `${common.error.summaryTitle}: ${correct.title}` : correct.title,
      back: { href: base, label: members.form.back },
      islands: ['form-assist', 'village-search'],
    },
    <>
      <PageHeader
        title={correct.title}
        eyebrow={`${member.values.name ?? ''} · ${member.number}`}
        lead={correct.lead}
      />
      <ErrorSummary title={common.error.summaryTitle} intro={common.error.summaryIntro} errors={problems} />
      <form method="post" enctype="multipart/form-data" class="dp-deskform dp-stack" data-hints="" novalidate>
        {/* Enter in a text box presses the first button of a form: this one, not the village search. */}
        <button type="submit" hidden />
        <input type="hidden" name="versi" value={String(member.version)} />
        <div class="dp-deskform__groups">
          <section>
            <h2>{correct.evidence}</h2>
            <TextField
              name="bukti"
              label={correct.evidence}
              description={correct.evidenceHint}
              value={shown.evidence}
              list="bukti-pilihan"
              maxlength={200}
              error={errorOf('bukti')}
              autocomplete="off"
              required
            />
            <datalist id="bukti-pilihan">
              {correct.evidenceChoices.map((choice) => (
                <option value={choice} />
              ))}
            </datalist>
            <FileField
              name="foto"
              label={correct.photo}
              description={correct.photoHint}
              accept="image/jpeg,image/png,image/webp"
              optional={common.field.optional}
              error={errorOf('foto')}
            />
            <p class="dp-small dp-muted">{correct.printedNote}</p>
          </section>
          <FormGroups
            view={{
              library,
              lang: c.get('lang'),
              words,
              action: `${base}/ubah`,
              context,
              values: shown.values,
              errors,
              warnings: {},
              villages: await villageViews(deps.db, library, shown.values, shown.texts, shown.search),
              only,
              hints,
            }}
          />
        </div>
        <div class="dp-actions">
          <Button shortcut="Alt+S">{common.action.save}</Button>
          <LinkButton href={base} variant="tertiary">
            {common.action.cancel}
          </LinkButton>
        </div>
      </form>
    </>,
  );
}
