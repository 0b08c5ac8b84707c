import { type Context, Hono } from 'hono';
import { instantOf } from '../../domain/opening-hours.ts';
import { plainDateIn } from '../../domain/plain-date.ts';
import { formatTime } from '../../i18n/format.ts';
import {
  advanceBreach,
  BREACH_STEPS,
  type BreachRow,
  listBreaches,
  readBreach,
  saveBreach,
} from '../../usecases/breach-record.ts';
import { pdfAnswer } from '../card-print.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { type FormBody, readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { requireFresh } from '../middleware/fresh.ts';
import { requirePermission } from '../middleware/session.ts';
import { breachNotice, noticeText } from './breach-notice.ts';
import { breachFormPage, breachListPage, breachPage, type TypedBreach } from './breach-page.tsx';
import { dateOf, uuidOf, versionOf } from './input.ts';
import type { FieldError } from './member-action-page.tsx';

/** `/pengaturan/pelanggaran`: failures of the protection of personal data (UU 27/2022 Ps. 46). */
export function breachRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const record = requirePermission('breach.record');
  const fresh = requireFresh(deps);
  const path = '/pengaturan/pelanggaran';

  app.get(path, record, async (c) => {
    const rows = await listBreaches(deps.db, scopeOf(c, deps));
    return rows ? breachListPage(c, { rows, now: deps.now() }) : c.notFound();
  });

  app.get(`${path}/baru`, record, (c) => {
    const { timezone, email, phone } = c.get('library').settings.profile;
    const now = deps.now();
    return breachFormPage(c, {
      id: null,
      newId: deps.uuid(now),
      version: 0,
      typed: {
        ...EMPTY,
        date: plainDateIn(timezone, now),
        time: clockOf(now, timezone),
        contact: [phone, email].filter((part) => part !== '').join(', '),
      },
    });
  });

  app.post(path, record, fresh, (c) => save(c, null));

  app.get(`${path}/:id`, record, (c) =>
    withBreach(c, (row) => {
      const { breach } = textsOf(c).rights;
      const said = c.req.query('selesai');
      return breachPage(c, {
        row,
        now: deps.now(),
        notices:
          said === '1'
            ? [{ tone: 'success', text: breach.saved }]
            : said === '0'
              ? [{ tone: 'danger', text: breach.problems['changed-meanwhile'] }]
              : [],
      });
    }),
  );

  app.get(`${path}/:id/ubah`, record, (c) =>
    withBreach(c, (row) =>
      row.state === 'closed'
        ? c.notFound()
        : breachFormPage(c, {
            id: row.id,
            version: row.version,
            typed: typedOf(row, c.get('library').settings.profile.timezone),
          }),
    ),
  );

  app.post(`${path}/:id/ubah`, record, fresh, (c) => withBreach(c, (row) => save(c, row.id)));

  app.post(`${path}/:id/langkah`, record, fresh, (c) =>
    withBreach(c, async (row) => {
      const body = await readForm(c);
      const step = BREACH_STEPS.find((one) => one === body.text('langkah'));
      const outcome =
        step &&
        (await advanceBreach(deps.db, deps, scopeOf(c, deps), {
          id: row.id,
          step,
          version: versionOf(body.text('versi')),
        }));
      return c.redirect(`/${c.get('library').slug}${path}/${row.id}?selesai=${outcome?.ok ? 1 : 0}`, 303);
    }),
  );

  for (const to of ['persons', 'authority'] as const) {
    app.get(`${path}/:id/${to}.pdf`, record, (c) =>
      withBreach(c, async (row) => {
        const letter = breachNotice(c.get('library'), row, to, deps.now());
        return pdfAnswer(c, await deps.documents.letterPdf(letter), `pemberitahuan-${to}`, false);
      }),
    );
    app.get(`${path}/:id/${to}.txt`, record, (c) =>
      withBreach(c, (row) => c.text(noticeText(breachNotice(c.get('library'), row, to, deps.now())))),
    );
  }

  return app;

  async function withBreach(
    c: Context<LibraryEnv>,
    show: (row: BreachRow) => Response | Promise<Response>,
  ): Promise<Response> {
    const id = uuidOf<string>(c.req.param('id'));
    const row = id && (await readBreach(deps.db, scopeOf(c, deps), id));
    return row ? await show(row) : await c.notFound();
  }

  async function save(c: Context<LibraryEnv>, id: string | null): Promise<Response> {
    const body = await readForm(c);
    const { problems } = textsOf(c).rights.breach;
    const { timezone } = c.get('library').settings.profile;
    const typed = readTyped(body);
    const version = versionOf(body.text('versi'));
    const newId = uuidOf<string>(body.text('kunci'));
    const outcome = await saveBreach(deps.db, deps, scopeOf(c, deps), {
      ...typed,
      id,
      newId,
      version,
      foundAt: instantTyped(body, typed.time, timezone),
    });
    if (outcome.ok) return c.redirect(`/${c.get('library').slug}${path}/${outcome.id}?selesai=1`, 303);
    if (outcome.reason === 'not-allowed' || outcome.reason === 'not-found') return await c.notFound();
    const errors: readonly FieldError[] =
      outcome.reason === 'invalid'
        ? outcome.problems.map(({ field, code }) => ({ field, text: problems[code] }))
        : [{ field: 'title', text: problems['changed-meanwhile'] }];
    c.status(outcome.reason === 'invalid' ? 422 : 409);
    return await breachFormPage(c, { id, newId, version: version ?? 0, typed, errors });
  }
}

const EMPTY: TypedBreach = {
  title: '',
  date: '',
  time: '',
  happened: '',
  cause: '',
  dataKinds: [],
  persons: '',
  measures: '',
  contact: '',
};

function readTyped(body: FormBody): TypedBreach {
  return {
    title: body.text('title'),
    date: dateOf(body, 'ditemukan').text,
    time: body.text('pukul'),
    happened: body.text('happened'),
    cause: body.text('cause'),
    dataKinds: body.texts('dataKinds'),
    persons: body.text('persons').replace(/[ .]/g, ''),
    measures: body.text('measures'),
    contact: body.text('contact'),
  };
}

/** Day and clock of the library; null where either is none. */
function instantTyped(body: FormBody, time: string, zone: string): Date | null {
  const { date } = dateOf(body, 'ditemukan');
  const match = /^([01]?\d|2[0-3])[.:]([0-5]\d)$/.exec(time.trim());
  if (!date || !match) return null;
  return new Date(instantOf(date, Number(match[1]) * 60 + Number(match[2]), zone));
}

function clockOf(at: Date, zone: string): string {
  return formatTime('id', at, zone).split(' ')[0] ?? '';
}

function typedOf(row: BreachRow, zone: string): TypedBreach {
  return {
    title: row.title,
    date: plainDateIn(zone, row.found_at),
    time: clockOf(row.found_at, zone),
    happened: row.happened,
    cause: row.cause,
    dataKinds: row.data_kinds,
    persons: row.persons === null ? '' : String(row.persons),
    measures: row.measures,
    contact: row.contact,
  };
}
