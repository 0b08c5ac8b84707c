import { type Context, Hono } from 'hono';
import {
  createDraft,
  listVersions,
  type ProcedureRefusal,
  type ProcedureVersion,
  passProcedure,
  saveDraftProcedure,
  signProcedure,
} from '../../../usecases/procedure-version.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { readForm } from '../../form-body.ts';
import { textsOf } from '../../frame.tsx';
import { requirePermission } from '../../middleware/session.ts';
import { dateOf } from '../input.ts';
import type { FieldError } from '../member-action-page.tsx';
import { conflictNotice, keptNotice, type Notice } from '../office-page.tsx';
import { applyButton, editOfForm, readDraft } from './draft-form.ts';
import { procedureEditPage } from './edit-page.tsx';
import { proceduresPage } from './list-page.tsx';
import { procedurePage } from './version-page.tsx';

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

  app.get('/pengaturan/prosedur/:version/sop.pdf', view, async (c) => {
    const version = await versionOf(c, deps);
    if (!version) return c.notFound();
    const pdf = await deps.documents.sopPdf({ procedure: version.procedure, now: deps.now() });
    return c.body(new Uint8Array(pdf), 200, {
      'Content-Type': 'application/pdf',
      'Content-Disposition': `inline; filename="sop-${c.get('library').slug}-${version.version}.pdf"`,
      'Cache-Control': 'no-store',
    });
  });

  app.get('/pengaturan/prosedur/:version/ubah', requirePermission('procedure.draft'), async (c) => {
    const version = await versionOf(c, deps);
    if (!version?.allowed.has('edit')) return c.notFound();
    return procedureEditPage(c, { version });
  });

  app.post('/pengaturan/prosedur/:version/ubah', requirePermission('procedure.draft'), async (c) => {
    const version = await versionOf(c, deps);
    if (!version) return c.notFound();
    const body = await readForm(c);
    const form = readDraft(body);
    const edits = Number(body.text('suntingan'));
    const button = body.text('aksi');
    if (button !== '') return procedureEditPage(c, { version, edits, ...applyButton(form, button) });
    const outcome = await saveDraftProcedure(deps.db, deps, scopeOf(c, deps), {
      version: version.version,
      edits,
      edit: editOfForm(form),
    });
    if (outcome.ok) return c.redirect(`${base(c)}/${version.version}?selesai=simpan`, 303);
    const { procedures } = textsOf(c).office;
    const latest = `${base(c)}/${version.version}`;
    switch (outcome.reason) {
      case 'invalid':
        c.status(422);
        return procedureEditPage(c, { version, edits, form, problems: outcome.problems });
      case 'changed-meanwhile':
        c.status(409);
        // Saving once more from this page is a decision: it stands on the state that the notice tells of.
        return procedureEditPage(c, {
          version,
          form,
          notices: [conflictNotice(c, latest)],
        });
      default:
        c.status(422);
        return procedureEditPage(c, {
          version,
          edits,
          form,
          notices: [keptNotice(c, procedures.passedMeanwhile, latest)],
        });
    }
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
  if (refusal.reason === 'unfinished') {
    c.status(422);
    return procedurePage(c, version, [{ tone: 'danger', text: office.procedures.unfinished }], []);
  }
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
