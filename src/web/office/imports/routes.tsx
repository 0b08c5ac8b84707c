import { type Context, Hono } from 'hono';
import { stream } from 'hono/streaming';
import { findImport } from '../../../db/import.ts';
import { inLibrary } from '../../../db/tenancy.ts';
import { reportColumns, reportRow } from '../../../documents/import-report.ts';
import { csvLines } from '../../../documents/table-csv.ts';
import type { ImportId } from '../../../domain/ids.ts';
import { INCOMING_FIELDS, type IncomingField } from '../../../domain/importing/incoming-member.ts';
import { ROW_OUTCOMES, type RowOutcome } from '../../../domain/importing/row-outcome.ts';
import { decideImportRow } from '../../../usecases/decide-import-row.ts';
import { everyRow, type ImportView, viewImport, viewRows } from '../../../usecases/read-import.ts';
import { type ImportOrder, orderImport } from '../../../usecases/run-import.ts';
import { mapColumns, mapTypes } from '../../../usecases/start-import.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { readForm } from '../../form-body.ts';
import { textsOf } from '../../frame.tsx';
import { requireFresh } from '../../middleware/fresh.ts';
import { LARGEST_WITH_FILE } from '../../middleware/limit-body.ts';
import { requirePermission } from '../../middleware/session.ts';
import { takesFile } from '../../middleware/takes-file.ts';
import { firstFile, upTo } from '../../multipart.ts';
import { uuidOf } from '../input.ts';
import type { Notice } from '../office-page.tsx';
import { importPage } from './import-page.tsx';
import { importListPage } from './list-page.tsx';
import { mappingPage } from './mapping-page.tsx';
import type { ShownRows } from './shown-rows.ts';
import { storeUpload } from './store-upload.ts';

const ORDERS: readonly ImportOrder[] = ['apply', 'stop', 'resume', 'discard'];
const PAGE_ROWS = 50;

/** `/pengaturan/impor`: letting old members in. */
export function importRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const runner = deps.imports;
  const run = requirePermission('import.run');
  const decide = requirePermission('member.merge');
  const idOf = (c: Context<LibraryEnv>) => uuidOf<ImportId>(c.req.param('id'));
  const addressOf = (c: Context<LibraryEnv>, id?: ImportId) =>
    `/${c.get('library').slug}/pengaturan/impor${id === undefined ? '' : `/${id}`}`;

  app.get('/pengaturan/impor', run, (c) => importListPage(c, deps, null, noticesOf(c)));

  app.post('/pengaturan/impor', run, takesFile('berkas'), async (c) => {
    const body = c.req.raw.body && upTo(LARGEST_WITH_FILE, c.req.raw.body);
    const file = body === null ? undefined : await firstFile(c.req.header('content-type') ?? '', body);
    if (file === undefined || file.name === '') {
      if (file) for await (const _ of file.bytes);
      c.status(422);
      return importListPage(c, deps, 'missing');
    }
    const scope = scopeOf(c, deps);
    const outcome = await storeUpload(deps, scope, file);
    if (!outcome.ok) {
      c.status(422);
      return importListPage(c, deps, outcome.reason);
    }
    await runner.run(scope, outcome.importId);
    return c.redirect(addressOf(c, outcome.importId), 303);
  });

  app.get('/pengaturan/impor/:id', run, async (c) => {
    const id = idOf(c);
    const view = id && (await viewImport(deps.db, scopeOf(c, deps), id));
    if (!id || !view) return c.notFound();
    if (view.state === 'mapping') return mappingPage(c, deps, view, await sizeOf(c, deps, id), null, null);
    return importPage(c, view, await shownRows(c, deps, view), noticesOf(c));
  });

  app.post('/pengaturan/impor/:id/kolom', run, async (c) => {
    const id = idOf(c);
    const view = id && (await viewImport(deps.db, scopeOf(c, deps), id));
    if (!id || !view) return c.notFound();
    const form = await readForm(c);
    const known: readonly string[] = INCOMING_FIELDS;
    const typed = Object.fromEntries(
      view.facts.titles.map((title, at) => [title.trim(), form.text(`kolom_${at}`)] as const),
    );
    const chosen = Object.entries(typed).filter((entry): entry is [string, IncomingField] =>
      known.includes(entry[1]),
    );
    const outcome = await mapColumns(deps.db, deps, scopeOf(c, deps), id, Object.fromEntries(chosen));
    if (!outcome.ok && (outcome.reason === 'name-unmapped' || outcome.reason === 'mapped-twice')) {
      c.status(422);
      return mappingPage(c, deps, view, await sizeOf(c, deps, id), outcome.reason, typed);
    }
    if (outcome.ok) await runner.run(scopeOf(c, deps), id);
    return c.redirect(addressOf(c, id), 303);
  });

  app.post('/pengaturan/impor/:id/jenis', run, async (c) => {
    const id = idOf(c);
    const view = id && (await viewImport(deps.db, scopeOf(c, deps), id));
    if (!id || !view) return c.notFound();
    const form = await readForm(c);
    const names = Object.keys(view.counts.types ?? {});
    const codes = new Set(c.get('library').settings.memberTypes.map((type) => type.code));
    const chosen = names.flatMap((name, at) => {
      const code = form.text(`jenis_${at}`);
      return codes.has(code) ? [[name, code] as const] : [];
    });
    const outcome = await mapTypes(deps.db, deps, scopeOf(c, deps), id, Object.fromEntries(chosen));
    return c.redirect(`${addressOf(c, id)}?selesai=${outcome.ok ? 'jenis' : 'tidak'}`, 303);
  });

  app.post('/pengaturan/impor/:id/perintah', run, async (c) => {
    const id = idOf(c);
    const form = await readForm(c);
    const wanted = ORDERS.find((one) => one === form.text('perintah'));
    if (!id || !wanted) return c.notFound();
    const outcome = await orderImport(deps.db, deps, scopeOf(c, deps), id, wanted);
    if (!outcome.ok) {
      if (outcome.reason === 'not-found') return c.notFound();
      return c.redirect(`${addressOf(c, id)}?selesai=tidak`, 303);
    }
    if (wanted === 'discard') return c.redirect(`${addressOf(c)}?selesai=discard`, 303);
    const started = wanted === 'stop' ? 'running' : await runner.run(scopeOf(c, deps), id);
    return c.redirect(`${addressOf(c, id)}?selesai=${started === 'elsewhere' ? 'elsewhere' : wanted}`, 303);
  });

  app.post('/pengaturan/impor/:id/baris', decide, async (c) => {
    const id = idOf(c);
    const form = await readForm(c);
    const n = Number(form.text('baris'));
    if (!id || !Number.isSafeInteger(n) || n < 1 || n > 2 ** 31 - 1) return c.notFound();
    const answer = form.text('keputusan');
    const decision = answer === 'same' || answer === 'different' ? answer : null;
    const outcome = await decideImportRow(deps.db, deps, scopeOf(c, deps), { importId: id, n, decision });
    if (!outcome.ok && outcome.reason === 'not-found') return c.notFound();
    return c.redirect(`${addressOf(c, id)}?hasil=look&selesai=${outcome.ok ? 'baris' : 'tidak'}`, 303);
  });

  app.get('/pengaturan/impor/:id/laporan.csv', decide, requireFresh(deps), async (c) => {
    const id = idOf(c);
    const view = id && (await viewImport(deps.db, scopeOf(c, deps), id));
    if (!id || !view) return c.notFound();
    const texts = textsOf(c);
    const columns = reportColumns(texts);
    // Excel in Indonesian opens a semicolon in columns.
    const options = { separator: c.get('lang') === 'id' ? ';' : ',' } as const;
    c.header('Content-Type', 'text/csv; charset=utf-8');
    c.header('Cache-Control', 'no-store');
    c.header('Content-Disposition', `attachment; filename="impor-${view.id.slice(0, 8)}.csv"`);
    return stream(c, async (out) => {
      for (const line of csvLines(columns, [], options)) await out.write(line);
      for await (const row of everyRow(deps.db, deps, scopeOf(c, deps), id)) {
        const [, line = ''] = [...csvLines(columns, [reportRow(texts, row)], options)];
        await out.write(line);
        if (out.aborted) return;
      }
    });
  });

  return app;
}

