import type { FieldName } from '../../domain/form-fields.ts';
import { DIFFERENT_REASONS } from '../../domain/member-merge.ts';
import { plainDateIn } from '../../domain/plain-date.ts';
import { formatTicketCode } from '../../domain/ticket-code.ts';
import { formatDate, formatPercent } from '../../i18n/format.ts';
import { NOBODY_ALIKE } from '../../usecases/cross-check.ts';
import type { ShownCandidate } from '../../usecases/read-case.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { MatchReasons } from '../components/match-reasons.tsx';
import { Tag } from '../components/tag.tsx';
import type { CasePanelProps } from './panel-props.ts';
import { codedText, groupDigits, valueText } from './words.ts';

/** How the comparison with members and open cases ended, or the people who have to be judged. */
export function CrossCheckPanel(props: CasePanelProps) {
  const { view, state, texts, base } = props;
  const { crossCheck } = texts.desk;
  if (state === 'done' || view.row.state === 'already_member') {
    const last = view.history.crossChecks.at(-1);
    const reason = last?.reason ?? last?.outcome ?? 'nobody_alike';
    return <p>{crossCheck.closed[reason] ?? reason}</p>;
  }
  if (view.candidates.length === 0)
    return state === 'current' && view.allowed.has('cross_check') ? (
      <form method="post" action={`${base}/kros-cek`}>
        <Button fullWidth name="alasan" value={NOBODY_ALIKE} shortcut="Enter">
          {crossCheck.nobodyGoOn}
        </Button>
      </form>
    ) : (
      <p class="dp-muted">{state === 'current' ? crossCheck.nobody : crossCheck.waits}</p>
    );
  // Judged when it is its turn: until then a line says that somebody will have to be.
  return state === 'current' ? <Judgement {...props} /> : <ToJudge {...props} />;
}

function ToJudge({ view, texts, lang }: CasePanelProps) {
  const { crossCheck } = texts.desk;
  return (
    <p>
      {crossCheck.toJudge(view.candidates.length)}{' '}
      {view.candidates
        .map((candidate) => `${titleOf(texts, candidate)} (${formatPercent(lang, candidate.score, 0)})`)
        .join(', ')}
    </p>
  );
}

function titleOf(texts: CasePanelProps['texts'], candidate: ShownCandidate): string {
  const { crossCheck } = texts.desk;
  return candidate.kind === 'member'
    ? crossCheck.member(candidate.number)
    : crossCheck.openCase(formatTicketCode(candidate.ticketCode));
}

function Judgement(props: CasePanelProps) {
  const { view, texts, base } = props;
  const { crossCheck, actions } = texts.desk;
  // Whoever may put the case before the Sub Koordinator may judge it too: one row of keys.
  const escalates = view.allowed.has('escalate') && view.allowed.has('cross_check');
  return (
    <div class="dp-stack" data-gap="s">
      <PeopleAlike {...props} />
      <div class="dp-answers">
        {view.allowed.has('cross_check') && (
          <form method="post" action={`${base}/kros-cek`}>
            <input type="hidden" name="versi" value={String(view.row.version)} />
            <input type="hidden" name="dilihat" value={view.candidates.map(({ id }) => id).join(' ')} />
            <fieldset class="ds-fieldset">
              <legend class="dp-small">{crossCheck.isNew}</legend>
              <div class="dp-keygrid">
                {DIFFERENT_REASONS.map((reason, index) => (
                  <Button variant="secondary" name="alasan" value={reason} shortcut={String(index + 1)}>
                    {crossCheck.newReasons[reason]}
                  </Button>
                ))}
                {escalates && (
                  <Button variant="tertiary" shortcut="K" attrs={{ form: 'duplikat' }}>
                    {actions.escalate}
                  </Button>
                )}
              </div>
            </fieldset>
          </form>
        )}
        {escalates && (
          <form method="post" action={`${base}/ke-koordinator`} id="duplikat">
            <input type="hidden" name="jenis" value="duplicate" />
          </form>
        )}
      </div>
    </div>
  );
}

/** Everybody alike beside the applicant, the closest first, each with what can be done about that person. */
export function PeopleAlike(props: CasePanelProps) {
  const { view, texts } = props;
  for (const candidate of view.candidates) props.shows(candidate);
  return (
    <>
      <p>
        <strong>{texts.desk.crossCheck.found(view.candidates.length)}</strong>
      </p>
      <ol class="dp-alike">
        {view.candidates.map((candidate, index) => (
          <li>
            <Person {...props} candidate={candidate} index={index} />
          </li>
        ))}
      </ol>
    </>
  );
}

