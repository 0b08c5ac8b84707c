import { type Context, Hono } from 'hono';
import type { ProcedureEdit } from '../../usecases/procedure-schema.ts';
import {
  createDraft,
  listVersions,
  type ProcedureRefusal,
  type ProcedureVersion,
  passProcedure,
  saveDraftProcedure,
  signProcedure,
} from '../../usecases/procedure-version.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { type FormBody, readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { requirePermission } from '../middleware/session.ts';
import { dateOf } from './input.ts';
import type { FieldError } from './member-action-page.tsx';
import type { Notice } from './office-page.tsx';
import { procedureEditPage } from './procedure-edit-page.tsx';
import { channelOf } from './procedure-words.ts';
import { procedurePage, proceduresPage } from './procedures-page.tsx';

const PASSES = {
  koordinasi: 'coordinate',
  periksa: 'check',
  kembalikan: 'return',
  buang: 'discard',
} as const;

/** `/pengaturan/prosedur`: the SOP's versions, from the draft to the signature. */
export function procedureRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const view = requirePermission('procedure.draft', 'procedure.check', 'procedure.sign');
  const base = (c: Context<LibraryEnv>) => `/${c.get('library').slug}/pengaturan/prosedur`;

  app.get('/pengaturan/prosedur', view, async (c) =>
    proceduresPage(c, await listVersions(deps.db, scopeOf(c, deps)), doneNotice(c)),
  );

  app.post('/pengaturan/prosedur', requirePermission('procedure.draft'), async (c) => {
    const outcome = await createDraft(deps.db, deps, scopeOf(c, deps));
    if (outcome.ok) return c.redirect(`${base(c)}/${outcome.version}/ubah`, 303);
    if (outcome.reason === 'draft-exists') return c.redirect(`${base(c)}/${outcome.version}`, 303);
    return c.notFound();
  });

  app.get('/pengaturan/prosedur/:version', view, async (c) => {
    const version = await versionOf(c, deps);
    return version ? procedurePage(c, version, doneNotice(c), []) : c.notFound();
  });

  app.get('/pengaturan/prosedur/:version/ubah', requirePermission('procedure.draft'), async (c) => {
    const version = await versionOf(c, deps);
    if (!version?.allowed.has('edit')) return c.notFound();
    return procedureEditPage(c, version, null, []);
  });

  app.post('/pengaturan/prosedur/:version/ubah', requirePermission('procedure.draft'), async (c) => {
    const version = await versionOf(c, deps);
    if (!version) return c.notFound();
    const body = await readForm(c);
    const edit = editOf(body, version);
    const outcome = await saveDraftProcedure(deps.db, deps, scopeOf(c, deps), {
      version: version.version,
      edits: Number(body.text('suntingan')),
      edit,
    });
    if (outcome.ok) return c.redirect(`${base(c)}/${version.version}?selesai=simpan`, 303);
    if (outcome.reason !== 'invalid') return refuse(c, deps, outcome);
    c.status(422);
    const words: Readonly<Record<string, string>> = textsOf(c).office.settings.problems;
    return procedureEditPage(
      c,
      version,
      edit,
      outcome.problems.map(({ field, code }) => ({
        // A list of lines is one box: the problem of a line stands there.
        field: field.replace(/^((?:steps\.\d+\.)?[a-zA-Z]+)(?:\.\d+.*)?$/, '$1'),
        text: words[code] ?? words.format ?? code,
      })),
    );
  });

  for (const [path, action] of Object.entries(PASSES)) {
    app.post(`/pengaturan/prosedur/:version/${path}`, view, async (c) => {
      const version = await versionOf(c, deps);
      if (!version) return c.notFound();
      const body = await readForm(c);
      const outcome = await passProcedure(deps.db, deps, scopeOf(c, deps), {
        version: version.version,
        edits: Number(body.text('suntingan')),
        action,
        note: body.text('catatan'),
      });
      if (!outcome.ok) return refuse(c, deps, outcome);
      return c.redirect(
        action === 'discard' ? `${base(c)}?selesai=buang` : `${base(c)}/${version.version}?selesai=${path}`,
        303,
      );
    });
  }

  app.post('/pengaturan/prosedur/:version/sahkan', requirePermission('procedure.sign'), async (c) => {
    const version = await versionOf(c, deps);
    if (!version) return c.notFound();
    const body = await readForm(c);
    const { date } = dateOf(body, 'berlaku');
    const again = (error: FieldError) => {
      c.status(422);
      return procedurePage(c, version, [], [error]);
    };
    const { procedures } = textsOf(c).office;
    if (!date) return again({ field: 'berlaku', text: procedures.effectiveMissing });
    const outcome = await signProcedure(deps.db, deps, scopeOf(c, deps), {
      version: version.version,
      edits: Number(body.text('suntingan')),
      effectiveOn: date,
    });
    if (outcome.ok) {
      deps.libraries.forget(c.get('library').slug);
      return c.redirect(`${base(c)}/${version.version}?selesai=sahkan`, 303);
    }
    if (outcome.reason === 'effective-date')
      return again({ field: 'berlaku', text: procedures.effectivePast });
    return refuse(c, deps, outcome);
  });

  return app;
}