async function sizeOf(c: Context<LibraryEnv>, deps: WebDeps, id: ImportId): Promise<number> {
  const record = await inLibrary(deps.db, c.get('library').id, (tx) => findImport(tx, id));
  return record?.size ?? 0;
}

async function shownRows(c: Context<LibraryEnv>, deps: WebDeps, view: ImportView): Promise<ShownRows | null> {
  const { outcomes = {} } = view.counts;
  const asked = ROW_OUTCOMES.find((outcome) => outcome === c.req.query('hasil'));
  const usual: RowOutcome =
    (outcomes.look ?? 0) > 0 ? 'look' : (outcomes.refused ?? 0) > 0 ? 'refused' : 'new';
  const outcome = asked ?? usual;
  // Behind a progress that renews itself a table would jump.
  if (view.state === 'reading' || view.state === 'comparing' || view.state === 'applying') return null;
  if (view.state === 'uploading' || view.state === 'failed') return null;
  const after = Math.max(0, Number(c.req.query('sesudah') ?? 0) || 0);
  const rows = await viewRows(deps.db, deps, scopeOf(c, deps), view.id, {
    outcome,
    after: Math.min(after, 2 ** 31 - 1),
    limit: PAGE_ROWS + 1,
  });
  const page = rows.slice(0, PAGE_ROWS);
  return {
    outcome,
    rows: page,
    next: rows.length > PAGE_ROWS ? (page.at(-1)?.n ?? null) : null,
    first: after === 0,
  };
}

function noticesOf(c: Context<LibraryEnv>): readonly Notice[] {
  const { importing: text } = textsOf(c).office;
  const done = c.req.query('selesai');
  const order = ORDERS.find((one) => one === done);
  if (order) return [{ tone: 'success', text: text.orders.done[order] }];
  if (done === 'tidak') return [{ tone: 'danger', text: text.orders.notNow }];
  if (done === 'elsewhere') return [{ tone: 'warning', text: text.elsewhere }];
  if (done === 'baris') return [{ tone: 'success', text: text.decide.saved }];
  if (done === 'jenis') return [{ tone: 'success', text: text.types.saved }];
  return [];
}
