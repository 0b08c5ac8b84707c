import { type Context, Hono } from 'hono';
import { GUARDIAN_RELATIONS, type GuardianRelation } from '../../domain/applicant.ts';
import { CHECKED } from '../../domain/form-fields.ts';
import { NOTICE_TOPICS } from '../../domain/library-settings.ts';
import { cleanName } from '../../domain/person-name.ts';
import { parsePhone } from '../../domain/phone.ts';
import { consentAsGuardian } from '../../usecases/consent-as-guardian.ts';
import type { Actor } from '../../usecases/context.ts';
import { findByGuardianCode } from '../../usecases/guardian-code.ts';
import { type StatusView, viewStatus } from '../../usecases/view-status.ts';
import { Alert } from '../components/alert.tsx';
import { Button, LinkButton } from '../components/button.tsx';
import { CheckboxField, RadioGroup } from '../components/choice-fields.tsx';
import { DefinitionList } from '../components/definition-list.tsx';
import { Details } from '../components/details.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { TextField } from '../components/text-field.tsx';
import { limitForms } from '../doorstep.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { messagePage } from '../error-pages.tsx';
import { type FormBody, readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { openCodeGuard } from './code-guard.ts';
import { answerConsent, ConsentPart } from './consent-part.tsx';
import { smallForms } from './form-routes.tsx';
import { goneTexts, SubPage } from './status-page.tsx';
import { asSite, versionOf } from './status-routes.tsx';

const CITIZEN: Actor = { kind: 'applicant' };
/** Sent in ten minutes from one network: a school's parents' evening, several times over. */
const CONSENTS = 240;

interface Answers {
  readonly name: string;
  readonly relation: string;
  readonly phone: string;
  readonly agreed: boolean;
  readonly photo: boolean;
  readonly messages: boolean;
}

type Errors = Partial<
  Record<'guardian_name' | 'guardian_relation' | 'guardian_phone' | 'guardian_consent', string>
>;

/** The page that a child hands to a parent or guardian, by link, by QR, or by ticket number and code. */
export function guardianRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  // The parents of a whole class may sit behind the school's one address: codes that are right are not counted.
  const guard = openCodeGuard('guardian', deps);
  const slowly = limitForms(deps, 'guardian consent', CONSENTS);

  app.get('/permohonan/:token/wali', async (c) => {
    const view = await findCase(c);
    if (!view) return messagePage(asSite(c), goneTexts(c));
    if (!view.allowed.has('consent_as_guardian')) return donePage(c, view);
    const { row } = view;
    return consentPage(c, view, {
      name: row.guardian_name ?? '',
      relation: row.guardian_relation ?? '',
      phone: row.guardian_phone ?? '',
      agreed: false,
      photo: false,
      messages: false,
    });
  });

  app.post('/permohonan/:token/wali', smallForms(), slowly, async (c) => {
    const view = await findCase(c);
    if (!view) return messagePage(asSite(c), goneTexts(c));
    const body = await readForm(c);
    const answers = readAnswers(body);
    const checked = checkAnswers(c, answers);
    if (!checked.ok) {
      c.status(422);
      return consentPage(c, view, answers, checked.errors);
    }
    const outcome = await consentAsGuardian(deps.db, deps, scopeOf(c, deps, CITIZEN), {
      applicationId: view.row.id,
      expectedVersion: versionOf(body.text('version')),
      name: checked.name,
      relation: checked.relation,
      phone: checked.phone,
      consents: { photo_on_card: answers.photo, messages: answers.messages },
      textVersion: c.get('library').settings.consents.version,
      textLang: c.get('lang'),
      channel: 'phone',
    });
    const base = `/${c.get('library').slug}/permohonan/${c.req.param('token')}`;
    // Consented twice (two taps, two parents): the first counts, the page says it is done.
    return c.redirect(outcome.ok || outcome.reason !== 'not-found' ? `${base}/wali` : base, 303);
  });

  app.post('/permohonan/:token/wali/persetujuan', smallForms(), slowly, async (c) => {
    const view = await findCase(c);
    if (!view) return messagePage(asSite(c), goneTexts(c));
    const base = `/${c.get('library').slug}/permohonan/${c.req.param('token')}`;
    return answerConsent(c, deps, { applicationId: view.row.id, by: 'guardian' }, `${base}/wali`);
  });

  app.get('/wali', (c) => {
    c.header('Cache-Control', 'no-store');
    return codePage(c, { ticket: c.req.query('tiket') ?? '', code: '' }, null);
  });

  app.post('/wali', smallForms(), async (c) => {
    c.header('Cache-Control', 'no-store');
    const body = await readForm(c);
    const typed = { ticket: body.text('tiket'), code: body.text('kode') };
    const library = c.get('library');
    const refused = await guard.refuse(c);
    if (refused) return refused;
    const found = await findByGuardianCode(deps.db, deps, scopeOf(c, deps, CITIZEN), typed);
    if (!found.ok) {
      guard.wrong(c);
      c.status(422);
      return codePage(c, typed, textsOf(c).status.guardian.findWrong);
    }
    return c.redirect(`/${library.slug}/permohonan/${found.token}/wali`, 303);
  });

  return app;

  function findCase(c: Context<LibraryEnv>): Promise<StatusView | undefined> {
    return viewStatus(deps.db, deps, scopeOf(c, deps, CITIZEN), c.req.param('token') ?? '');
  }
}