async function versionOf(c: Context<LibraryEnv>, deps: WebDeps): Promise<ProcedureVersion | undefined> {
  const number = Number(c.req.param('version'));
  return (await listVersions(deps.db, scopeOf(c, deps))).find((one) => one.version === number);
}

async function refuse(c: Context<LibraryEnv>, deps: WebDeps, refusal: ProcedureRefusal) {
  const version = await versionOf(c, deps);
  if (!version || refusal.reason === 'not-found') return c.notFound();
  const { common, office } = textsOf(c);
  const meanwhile = refusal.reason === 'changed-meanwhile';
  c.status(meanwhile ? 409 : 422);
  const text = meanwhile
    ? `${common.error.conflictTitle}. ${common.error.conflictBody}`
    : office.procedures.notAllowed;
  return procedurePage(c, version, [{ tone: 'danger', text }], []);
}

function doneNotice(c: Context<LibraryEnv>): readonly Notice[] {
  const words: Readonly<Record<string, string>> = textsOf(c).office.procedures.done;
  const text = words[c.req.query('selesai') ?? ''];
  return text === undefined ? [] : [{ tone: 'success', text }];
}

function editOf(body: FormBody, version: ProcedureVersion): ProcedureEdit {
  const lines = (name: string) =>
    body
      .text(name)
      .split(/\r?\n/)
      .map((one) => one.trim())
      .filter((one) => one !== '');
  return {
    serviceName: body.text('serviceName'),
    title: body.text('title'),
    number: body.text('number'),
    revision: body.text('revision'),
    legalBasis: lines('legalBasis'),
    qualifications: lines('qualifications'),
    relatedProcedures: lines('relatedProcedures'),
    equipment: lines('equipment'),
    warning: body.text('warning'),
    records: lines('records'),
    requirements: lines('requirements'),
    cost: body.text('cost'),
    product: body.text('product'),
    publishedTotalSeconds: secondsOf(body.text('publishedTotalSeconds')) ?? 0,
    // "telepon: 0333-123456", one a line.
    complaintChannels: lines('complaintChannels').map((one) => {
      const [kind = '', ...rest] = one.split(':');
      return { kind: channelOf(kind), value: rest.join(':').trim() };
    }),
    steps: version.procedure.steps.map((step, index) => {
      const at = `steps.${index}`;
      return {
        no: step.no,
        text: body.text(`${at}.text`),
        standardSeconds: secondsOf(body.text(`${at}.standardSeconds`)),
        completeness: lines(`${at}.completeness`),
        output: body.text(`${at}.output`),
        note: body.text(`${at}.note`),
        actorsConfirmed: body.text(`${at}.actorsConfirmed`) !== '',
      };
    }),
  };
}

/** `2.30` or `2:30` is two and a half minutes, `3` three minutes; empty is none, anything else refused as NaN. */
function secondsOf(text: string): number | null {
  const typed = text.trim();
  if (typed === '') return null;
  const match = /^(\d{1,4})(?:[.:](\d{1,2}))?$/.exec(typed);
  return match ? Number(match[1]) * 60 + Number(match[2] ?? 0) : Number.NaN;
}
