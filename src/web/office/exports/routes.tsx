import { Readable } from 'node:stream';
import { type Context, Hono } from 'hono';
import { stream } from 'hono/streaming';
import { exportFile } from '../../../documents/export-file.ts';
import { misfitColumns, misfitRow } from '../../../documents/export-misfits.ts';
import { csvLines } from '../../../documents/table-csv.ts';
import { EXPORT_TARGETS, isFileTarget } from '../../../domain/exporting/outgoing-member.ts';
import type { ExportId } from '../../../domain/ids.ts';
import { exportFormat } from '../../../interop/export-formats.ts';
import { todayOf } from '../../../usecases/context.ts';
import { beginExport, exportRows, kohaCodesOf, withdrawExport } from '../../../usecases/export-members.ts';
import { readExport, toldMembers } from '../../../usecases/read-export.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { readForm } from '../../form-body.ts';
import { textsOf } from '../../frame.tsx';
import { requirePermission } from '../../middleware/session.ts';
import { uuidOf } from '../input.ts';
import type { Notice } from '../office-page.tsx';
import { exportPage } from './export-page.tsx';

/** `/pengaturan/ekspor`: members to the lending system. */
export function exportRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  // Whoever sets what goes along sees what went; the file itself is for those who may see members.
  const look = requirePermission('export.run', 'setting.change');
  const run = requirePermission('export.run');

  app.get('/pengaturan/ekspor', look, (c) => exportPage(c, deps, { notices: noticesOf(c) }));

  app.post('/pengaturan/ekspor', run, async (c) => {
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
    // The answer is the file: nobody's data are kept here a second time.
    const rows = exportRows(deps.db, deps, scope, begun.exportId, exportFormat(target, kohaCodesOf(scope)));
    const file = exportFile(target, rows);
    const name = `${scope.library.slug}-${target}-${todayOf(scope)}.${file.extension}`;
    return c.body(Readable.toWeb(file.bytes) as ReadableStream<Uint8Array<ArrayBuffer>>, 200, {
      'Content-Type': file.type,
      'Content-Disposition': `attachment; filename="${name}"`,
      'Cache-Control': 'no-store',
    });
  });

  app.get('/pengaturan/ekspor/:id/daftar.csv', run, async (c) => {
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

  return app;
}

function noticesOf(c: Context<LibraryEnv>): readonly Notice[] {
  const { exporting: text } = textsOf(c).office;
  switch (c.req.query('selesai')) {
    case 'batal':
      return [{ tone: 'success', text: text.withdrawn }];
    case 'tidak':
      return [{ tone: 'danger', text: text.notNow }];
    default:
      return [];
  }
}