function readAnswers(body: FormBody): Answers {
  return {
    name: body.text('guardian_name'),
    relation: body.text('guardian_relation'),
    phone: body.text('guardian_phone'),
    agreed: body.text('guardian_consent') === CHECKED,
    photo: body.text('consent_photo_on_card') === CHECKED,
    messages: body.text('consent_messages') === CHECKED,
  };
}

function checkAnswers(c: Context<LibraryEnv>, answers: Answers) {
  const { status, form } = textsOf(c);
  const name = cleanName(answers.name);
  const relation: GuardianRelation | undefined = GUARDIAN_RELATIONS.find((each) => each === answers.relation);
  const phone = answers.phone.trim() === '' ? null : parsePhone(answers.phone);
  const errors: Errors = {
    ...(name.ok ? {} : { guardian_name: status.guardian.nameMissing }),
    ...(relation ? {} : { guardian_relation: status.guardian.relationMissing }),
    ...(phone === null || phone.ok ? {} : { guardian_phone: form.problems.phone_unreadable }),
    ...(answers.agreed ? {} : { guardian_consent: status.guardian.consentMissing }),
  };
  if (!name.ok || !relation || !answers.agreed || (phone !== null && !phone.ok))
    return { ok: false, errors } as const;
  return { ok: true, name: name.name, relation, phone: phone?.phone ?? null } as const;
}

