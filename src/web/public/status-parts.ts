import type { ApplicationEventRow } from '../../db/application.ts';
import { type FieldName, FORM_GROUPS } from '../../domain/form-fields.ts';
import { formatPhone, parsePhone } from '../../domain/phone.ts';
import { actsInOrder, OPTIONAL_ACTS, type ProcedureStep, type StepAct } from '../../domain/procedure.ts';
import { formatDate, formatDateTime, formatDuration } from '../../i18n/format.ts';
import type { ServiceTexts } from '../../i18n/id/service.ts';
import type { StatusTexts } from '../../i18n/id/status.ts';
import type { Lang } from '../../i18n/index.ts';
import type { LibraryContext } from '../../usecases/context.ts';
import type { StatusView } from '../../usecases/view-status.ts';
import type { Step } from '../components/steps.tsx';
import type { TimelineEntry } from '../components/timeline.tsx';
import type { FormWords } from './form-words.ts';

/** What to bring, from what this person told and what the procedure accepts. */
export function bringList(
  view: StatusView,
  library: LibraryContext,
  lang: Lang,
  words: StatusTexts,
  service: ServiceTexts,
): readonly string[] {
  const { row, procedure } = view;
  const accepted = procedure.documents.find((document) => document.type === row.document_type);
  const name = row.document_type === null ? '' : service.documents[row.document_type];
  const document =
    row.document_type === null
      ? words.bring.noDocument
      : (accepted?.forms.includes('copy') ? words.bring.copyAllowed : words.bring.document)(name);
  const requirement = library.settings.memberTypes.find((type) => type.code === row.member_type)?.requirement[
    lang
  ];
  return [
    document,
    ...(requirement ? [words.bring.type(requirement.replace(/\.$/, ''))] : []),
    ...(view.row.guardian_name !== null ? [words.bring.guardian] : []),
    words.bring.ticket,
  ];
}

/** The procedure's steps as this case stands in them; what nobody needs is left out. */
export function nextSteps(view: StatusView, lang: Lang, words: StatusTexts): readonly Step[] {
  const { row, procedure } = view;
  const done = new Set<StepAct>(row.done_acts);
  const order = actsInOrder(procedure);
  const steps = procedure.steps.filter((step) => step.acts.length > 0 && isNeeded(step, done));
  const isDone = (step: ProcedureStep) =>
    step.acts.every((act) => done.has(act) || (OPTIONAL_ACTS.includes(act) && laterDone(order, act, done)));
  const current = steps.find((step) => !isDone(step));
  return steps.map((step) => {
    const atHome = step.acts.every((act) => act === 'fill_form') && isDone(step) && row.channel === 'phone';
    return {
      title: step.text,
      state: isDone(step) ? 'done' : step === current ? 'current' : 'upcoming',
      meta: atHome
        ? words.stepAtHome
        : step.standardSeconds === null
          ? undefined
          : formatDuration(lang, step.standardSeconds),
    };
  });
}

/** A revision is shown only where there was one. */
function isNeeded(step: ProcedureStep, done: ReadonlySet<StepAct>): boolean {
  return step.acts.some((act) => act === 'arrive' || !OPTIONAL_ACTS.includes(act) || done.has(act));
}

/** An optional act that was passed over: something after it is done already. */
function laterDone(order: readonly StepAct[], act: StepAct, done: ReadonlySet<StepAct>): boolean {
  const later = order
    .slice(order.indexOf(act) + 1)
    .filter((each) => each !== 'fill_form' && each !== 'photo');
  return later.some((each) => done.has(each));
}

/** The answers of the form, groups in order, empty ones left out. */
export function dataItems(
  view: Pick<StatusView, 'values' | 'regions'>,
  words: FormWords,
  status: StatusTexts,
): readonly { readonly label: string; readonly value: string }[] {
  const { values } = view;
  const shown = FORM_GROUPS.filter((group) => group.name !== 'consent').flatMap((group) =>
    group.fields.flatMap((field) => {
      if (field.name === 'guardian_consent' || skipped(view, field.name)) return [];
      const value = values[field.name];
      return value
        ? [{ label: words.label(field.name, values), value: shownValue(view, words, field.name, value) }]
        : [];
    }),
  );
  return shown.length > 0 ? shown : [{ label: status.data.title, value: status.data.none }];
}

function skipped(view: Pick<StatusView, 'values'>, name: FieldName): boolean {
  return name.startsWith('present_') && name !== 'present_same' && view.values.present_same === 'same';
}

function shownValue(
  view: Pick<StatusView, 'regions'>,
  words: FormWords,
  name: FieldName,
  value: string,
): string {
  switch (name) {
    case 'birth_date':
      return formatDate(words.lang, value);
    case 'address_village':
    case 'present_village':
      return view.regions.get(value) ?? value;
    case 'phone':
    case 'guardian_phone': {
      const read = parsePhone(value);
      return read.ok ? formatPhone(read.phone) : value;
    }
    default:
      return words.choice(name, value);
  }
}

/** What happened, in the applicant's words; what only matters inside is left out. */
export function timelineEntries(
  view: StatusView,
  library: LibraryContext,
  lang: Lang,
  words: StatusTexts,
): readonly TimelineEntry[] {
  const zone = library.settings.profile.timezone;
  return view.events.flatMap((event) => {
    const title = eventTitle(event, words);
    return title === undefined
      ? []
      : [
          {
            title,
            meta: formatDateTime(lang, event.effective_at, zone),
            at: event.effective_at.toISOString(),
          },
        ];
  });
}

function eventTitle(event: ApplicationEventRow, words: StatusTexts): string | undefined {
  const { timeline } = words;
  if (event.to_state === 'approved' || event.act === 'issue_card') return timeline.approved;
  if (event.to_state === 'already_member') return timeline.already_member;
  if (event.to_state === 'rejected') return timeline.rejected;
  if (event.to_state === 'cancelled') return timeline.cancelled;
  if (event.to_state === 'lapsed') return timeline.lapsed;
  switch (event.kind) {
    case 'submitted':
      return timeline.submitted;
    case 'edited':
      return timeline.edited;
    case 'arrived':
    case 'ticket_scanned':
      return timeline.arrived;
    case 'taken':
      return timeline.taken;
    case 'guardian_consented':
      return timeline.guardian_consented;
    case 'correction_requested':
      return timeline.correction_requested;
    case 'correction_answered':
      return timeline.correction_answered;
  }
  if (event.act === 'photo') return timeline.photo;
  if (event.act === 'print_card') return timeline.print_card;
  if (event.act === 'hand_over') return timeline.hand_over;
  return undefined;
}
