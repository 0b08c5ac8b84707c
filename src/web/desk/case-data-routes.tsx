import { type Context, Hono } from 'hono';
import { GUARDIAN_RELATIONS } from '../../domain/applicant.ts';
import { EDITABLE_FIELDS } from '../../domain/corrections.ts';
import {
  type CorrectableField,
  FIELD_NAMES,
  type FieldName,
  type FormValues,
} from '../../domain/form-fields.ts';
import type { FormProblem } from '../../domain/form-outcome.ts';
import type { ApplicationId, FileId } from '../../domain/ids.ts';
import { cleanName } from '../../domain/person-name.ts';
import { parsePhone } from '../../domain/phone.ts';
import { attachScan, readScan } from '../../usecases/attach-scan.ts';
import { consentAsGuardian } from '../../usecases/consent-as-guardian.ts';
import { correctCase } from '../../usecases/correct-case.ts';
import { formContextFor } from '../../usecases/form-context.ts';
import { type CaseView, readCase } from '../../usecases/read-case.ts';
import { requestCorrection } from '../../usecases/request-correction.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { type FormBody, readForm, readUpload } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { requirePermission } from '../middleware/session.ts';
import { takesFile } from '../middleware/takes-file.ts';
import { readFormValues, readVillageTexts } from '../public/form-input.ts';
import { formWords } from '../public/form-words.ts';
import { VILLAGE_NAMES, type VillageName, villageViews } from '../public/villages.ts';
import { wholeFields } from './correction-form.tsx';
import { editPage } from './edit-page.tsx';
import { isUuid, startOf, versionOf } from './input.ts';
import { caseIdOf, showRefusal } from './show-case.tsx';