function consentPage(c: Context<LibraryEnv>, view: StatusView, answers: Answers, errors: Errors = {}) {
  const { status, form, common } = textsOf(c);
  const library = c.get('library');
  const lang = c.get('lang');
  const { consents, profile } = library.settings;
  const { guardian } = status;
  const item = (purpose: 'photo_on_card' | 'messages') =>
    consents.items.find((each) => each.purpose === purpose)?.text[lang] ?? '';
  return c.html(
    <SubPage c={c} title={guardian.pageTitle} lead={guardian.lead(view.row.name, profile.name)}>
      <ErrorSummary
        title={common.error.summaryTitle}
        intro={common.error.summaryIntro}
        errors={Object.entries(errors).map(([field, text]) => ({ field, text }))}
      />
      <p>{guardian.who}</p>
      <section class="dp-notice-box">
        <h2 class="dp-h3">{form.page.noticeTitle}</h2>
        <p>
          {consents.notice.controller[lang]} {consents.notice.purpose[lang]}
        </p>
        <Details summary={form.page.noticeMore}>
          <DefinitionList
            items={NOTICE_TOPICS.map((topic) => ({
              label: form.page.noticeTopics[topic],
              value: consents.notice[topic][lang],
            }))}
          />
        </Details>
      </section>
      <form
        method="post"
        action={`/${library.slug}/permohonan/${c.req.param('token')}/wali`}
        class="dp-stack"
        novalidate
      >
        <input type="hidden" name="version" value={String(view.row.version)} />
        <TextField
          name="guardian_name"
          label={form.fields.guardian_name}
          value={answers.name}
          error={errors.guardian_name}
          autocomplete="name"
          maxlength={200}
          required
        />
        <RadioGroup
          name="guardian_relation"
          label={form.fields.guardian_relation}
          value={answers.relation}
          error={errors.guardian_relation}
          choices={GUARDIAN_RELATIONS.map((relation) => ({
            value: relation,
            label: form.choices.guardian_relation[relation],
          }))}
        />
        <TextField
          name="guardian_phone"
          label={form.fields.guardian_phone}
          description={form.hints.guardian_phone}
          optional={common.field.optional}
          value={answers.phone}
          error={errors.guardian_phone}
          type="tel"
          autocomplete="tel"
          maxlength={30}
        />
        <CheckboxField
          name="guardian_consent"
          label={consents.guardianConsent[lang]}
          value={CHECKED}
          checked={answers.agreed}
          error={errors.guardian_consent}
          required
        />
        <fieldset class="ds-fieldset">
          <legend>{guardian.optionalTitle}</legend>
          <div data-field="description">{guardian.optionalHint}</div>
          <div class="dp-choices">
            <CheckboxField
              name="consent_photo_on_card"
              label={item('photo_on_card')}
              value={CHECKED}
              checked={answers.photo}
            />
            <CheckboxField
              name="consent_messages"
              label={item('messages')}
              value={CHECKED}
              checked={answers.messages}
            />
          </div>
        </fieldset>
        <div class="dp-actions">
          <Button>{guardian.agree}</Button>
        </div>
      </form>
    </SubPage>,
  );
}

function donePage(c: Context<LibraryEnv>, view: StatusView) {
  const { guardian } = textsOf(c).status;
  const given = view.row.guardian_consented_at !== null;
  const base = `/${c.get('library').slug}/permohonan/${c.req.param('token')}`;
  return c.html(
    <SubPage c={c} title={given ? guardian.done : guardian.pageTitle}>
      <Alert tone={given ? 'success' : 'info'}>{given ? guardian.doneText : guardian.notNeeded}</Alert>
      {view.consents?.child && !view.consents.waitsForGuardian && (
        <ConsentPart
          c={c}
          view={view.consents}
          action={`${base}/wali/persetujuan`}
          guardian
          forChild={{ text: '' }}
        />
      )}
      <p>
        <LinkButton href={base} variant="secondary">
          {textsOf(c).status.title}
        </LinkButton>
      </p>
    </SubPage>,
  );
}

function codePage(
  c: Context<LibraryEnv>,
  typed: { readonly ticket: string; readonly code: string },
  error: string | null,
) {
  const { guardian, ticket } = textsOf(c).status;
  return c.html(
    <SubPage c={c} title={guardian.findTitle} lead={guardian.findLead}>
      <form method="post" action={`/${c.get('library').slug}/wali`} class="dp-stack" novalidate>
        <TextField
          name="tiket"
          label={ticket}
          value={typed.ticket}
          width="16"
          code
          autocomplete="off"
          maxlength={12}
        />
        <TextField
          name="kode"
          label={guardian.code}
          value={typed.code}
          width="16"
          code
          autocomplete="off"
          maxlength={16}
          error={error ?? undefined}
        />
        <div class="dp-actions">
          <Button>{guardian.findGo}</Button>
        </div>
      </form>
    </SubPage>,
  );
}
