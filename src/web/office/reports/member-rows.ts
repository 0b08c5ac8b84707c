import type { Context } from 'hono';
import {
  MEMBER_DIMENSIONS,
  type MemberDimension,
  type MemberFigureRow,
  type MemberMeasure,
} from '../../../db/report-member.ts';
import { formatShortDate } from '../../../i18n/format.ts';
import { listMembersOfFigure } from '../../../usecases/report-members.ts';
import { readDistrictNames } from '../../../usecases/report-places.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { memberGroupName } from './member-sheet.ts';
import type { AskedReport } from './report-request.ts';
import { link, type ReportTable, tableOf } from './report-table.ts';
import { type MemberWords, wordsOf } from './report-words.ts';
import { rowPage, rowsPage } from './rows-page.tsx';

type C = Context<LibraryEnv>;

/** The members behind a figure. */
export async function memberRows(c: C, deps: WebDeps, asked: AskedReport) {
  const measure = memberMeasure(c.req.query('apa') ?? '');
  if (!measure) return c.notFound();
  const by = c.req.query('menurut') ?? '';
  const value = c.req.query('nilai') ?? '';
  const dimension = (MEMBER_DIMENSIONS as readonly string[]).includes(by) ? (by as MemberDimension) : null;
  const group = dimension === null ? null : { dimension, value };
  const page = rowPage(c);
  const found = await listMembersOfFigure(deps.db, deps, scopeOf(c, deps), asked, measure, group, page);
  if (!found.ok) return c.notFound();
  const districts = await readDistrictNames(deps.db, [
    ...found.rows.flatMap(({ district }) => (district === null ? [] : [district])),
    ...(dimension === 'district' ? [value] : []),
  ]);
  const words = { ...wordsOf(c, asked), districts };
  const groupName = group === null ? [] : [memberGroupName(words, group.dimension, group.value)];
  return rowsPage(c, {
    asked,
    page: page.page,
    part: 'members',
    what: [measureName(words, measure), ...groupName].join(' · '),
    total: found.total,
    table: memberTable(words, found.rows),
  });
}

const STATUSES = ['registered', 'active', 'expired', 'suspended', 'cleared', 'ended'] as const;

/** `standing.closing.active`, `flow.joined`, `active.out.expired` as the tables write them. */
function memberMeasure(text: string): MemberMeasure | undefined {
  const [kind, second = '', third = ''] = text.split('.');
  if (kind === 'standing' && (second === 'opening' || second === 'closing')) {
    const status = STATUSES.find((each) => each === third);
    return status && { kind, at: second, status };
  }
  if (kind === 'flow') {
    const flow = (['joined', 'reactivated', 'ended', 'renewed'] as const).find((each) => each === second);
    return flow && { kind, flow };
  }
  if (kind === 'active' && (second === 'in' || second === 'out')) return { kind, way: second, cause: third };
  return undefined;
}

function measureName({ texts }: MemberWords, measure: MemberMeasure): string {
  const { members } = texts.reports;
  switch (measure.kind) {
    case 'standing': {
      const status =
        measure.status === 'registered' ? members.registered : texts.common.memberState[measure.status];
      return `${measure.at === 'opening' ? members.opening : members.closing}, ${status}`;
    }
    case 'flow':
      if (measure.flow === 'ended') return members.out.ended;
      return measure.flow === 'renewed' ? members.renewals : members.in[measure.flow];
    case 'active': {
      const names: Readonly<Record<string, string>> = measure.way === 'in' ? members.in : members.out;
      return `${members.active}: ${names[measure.cause] ?? measure.cause}`;
    }
  }
}

function memberTable(words: MemberWords, rows: readonly MemberFigureRow[]): ReportTable {
  const { asked, texts } = words;
  const text = texts.reports.rows;
  const day = (value: MemberFigureRow['validUntil']) => ({
    value,
    text: value === null ? '–' : formatShortDate(asked.lang, value),
  });
  return tableOf<MemberFigureRow>(
    { key: 'baris', title: text.members },
    [
      {
        title: text.number,
        kind: 'text',
        cell: ({ number, memberId }) => ({
          value: number ?? text.erased,
          ...link(number === null ? undefined : `/${asked.slug}/anggota/${memberId}`),
        }),
      },
      { title: text.name, kind: 'text', cell: ({ name }) => ({ value: name ?? text.erased }) },
      {
        title: text.memberType,
        kind: 'text',
        cell: ({ memberType }) => ({ value: memberGroupName(words, 'type', memberType) }),
      },
      {
        title: text.district,
        kind: 'text',
        cell: ({ district }) => ({
          value: district === null ? '–' : memberGroupName(words, 'district', district),
        }),
      },
      { title: text.event, kind: 'text', cell: ({ cause }) => ({ value: text.causes[cause] }) },
      { title: text.date, kind: 'date', cell: (row) => day(row.day) },
      { title: text.validUntil, kind: 'date', cell: ({ validUntil }) => day(validUntil) },
      {
        title: text.status,
        kind: 'text',
        cell: ({ status }) => ({ value: texts.common.memberState[status] }),
      },
    ],
    rows,
  );
}
