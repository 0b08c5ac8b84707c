import type { Context } from 'hono';
import { formatPhone } from '../../domain/phone.ts';
import { VISIT_KINDS } from '../../domain/visit.ts';
import { formatDateTime, formatNumber } from '../../i18n/format.ts';
import { VISIT_REASONS } from '../../usecases/correct-visit.ts';
import type { ListedVisit } from '../../usecases/list-visits.ts';
import { assetUrl } from '../assets.ts';
import { Alert } from '../components/alert.tsx';
import { Button } from '../components/button.tsx';
import { SelectField } from '../components/choice-fields.tsx';
import { DefinitionList } from '../components/definition-list.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { TextField } from '../components/text-field.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import type { ShownProblem } from '../kiosk/group-form.tsx';
import { type Notice, officePage } from '../office/office-page.tsx';
import { VisitTags } from './day-page.tsx';
import { VisitFields, type VisitValues } from './visit-form.tsx';
import { purposeName, servicePointName, visitorName, voidReasonText } from './visit-words.ts';

export interface RecordView {
  readonly values: VisitValues;
  readonly submitKey: string;
  readonly problems: readonly ShownProblem[];
}

/** `/{library}/kunjungan/catat`: an officer writes a visit at the counter. */
export function recordPage(c: Context<LibraryEnv>, view: RecordView) {
  const { kiosk, common } = textsOf(c);
  const { visits } = kiosk;
  const base = `/${c.get('library').slug}/kunjungan`;
  const { kind } = view.values;
  return officePage(
    c,
    {
      area: 'visits',
      title: visits.recordTitle,
      back: { href: base, label: visits.title },
      islands: ['scanner-input', 'kiosk-sums'],
      head: groupStyles(),
    },
    <div class="dp-main--narrow dp-stack">
      <PageHeader title={visits.recordTitle} />
      <nav class="dp-row" aria-label={visits.columns.kind}>
        {VISIT_KINDS.map((one, index) => (
          <a
            class="ds-button"
            data-variant={one === kind ? 'secondary' : 'tertiary'}
            href={`${base}/catat?jenis=${one}`}
            aria-current={one === kind ? 'page' : undefined}
            aria-keyshortcuts={String(index + 1)}
          >
            {visits.kinds[one]}
          </a>
        ))}
      </nav>
      <ErrorSummary title={common.error.summaryTitle} errors={view.problems} />
      <scanner-input>
        <form method="post" action={`${base}/catat`} class="dp-stack" autocomplete="off" novalidate>
          <input type="hidden" name="kunci" value={view.submitKey} />
          <VisitFields c={c} values={view.values} problems={view.problems} />
          <Button>{visits.save}</Button>
        </form>
      </scanner-input>
    </div>,
  );
}

export interface VisitView extends RecordView {
  readonly visit: ListedVisit;
  readonly mayRecord: boolean;
  /** A refused reason stands at the form it was sent from. */
  readonly reason: { readonly of: 'perbaiki' | 'batal'; readonly code: string; readonly note: string } | null;
  readonly notices: readonly Notice[];
}

/** `/{library}/kunjungan/{id}`: one entry, to be corrected or voided with a reason. */
export function visitPage(c: Context<LibraryEnv>, view: VisitView) {
  const { kiosk, common } = textsOf(c);
  const { visits } = kiosk;
  const { visit } = view;
  const library = c.get('library');
  const base = `/${library.slug}/kunjungan`;
  const zone = library.settings.profile.timezone;
  const open = view.mayRecord && visit.voidedAt === null;
  return officePage(
    c,
    {
      area: 'visits',
      title: visits.detailTitle,
      back: { href: `${base}?tanggal=${visit.day}`, label: visits.title },
      notices: view.notices,
      islands: ['kiosk-sums'],
      head: groupStyles(),
    },
    <div class="dp-main--narrow dp-stack">
      <PageHeader
        eyebrow={visits.kinds[visit.kind]}
        title={visitorName(c, visit)}
        lead={formatDateTime(c.get('lang'), visit.at, zone)}
      >
        <VisitTags c={c} visit={visit} />
      </PageHeader>
      {visit.voidedAt !== null && (
        <Alert tone="warning">
          {visits.voidedOn(
            formatDateTime(c.get('lang'), visit.voidedAt, zone),
            voidReasonText(c, visit.voidReason ?? ''),
          )}
        </Alert>
      )}
      {!visit.counted && visit.voidedAt === null && <Alert tone="info">{visits.repeatAbout}</Alert>}
      <DefinitionList items={facts(c, visit)} />
      <ErrorSummary title={common.error.summaryTitle} errors={view.problems} />
      {open && (
        <>
          <details class="ds-details" open={view.problems.length > 0 && view.reason?.of !== 'batal'}>
            <summary>{visits.correct}</summary>
            <form method="post" action={`${base}/${visit.id}/perbaiki`} class="dp-stack" novalidate>
              <p class="dp-muted">{visits.correctAbout}</p>
              <input type="hidden" name="kunci" value={view.submitKey} />
              <VisitFields
                c={c}
                values={view.values}
                problems={view.problems}
                memberNote={<p>{visitorName(c, visit)}</p>}
              />
              <Reason c={c} view={view} of="perbaiki" />
              <Button>{visits.correct}</Button>
            </form>
          </details>
          <details class="ds-details" open={view.reason?.of === 'batal'}>
            <summary>{visits.void}</summary>
            <form method="post" action={`${base}/${visit.id}/batal`} class="dp-stack" novalidate>
              <p class="dp-muted">{visits.voidAbout}</p>
              <Reason c={c} view={view} of="batal" />
              <Button tone="danger">{visits.void}</Button>
            </form>
          </details>
        </>
      )}
    </div>,
  );
}