/** What changes the data of a case: correction here or by the applicant, the guardian's consent, scans. */
export function caseDataRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const process = requirePermission('application.process');

  app.get('/loket/:id/perbaiki', process, async (c) => {
    const view = await viewOf(c, deps);
    if (!view) return c.notFound();
    if (!view.allowed.has('correct')) return showRefusal(c, deps, { reason: 'not-allowed' });
    return edit(c, deps, view, {
      values: withoutMaskedNumbers(view),
      startedAt: deps.now(),
      problems: [],
      texts: { address_village: '', present_village: '' },
      search: [],
    });
  });

  app.post('/loket/:id/perbaiki', process, async (c) => {
    const view = await viewOf(c, deps);
    if (!view) return c.notFound();
    const body = await readForm(c);
    const values = readFormValues(body);
    const startedAt = startOf(body.text('mulai'), deps.now());
    const search = VILLAGE_NAMES.filter((name) => body.text('cari') === name);
    const typed = { values, startedAt, texts: readVillageTexts(body) };
    if (search.length > 0) return edit(c, deps, view, { ...typed, problems: [], search });
    const outcome = await correctCase(deps.db, deps, scopeOf(c, deps), {
      applicationId: view.row.id,
      values,
      startedAt,
      expectedVersion: versionOf(body.text('versi')),
    });
    if (outcome.ok) return c.redirect(`/${c.get('library').slug}/loket/${view.row.id}`, 303);
    if (outcome.reason !== 'form-problems') return showRefusal(c, deps, outcome);
    c.status(422);
    const searched = VILLAGE_NAMES.filter((name) => typed.texts[name] !== '' && (values[name] ?? '') === '');
    return edit(c, deps, view, { ...typed, problems: outcome.problems, search: searched });
  });

  app.post('/loket/:id/minta-perbaikan', process, async (c) => {
    const id = caseIdOf(c);
    const body = await readForm(c);
    if (!id) return c.notFound();
    const { correction } = textsOf(c).desk;
    const known = new Set<string>([...FIELD_NAMES, 'photo']);
    const fields = body.texts('bagian').filter((name): name is CorrectableField => known.has(name));
    const message = body.text('pesan');
    const outcome = await requestCorrection(deps.db, deps, scopeOf(c, deps), {
      applicationId: id,
      fields: wholeFields(fields),
      reason: body.text('alasan'),
      message,
      expectedVersion: versionOf(body.text('versi')),
    });
    if (outcome.ok) return c.redirect(`/${c.get('library').slug}/loket/${id}`, 303);
    const errors: Record<string, string> = {};
    if (outcome.reason === 'no-fields') errors.bagian = correction.noFields;
    if (outcome.reason === 'no-reason') errors.alasan = correction.noReason;
    if (outcome.reason === 'message-too-long') errors.pesan = correction.tooLong;
    return showRefusal(c, deps, outcome, {
      open: 'minta-perbaikan',
      form: { values: { bagian: fields, pesan: message }, errors },
    });
  });

  app.post('/loket/:id/wali', process, takesFile('lembar'), async (c) => {
    const id = caseIdOf(c);
    if (!id) return c.notFound();
    const body = await readUpload(c);
    if (body === 'too-large') {
      const errors = { lembar: textsOf(c).status.scan.refused['too-large'] };
      return showRefusal(c, deps, { reason: 'form' }, { open: 'wali', form: { values: {}, errors } });
    }
    const read = readGuardian(c, body);
    const refuse = (errors: Readonly<Record<string, string>>) =>
      showRefusal(c, deps, { reason: 'form' }, { open: 'wali', form: { values: read.typed, errors } });
    if (!read.ok) return refuse(read.errors);
    if (read.letter) {
      // Not kept where there is nothing to consent to: it would be a proof of nothing.
      const view = await viewOf(c, deps);
      if (!view?.allowed.has('consent_as_guardian')) return showRefusal(c, deps, { reason: 'not-allowed' });
      const scan = await storeScan(c, deps, id, 'guardian_letter', read.letter);
      if (!scan.ok) {
        const refused = textsOf(c).status.scan.refused as Readonly<Record<string, string>>;
        const text = refused[scan.reason];
        return text === undefined ? showRefusal(c, deps, scan) : refuse({ lembar: text });
      }
    }
    const outcome = await consentAsGuardian(deps.db, deps, scopeOf(c, deps), {
      ...read.consent,
      applicationId: id,
      textVersion: c.get('library').settings.consents.version,
      textLang: c.get('lang'),
    });
    return outcome.ok
      ? c.redirect(`/${c.get('library').slug}/loket/${id}`, 303)
      : showRefusal(c, deps, outcome);
  });

  app.post('/loket/:id/pindaian', process, takesFile('berkas'), async (c) => {
    const id = caseIdOf(c);
    if (!id) return c.notFound();
    const body = await readUpload(c);
    const file = body === 'too-large' ? body : body.file('berkas');
    const outcome = await storeScan(c, deps, id, 'scan', file);
    if (outcome.ok) return c.redirect(`/${c.get('library').slug}/loket/${id}`, 303);
    const refused = textsOf(c).status.scan.refused as Readonly<Record<string, string>>;
    return showRefusal(c, deps, outcome, {
      open: 'pindaian',
      form: { values: {}, errors: { berkas: refused[outcome.reason] ?? '' } },
    });
  });

  app.get('/loket/:id/pindaian/:berkas', process, async (c) => {
    const id = caseIdOf(c);
    const fileId = c.req.param('berkas');
    if (!id || !isUuid(fileId)) return c.notFound();
    const scan = await readScan(deps.db, deps, scopeOf(c, deps), {
      applicationId: id,
      fileId: fileId as FileId,
    });
    if (!scan.ok) return c.notFound();
    c.header('Content-Type', scan.mime);
    // A name of ours: what the file was called where it came from is not kept.
    c.header('Content-Disposition', 'inline; filename="pindaian.jpg"');
    c.header('X-Content-Type-Options', 'nosniff');
    // A document from outside may bring script or call others along: it gets neither.
    c.header(
      'Content-Security-Policy',
      "sandbox; default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    );
    return c.body(new Uint8Array(scan.bytes));
  });

  return app;
}

