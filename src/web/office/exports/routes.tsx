import { Hono } from 'hono';
import { stream } from 'hono/streaming';
import { misfitColumns, misfitRow } from '../../../documents/export-misfits.ts';
import { csvLines } from '../../../documents/table-csv.ts';
import { EXPORT_TARGETS, isFileTarget } from '../../../domain/exporting/outgoing-member.ts';
import type { ExportId } from '../../../domain/ids.ts';
import { beginExport, withdrawExport } from '../../../usecases/export-members.ts';
import { readExport, toldMembers } from '../../../usecases/read-export.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { exportAnswer } from '../../export-answer.ts';
import { readForm } from '../../form-body.ts';
import { textsOf } from '../../frame.tsx';
import { requireFresh } from '../../middleware/fresh.ts';
import { requirePermission } from '../../middleware/session.ts';
import { uuidOf } from '../input.ts';
import { exportPage } from './export-page.tsx';
import { feedRoutes } from './feed-routes.tsx';

/** `/pengaturan/ekspor`: members to the lending system. */
export function exportRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  // Whoever sets what goes along sees what went; the file itself is for those who may see members.
  const look = requirePermission('export.run', 'setting.change');
  const run = requirePermission('export.run');
  const fresh = requireFresh(deps);

  app.get('/pengaturan/ekspor', look, (c) => exportPage(c, deps));

  app.post('/pengaturan/ekspor', run, fresh, async (c) => {
    const form = await readForm(c);
    const typed = { target: form.text('tujuan'), which: form.text('anggota') };
    const target = EXPORT_TARGETS.filter(isFileTarget).find((one) => one === typed.target);
    const scope = scopeOf(c, deps);
    const begun =
      target === undefined
        ? ({ ok: false, reason: 'target' } as const)
        : await beginExport(deps.db, deps, scope, { target, changedOnly: typed.which === 'berubah' });
    if (target === undefined || !begun.ok) {
      c.status(422);
      return exportPage(c, deps, { typed, problem: begun.ok ? 'target' : begun.reason });
    }
    return exportAnswer(c, deps, scope, { exportId: begun.exportId, target });
  });

  app.get('/pengaturan/ekspor/:id/daftar.csv', run, fresh, async (c) => {
    const id = uuidOf<ExportId>(c.req.param('id'));
    const scope = scopeOf(c, deps);
    const record = id && (await readExport(deps.db, scope, id));
    if (!id || !record) return c.notFound();
    const texts = textsOf(c);
    const columns = misfitColumns(texts);
    const options = { separator: c.get('lang') === 'id' ? ';' : ',' } as const;
    c.header('Content-Type', 'text/csv; charset=utf-8');
    c.header('Cache-Control', 'no-store');
    c.header('Content-Disposition', `attachment; filename="${scope.library.slug}-ekspor-tidak-muat.csv"`);
    return stream(c, async (out) => {
      for (const line of csvLines(columns, [], options)) await out.write(line);
      for await (const member of toldMembers(deps.db, scope, id)) {
        const [, line = ''] = [...csvLines(columns, [misfitRow(texts, member)], options)];
        await out.write(line);
      }
    });
  });

  app.post('/pengaturan/ekspor/:id/batal', run, async (c) => {
    const id = uuidOf<ExportId>(c.req.param('id'));
    if (!id) return c.notFound();
    const outcome = await withdrawExport(deps.db, deps, scopeOf(c, deps), id);
    return c.redirect(
      `/${c.get('library').slug}/pengaturan/ekspor?selesai=${outcome.ok ? 'batal' : 'tidak'}`,
      303,
    );
  });

  app.route('/', feedRoutes(deps));
  return app;
}