function Reason(props: {
  readonly c: Context<LibraryEnv>;
  readonly view: VisitView;
  readonly of: 'perbaiki' | 'batal';
}) {
  const { kiosk, common } = textsOf(props.c);
  const { visits } = kiosk;
  const given = props.view.reason?.of === props.of ? props.view.reason : null;
  const id = `${props.of}-alasan`;
  return (
    <div class="dp-cols">
      <SelectField
        name="alasan"
        id={id}
        label={visits.reason}
        value={given?.code ?? ''}
        error={given === null ? undefined : props.view.problems.find((one) => one.field === id)?.text}
        placeholder={common.field.choose}
        choices={VISIT_REASONS.map((code) => ({ value: code, label: visits.reasons[code] }))}
        required
      />
      <TextField
        name="keterangan"
        id={`${props.of}-keterangan`}
        label={visits.note}
        description={visits.noteAbout}
        value={given?.note ?? ''}
        maxlength={200}
        autocomplete="off"
      />
    </div>
  );
}

function facts(c: Context<LibraryEnv>, visit: ListedVisit) {
  const { kiosk, form, common } = textsOf(c);
  const { visits } = kiosk;
  const lang = c.get('lang');
  const word = (list: Readonly<Record<string, string>>, code: string | null) =>
    code === null ? visits.notSaid : (list[code] ?? code);
  const items: { label: string; value: string }[] = [
    { label: kiosk.purpose.label, value: purposeName(c, visit.purpose) },
    { label: visits.columns.servicePoint, value: servicePointName(c, visit.servicePointId) },
    { label: visits.columns.persons, value: formatNumber(lang, visit.persons) },
    {
      label: visits.columns.recordedBy,
      value: visit.deviceId === null ? visits.officer : visits.device,
    },
  ];
  if (visit.member !== null)
    items.unshift(
      { label: visits.memberNumber, value: visit.member.number },
      {
        label: visits.state,
        value:
          visit.member.state === 'active' && visit.member.expired
            ? visits.expired
            : common.memberState[visit.member.state],
      },
    );
  if (visit.kind === 'non_member')
    items.push(
      { label: visits.sex, value: word(form.choices.sex, visit.sex) },
      { label: visits.education, value: word(form.choices.education, visit.education) },
      { label: visits.occupation, value: word(form.choices.occupation, visit.occupation) },
    );
  if (visit.kind === 'group' && visit.counts !== null) {
    const { bySex, byEducation, byOccupation } = visit.counts;
    const sums = (numbers: Readonly<Record<string, number>>, words: Readonly<Record<string, string>>) =>
      Object.entries(numbers)
        .filter(([, number]) => number > 0)
        .map(([code, number]) => `${words[code] ?? code} ${formatNumber(lang, number)}`)
        .join(', ') || visits.notSaid;
    items.unshift({ label: kiosk.group.leader, value: visit.name ?? visits.noName });
    if (visit.phone !== null) items.push({ label: visits.phone, value: formatPhone(visit.phone) });
    items.push(
      { label: visits.sex, value: sums(bySex as Record<string, number>, form.choices.sex) },
      { label: visits.education, value: sums(byEducation as Record<string, number>, form.choices.education) },
      {
        label: visits.occupation,
        value: sums(byOccupation as Record<string, number>, form.choices.occupation),
      },
    );
  }
  return items;
}

/** The counts of a group are drawn as at the kiosk. */
function groupStyles() {
  return <link rel="stylesheet" href={assetUrl('kiosk-pages.css')} />;
}