/** Written anew from its pixels like every upload: no metadata, nothing hidden behind a picture. */
async function storeScan(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  applicationId: ApplicationId,
  kind: 'scan' | 'guardian_letter',
  file: File | null | 'too-large',
) {
  if (file === 'too-large') return { ok: false, reason: 'too-large' } as const;
  if (file === null) return { ok: false, reason: 'missing' } as const;
  const prepared = await deps.documents.prepareScan(new Uint8Array(await file.arrayBuffer()), deps.drawPdf);
  if (!prepared.ok) return prepared;
  return attachScan(deps.db, deps, scopeOf(c, deps), { applicationId, kind, bytes: prepared.bytes });
}

async function viewOf(c: Context<LibraryEnv>, deps: WebDeps): Promise<CaseView | undefined> {
  const id = caseIdOf(c);
  return id === undefined ? undefined : readCase(deps.db, deps, scopeOf(c, deps), id);
}

/** A masked number in the field would be typed back as it is: the field stays empty, which keeps the stored one. */
function withoutMaskedNumbers(view: CaseView): FormValues {
  if (view.identityStep) return view.values;
  const { document_number: _number, nik: _nik, ...rest } = view.values;
  return rest;
}

interface EditState {
  readonly values: FormValues;
  readonly startedAt: Date | null;
  readonly problems: readonly FormProblem[];
  readonly texts: Readonly<Record<VillageName, string>>;
  readonly search: readonly VillageName[];
}

async function edit(c: Context<LibraryEnv>, deps: WebDeps, view: CaseView, state: EditState) {
  const library = c.get('library');
  const lang = c.get('lang');
  const { problems, warnings } = textsOf(c).form;
  const context = await formContextFor(deps.db, scopeOf(c, deps), 'desk', state.values);
  const masked = view.identityStep ? undefined : view.values.document_number;
  return c.html(
    editPage(c, {
      view,
      startedAt: state.startedAt,
      problems: state.problems,
      fields: {
        library,
        lang,
        words: formWords(library, lang, 'officer'),
        context,
        action: `/${library.slug}/loket/${view.row.id}/perbaiki`,
        values: state.values,
        errors: Object.fromEntries(state.problems.map(({ field, code }) => [field, problems[code]])),
        warnings: Object.fromEntries(view.warnings.map(({ field, code }) => [field, warnings[code]])),
        villages: await villageViews(deps.db, library, state.values, state.texts, state.search),
        only: EDITABLE_FIELDS.filter((name) => !CONSENTS.has(name)),
        hints: masked === undefined ? undefined : { document_number: masked },
      },
    }),
  );
}

const CONSENTS: ReadonlySet<FieldName> = new Set<FieldName>(['guardian_consent']);

function readGuardian(c: Context<LibraryEnv>, body: FormBody) {
  const { guardian } = textsOf(c).desk;
  const name = cleanName(body.text('nama'));
  const relation = GUARDIAN_RELATIONS.find((each) => each === body.text('hubungan'));
  const phoneText = body.text('telepon').trim();
  const phone = phoneText === '' ? null : parsePhone(phoneText);
  const paper = body.text('cara') === 'paper';
  const letter = body.file('lembar');
  const typed = {
    nama: body.text('nama'),
    hubungan: body.text('hubungan'),
    telepon: phoneText,
    cara: body.text('cara'),
    foto: body.text('foto'),
    pesan: body.text('pesan'),
  };
  const errors: Record<string, string> = {};
  if (!name.ok) errors.nama = guardian.noName;
  if (!relation) errors.hubungan = guardian.noRelation;
  if (phone !== null && !phone.ok) errors.telepon = guardian.badPhone;
  if (paper && letter === null) errors.lembar = guardian.noLetter;
  if (!name.ok || !relation || (phone !== null && !phone.ok) || (paper && letter === null))
    return { ok: false, typed, errors } as const;
  return {
    ok: true,
    typed,
    letter,
    consent: {
      name: name.name,
      relation,
      phone: phone === null ? null : phone.phone,
      consents: { photo_on_card: typed.foto === 'ya', messages: typed.pesan === 'ya' },
      channel: paper ? ('paper' as const) : ('desk' as const),
    },
  } as const;
}
