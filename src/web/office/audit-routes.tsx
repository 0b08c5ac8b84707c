import { type Context, Hono } from 'hono';
import type { OfficerId } from '../../domain/ids.ts';
import { plainDateIn } from '../../domain/plain-date.ts';
import { readTypedDate } from '../../domain/typed-date.ts';
import { formatDate, formatNumber, formatTime } from '../../i18n/format.ts';
import {
  type AuditFilter,
  type AuditPage,
  type AuditRow,
  MOST_AUDIT_ROWS,
  searchAudit,
} from '../../usecases/search-audit.ts';
import { type UnusualLooks, unusualLooks } from '../../usecases/unusual-looks.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { SelectField } from '../components/choice-fields.tsx';
import { DataTable } from '../components/data-table.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { TextField } from '../components/text-field.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { droppedIdentityField, refuseIdentityAddress, withoutIdentityNumbers } from '../identity-address.ts';
import { requireFresh } from '../middleware/fresh.ts';
import { requirePermission } from '../middleware/session.ts';
import { uuidOf } from './input.ts';
import type { FieldError } from './member-action-page.tsx';
import { officePage } from './office-page.tsx';

interface Query {
  /** As typed. */
  readonly from: string;
  readonly until: string;
  readonly subject: string;
  readonly filter: AuditFilter;
  /** The field whose number was left out of the address. */
  readonly dropped: string | null;
  /** Of what was typed and cannot be searched: then nothing is shown, rather than everything. */
  readonly errors: readonly FieldError[];
}