/** "This is the person", or a look at the other case. */
function ActOn(props: PersonProps) {
  const { view, texts, base, state, candidate, index } = props;
  const { crossCheck } = texts.desk;
  if (candidate.kind === 'application')
    return (
      <LinkButton href={base.replace(/[^/]+$/, candidate.id)} variant="secondary">
        {crossCheck.openIt}
      </LinkButton>
    );
  if (!view.allowed.has('conclude_already_member')) return null;
  return (
    <form method="post" action={`${base}/sudah-anggota`}>
      <input type="hidden" name="versi" value={String(view.row.version)} />
      <Button
        name="anggota"
        value={candidate.id}
        variant={index === 0 && state === 'current' ? 'primary' : 'secondary'}
        shortcut={index < 5 ? String(index + 5) : undefined}
      >
        {crossCheck.isMember}
      </Button>
    </form>
  );
}

function isLapsed(
  candidate: Extract<ShownCandidate, { kind: 'member' }>,
  { library, now }: CasePanelProps,
): boolean {
  const today = plainDateIn(library.settings.profile.timezone, now);
  return candidate.validUntil !== null && candidate.validUntil < today;
}

const COMPARED: readonly FieldName[] = [
  'name',
  'birth_date',
  'sex',
  'document_type',
  'document_number',
  'phone',
  'address_village',
];

type PersonProps = CasePanelProps & { readonly candidate: ShownCandidate; readonly index: number };

/** One of those alike beside the applicant, what differs marked, with the reasons in words. */
function Person(props: PersonProps) {
  const { candidate, view, texts, lang, library } = props;
  const { crossCheck, data } = texts.desk;
  const other = otherValues(candidate);
  const title = titleOf(texts, candidate);
  return (
    <>
      <div class="dp-alike__head">
        <strong>{title}</strong>
        <Tag tone={candidate.verdict === 'same' ? 'danger' : 'warning'}>
          {crossCheck.verdicts[candidate.verdict]}
        </Tag>
        <span class="dp-small dp-muted">{crossCheck.score(formatPercent(lang, candidate.score, 0))}</span>
        {candidate.kind === 'member' && (
          <span class="dp-small dp-muted">
            {isLapsed(candidate, props) ? crossCheck.lapsed : crossCheck.memberStates[candidate.memberState]}
            {', '}
            {candidate.validUntil === null
              ? crossCheck.lifetime
              : crossCheck.validUntil(formatDate(lang, candidate.validUntil))}
          </span>
        )}
        <div class="dp-alike__act">
          <ActOn {...props} />
        </div>
      </div>
      <section class="dp-scroll dp-compare" tabindex={0} aria-label={`${crossCheck.compare}: ${title}`}>
        <table class="ds-table">
          <thead>
            <tr>
              <th scope="col">{crossCheck.field}</th>
              <th scope="col">{crossCheck.applicant}</th>
              <th scope="col">{title}</th>
            </tr>
          </thead>
          <tbody>
            {COMPARED.map((name) => {
              const mine = compared(props, name, view.values);
              const theirs = compared(props, name, other);
              const mark =
                name === 'document_number'
                  ? candidate.documentNumber
                  : mine !== '' && theirs !== '' && mine !== theirs
                    ? 'different'
                    : null;
              return (
                <tr>
                  <th scope="row">{texts.desk.compareLabels[name] ?? name}</th>
                  <td>{mine || <span class="dp-muted">{data.none}</span>}</td>
                  <td data-differs={mark === 'different' ? '' : undefined}>
                    {theirs || <span class="dp-muted">{data.none}</span>}
                    {mark !== null && (
                      <>
                        {' '}
                        <small>({mark === 'same' ? crossCheck.same : crossCheck.differs})</small>
                      </>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      {candidate.notAlso !== null && (
        <p class="dp-small">
          {crossCheck.notAlso(
            view.candidates
              .filter(({ id }) => id === candidate.notAlso)
              .map((one) => titleOf(texts, one))
              .join(''),
          )}
        </p>
      )}
      <p class="dp-small">
        <MatchReasons reasons={candidate.reasons.slice(0, 5)} words={texts.matching.reasons} />
      </p>
    </>
  );

  function otherValues(one: ShownCandidate): Readonly<Partial<Record<FieldName, string>>> {
    const { person } = one;
    const values: Partial<Record<FieldName, string | null>> = {
      name: person.name,
      birth_date: person.birth_date,
      sex: person.sex,
      document_type: person.document_type,
      // Masked as everywhere: whether it is the same number, the keyed hash says.
      document_number: one.maskedNumber,
      phone: person.phone,
      address_village: person.present_same ? person.address_village : person.present_village,
    };
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
  }

  function compared(
    words: CasePanelProps,
    name: FieldName,
    values: Readonly<Partial<Record<FieldName, string>>>,
  ): string {
    if (name === 'address_village') {
      const same = values.present_same !== 'different';
      const code = (same ? values.address_village : values.present_village) ?? '';
      return view.regions[code] ?? code;
    }
    if (name === 'document_type' && values.document_type === undefined) return '';
    if (name === 'document_number') return groupDigits(values.document_number ?? '');
    const text = valueText(words, name, values, view.regions);
    return name === 'no_document_reason' ? codedText(lang, library.settings.noDocumentReasons, text) : text;
  }
}