/** `/{library}/jejak`: who did what, when, to which id. Never a value. */
export function auditRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const search = requirePermission('audit.search');

  // Posted, so that a NIK typed here never is in an address.
  app.post('/jejak/cari', search, async (c) => {
    const body = await readForm(c);
    const query = queryOf(c, (name) => body.text(name), null);
    return c.redirect(withoutIdentityNumbers(address(c, 'jejak', query, null)), 303);
  });

  app.get('/jejak', search, refuseIdentityAddress(), async (c) => {
    const query = askedOf(c);
    const after = uuidOf<string>(c.req.query('sesudah')) ?? null;
    const outcome = await searchAudit(deps.db, deps, scopeOf(c, deps), { filter: query.filter, after });
    if (!outcome.ok) return c.notFound();
    const looks = await unusualLooks(deps.db, scopeOf(c, deps));
    if (query.errors.length === 0) return page(c, query, after, outcome.page, looks);
    c.status(422);
    return page(c, query, null, { ...outcome.page, rows: [], next: null }, looks);
  });

  app.get('/jejak.csv', search, requireFresh(deps), refuseIdentityAddress(), async (c) => {
    const query = askedOf(c);
    if (query.errors.length > 0) return c.redirect(address(c, 'jejak', query, null), 303);
    const outcome = await searchAudit(deps.db, deps, scopeOf(c, deps), {
      filter: query.filter,
      after: null,
      limit: MOST_AUDIT_ROWS,
    });
    if (!outcome.ok) return c.notFound();
    const { audit } = textsOf(c).office;
    const csv = deps.documents.tableCsv(
      {
        columns: [
          audit.time,
          audit.actor,
          audit.action,
          audit.subjectKind,
          audit.subject,
          audit.fields,
          audit.purpose,
        ].map((title) => ({ title, kind: 'text' as const })),
        rows: [
          // A download that is cut says so in its first row, where nobody overlooks it.
          ...(outcome.page.next === null
            ? []
            : [[audit.cut(formatNumber(c.get('lang'), MOST_AUDIT_ROWS)), '', '', '', '', '', '']]),
          ...outcome.page.rows.map((row) => [
            row.at.toISOString(),
            actorText(c, row),
            row.action,
            row.subjectKind,
            row.subjectId ?? '',
            row.fields.join(' '),
            [row.purpose, row.network === null ? null : audit.network(row.network)]
              .filter((part) => part !== null)
              .join(' · '),
          ]),
        ],
      },
      { separator: c.get('lang') === 'id' ? ';' : ',' },
    );
    return c.body(csv, 200, {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="${c.get('library').slug}-jejak.csv"`,
    });
  });

  return app;
}

function askedOf(c: Context<LibraryEnv>): Query {
  return queryOf(c, (name) => c.req.query(name) ?? '', droppedIdentityField(c));
}

function queryOf(c: Context<LibraryEnv>, value: (name: string) => string, dropped: string | null): Query {
  const from = value('dari').trim();
  const until = value('sampai').trim();
  const action = value('tindakan');
  const subject = value('subjek').trim();
  const days = { from: readTypedDate(from) ?? null, until: readTypedDate(until) ?? null };
  const isSubject = /^[\w.-]{1,40}$/.test(subject);
  const { common, office } = textsOf(c);
  const backwards = days.from !== null && days.until !== null && days.from > days.until;
  const errors: FieldError[] = [
    ...(from !== '' && days.from === null ? [{ field: 'dari', text: common.error.invalidDate }] : []),
    ...(until !== '' && days.until === null ? [{ field: 'sampai', text: common.error.invalidDate }] : []),
    ...(backwards ? [{ field: 'sampai', text: office.audit.backwards }] : []),
    ...(subject !== '' && !isSubject ? [{ field: 'subjek', text: office.audit.subjectWrong }] : []),
    ...(dropped === null
      ? []
      : [
          {
            field: ['dari', 'sampai'].find((field) => field === dropped) ?? 'subjek',
            text: office.audit.identityNumber,
          },
        ]),
  ];
  return {
    from,
    until,
    subject,
    dropped,
    errors,
    filter: {
      ...days,
      actorId: uuidOf<OfficerId>(value('pelaku')) ?? null,
      action: /^[a-z_]{1,30}(\.[a-z_]{1,30})?$/.test(action) ? action : null,
      subjectId: isSubject ? subject : null,
    },
  };
}

function address(c: Context<LibraryEnv>, path: string, query: Query, after: string | null): string {
  const { filter } = query;
  const parts = new URLSearchParams();
  if (query.from !== '') parts.set('dari', query.from);
  if (query.until !== '') parts.set('sampai', query.until);
  if (filter.actorId !== null) parts.set('pelaku', filter.actorId);
  if (filter.action !== null) parts.set('tindakan', filter.action);
  if (query.subject !== '') parts.set('subjek', query.subject);
  // The download beside a search that was refused is refused as well, instead of holding everything.
  if (query.dropped !== null) parts.set('identitas', query.dropped);
  if (after !== null) parts.set('sesudah', after);
  const text = parts.toString();
  return `/${c.get('library').slug}/${path}${text === '' ? '' : `?${text}`}`;
}

function actorText(c: Context<LibraryEnv>, row: AuditRow): string {
  const { audit } = textsOf(c).office;
  return row.actorName ?? audit.actors[row.actorKind];
}

function actionText(c: Context<LibraryEnv>, action: string): string {
  const words: Readonly<Record<string, string>> = textsOf(c).office.audit.actions;
  return words[action] ?? action;
}

/** Fields in the words of the form or of the settings; what has none stays as it is stored. */
function fieldText(c: Context<LibraryEnv>, row: AuditRow, field: string): string {
  const all = textsOf(c);
  const form: Readonly<Record<string, string>> = all.form.fields;
  const settings: Readonly<Record<string, string>> = all.office.settings.fields;
  const own: Readonly<Record<string, string>> = all.office.audit.fieldNames;
  if (row.subjectKind === 'setting') return settings[`${row.subjectId}.${field}`] ?? field;
  const chosen: Readonly<Record<string, string>> = all.merge.fields;
  return form[field] ?? own[field] ?? chosen[field] ?? field;
}

/**
 * A purpose is a code of one of the library's lists, two of them (`no_document:lost`), or the officer's own words: what
 * has no words stays as it is stored.
 */
function purposeText(c: Context<LibraryEnv>, purpose: string): string {
  const all = textsOf(c);
  const lang = c.get('lang');
  const { settings } = c.get('library');
  const own: Readonly<Record<string, string>> = {
    ...all.members.reasons,
    ...all.desk.crossCheck.closed,
    ...all.merge.reasons,
    ...all.merge.undoReasons,
    ...all.office.audit.purposes,
    lending_confirmed: all.members.lendingConfirmed,
  };
  const coded = [
    ...settings.revealReasons,
    ...settings.suspensionReasons,
    ...settings.replacementReasons,
    ...settings.rejectionReasons,
    ...settings.correctionReasons,
    ...settings.noDocumentReasons,
  ];
  const word = (code: string) => coded.find((one) => one.code === code)?.[lang] ?? own[code];
  const parts = purpose.split(':').map(word);
  return word(purpose) ?? (parts.every((part) => part !== undefined) ? parts.join(': ') : purpose);
}

/** All that somebody did. */
function lookedBy(actorId: OfficerId): Query {
  return { ...NO_QUERY, filter: { ...NO_QUERY.filter, actorId } };
}

function page(
  c: Context<LibraryEnv>,
  query: Query,
  after: string | null,
  found: AuditPage,
  looks: readonly UnusualLooks[],
) {
  const all = textsOf(c);
  const { audit } = all.office;
  const lang = c.get('lang');
  const library = c.get('library');
  const { timezone } = library.settings.profile;
  const { filter } = query;
  const error = (field: string) => query.errors.find((one) => one.field === field)?.text;
  return officePage(
    c,
    {
      area: 'audit',
      title: audit.title,
      notices: looks.map(({ officerId, name, numbers, people }) => ({
        tone: 'warning',
        text: (
          <p>
            <a href={address(c, 'jejak', lookedBy(officerId), null)}>
              {audit.looks(name, formatNumber(lang, people), formatNumber(lang, numbers))}
            </a>
          </p>
        ),
      })),
    },
    <>
      <PageHeader title={audit.title} lead={audit.lead}>
        <LinkButton href={address(c, 'jejak.csv', query, null)} variant="secondary" download>
          {audit.csv}
        </LinkButton>
        <LinkButton href={`/${library.slug}/jejak/jangkar`} variant="tertiary">
          {all.office.anchor.link}
        </LinkButton>
      </PageHeader>
      <ErrorSummary title={all.common.error.summaryTitle} errors={query.errors} />
      <form method="post" action={`/${library.slug}/jejak/cari`} class="dp-search" data-even="" novalidate>
        <TextField
          name="dari"
          label={audit.from}
          value={query.from}
          autocomplete="off"
          error={error('dari')}
        />
        <TextField
          name="sampai"
          label={audit.until}
          value={query.until}
          autocomplete="off"
          error={error('sampai')}
        />
        <SelectField
          name="pelaku"
          label={audit.actor}
          value={filter.actorId ?? ''}
          placeholder={audit.all}
          choices={found.officers.map((officer) => ({ value: officer.id, label: officer.name }))}
        />
        <SelectField
          name="tindakan"
          label={audit.action}
          value={filter.action ?? ''}
          placeholder={audit.all}
          choices={[
            ...Object.entries(audit.kinds).map(([value, label]) => ({ value, label })),
            ...Object.entries(audit.actions).map(([value, label]) => ({ value, label: `– ${label}` })),
          ]}
        />
        <TextField
          name="subjek"
          label={audit.subject}
          description={audit.subjectHint}
          value={query.subject}
          error={error('subjek')}
          autocomplete="off"
          code
        />
        <Button>{all.common.action.search}</Button>
      </form>
      <DataTable<AuditRow>
        caption={audit.title}
        hiddenCaption
        rows={found.rows}
        empty={query.errors.length > 0 ? audit.notSearched : audit.empty}
        stack
        columns={[
          {
            label: audit.time,
            cell: (row) => (
              <time datetime={row.at.toISOString()} class="dp-nowrap">
                {formatDate(lang, plainDateIn(timezone, row.at))}
                <br />
                <span class="dp-small dp-muted">{formatTime(lang, row.at, timezone, { seconds: true })}</span>
              </time>
            ),
          },
          { label: audit.actor, cell: (row) => actorText(c, row) },
          { label: audit.action, rowHeader: true, cell: (row) => actionText(c, row.action) },
          {
            label: audit.subject,
            cell: (row) =>
              row.subjectId === null ? (
                '–'
              ) : (
                <a
                  class="dp-code dp-small"
                  href={address(c, 'jejak', { ...NO_QUERY, subject: row.subjectId }, null)}
                >
                  {row.subjectId.length > 20 ? `…${row.subjectId.slice(-12)}` : row.subjectId}
                </a>
              ),
          },
          {
            label: audit.fields,
            cell: (row) =>
              row.fields.length === 0 ? '–' : row.fields.map((field) => fieldText(c, row, field)).join(', '),
          },
          {
            label: audit.purpose,
            cell: (row) =>
              [
                ...(row.purpose === null ? [] : [purposeText(c, row.purpose)]),
                ...(row.network === null ? [] : [audit.network(row.network)]),
              ].join(' · ') || '–',
          },
        ]}
      />
      {(after !== null || found.next !== null) && (
        <nav class="dp-pages" aria-label={all.common.pagination.label}>
          {after === null ? <span /> : <a href={address(c, 'jejak', query, null)}>{audit.newest}</a>}
          {found.next !== null && (
            <LinkButton href={address(c, 'jejak', query, found.next)} variant="secondary">
              {audit.older}
            </LinkButton>
          )}
        </nav>
      )}
    </>,
  );
}

const NO_FILTER: AuditFilter = { from: null, until: null, actorId: null, action: null, subjectId: null };
const NO_QUERY: Query = { from: '', until: '', subject: '', dropped: null, errors: [], filter: NO_FILTER };
