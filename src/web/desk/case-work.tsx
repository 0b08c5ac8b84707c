import type { Child } from 'hono/jsx';
import type { Phone } from '../../domain/ids.ts';
import { waNumber } from '../../domain/phone.ts';
import { formatDate } from '../../i18n/format.ts';
import type { FullNumbers } from '../../usecases/reveal-number.ts';
import { Alert } from '../components/alert.tsx';
import { Button, LinkButton } from '../components/button.tsx';
import { Icon } from '../components/icon.tsx';
import { ShownKey } from '../components/key-hint.tsx';
import { Tag } from '../components/tag.tsx';
import { CardPanel } from './card-panel.tsx';
import {
  CLEAN,
  EscalateForm,
  ExceptionForm,
  type FormState,
  GuardianForm,
  type Openable,
  RejectForm,
  RequestCorrection,
  RevealedNumbers,
  RevealForm,
  ScanForm,
  TakeOverForm,
  WithdrawForm,
} from './case-forms.tsx';
import { type DeskStep, deskSteps } from './case-steps.ts';
import { CrossCheckPanel } from './cross-check-panel.tsx';
import { IdentityPanel } from './identity-panel.tsx';
import type { CasePanelProps, PanelState } from './panel-props.ts';
import { PhotoPanel } from './photo-panel.tsx';
import { codedText } from './words.ts';

/** What the page opened in the place of the steps, and what was typed into it. */
export interface OpenState {
  readonly open?: Openable | null;
  readonly form?: FormState;
  readonly numbers?: FullNumbers | undefined;
}

type WorkProps = CasePanelProps & { readonly page: OpenState };

/** The one thing to do now; a panel that was opened stands in its place. */
export function Work(props: WorkProps) {
  const { view, texts, page, base } = props;
  const { desk } = texts;
  const form = page.form ?? CLEAN;
  const open = page.open ?? null;
  if (page.numbers !== undefined)
    return (
      <Opened title={desk.reveal.title} base={base} texts={texts}>
        <RevealedNumbers texts={texts} numbers={page.numbers} />
      </Opened>
    );
  if (open !== null) {
    const titles: Record<Openable, string> = {
      'minta-perbaikan': desk.correction.title,
      tolak: desk.rejection.title,
      koordinator: desk.escalation.title,
      'ambil-alih': desk.takeOver.title,
      nomor: desk.reveal.title,
      wali: desk.guardian.title,
      pindaian: desk.scans.title,
      batal: desk.withdraw.title,
    };
    return (
      <Opened title={titles[open]} base={base} texts={texts}>
        <OpenForm {...props} form={form} open={open} />
      </Opened>
    );
  }
  if (view.row.state === 'already_member') return <AlreadyMember {...props} />;
  if (view.row.closed_at !== null && view.row.state !== 'completed') return <Closed {...props} />;
  return (
    <>
      {view.row.state !== 'in_review' || !view.heldByMe ? <Waiting {...props} /> : null}
      {view.guardianMissing && view.heldByMe && (
        <Alert tone="warning">
          <p>{desk.guardian.missing}</p>
          {view.allowed.has('consent_as_guardian') && (
            <LinkButton href={`${base}?buka=wali`} variant="secondary" shortcut="W">
              {desk.actions.consent}
            </LinkButton>
          )}
        </Alert>
      )}
      <Steps {...props} />
    </>
  );
}

function Opened(props: {
  readonly title: string;
  readonly base: string;
  readonly texts: CasePanelProps['texts'];
  readonly children?: Child;
}) {
  return (
    <section class="dp-panel dp-opened" aria-labelledby="terbuka">
      <div class="dp-panel__head">
        <h2 id="terbuka">{props.title}</h2>
        <LinkButton href={props.base} variant="tertiary" shortcut="Escape">
          {props.texts.common.action.cancel}
        </LinkButton>
      </div>
      {props.children}
    </section>
  );
}

function OpenForm(props: WorkProps & { readonly form: FormState; readonly open: Openable }) {
  switch (props.open) {
    case 'minta-perbaikan':
      return <RequestCorrection {...props} />;
    case 'tolak':
      return <RejectForm {...props} />;
    case 'koordinator':
      return <EscalateForm {...props} />;
    case 'ambil-alih':
      return <TakeOverForm {...props} />;
    case 'nomor':
      return <RevealForm {...props} />;
    case 'wali':
      return <GuardianForm {...props} />;
    case 'pindaian':
      return <ScanForm {...props} />;
    case 'batal':
      return <WithdrawForm {...props} />;
  }
}

/** For whom the case waits, and how this officer gets it. */
function Waiting(props: WorkProps) {
  const { view, texts, base, page } = props;
  const { desk } = texts;
  const { row } = view;
  const sentence =
    row.held_by !== null && !view.heldByMe
      ? desk.case.waitingFor.other(view.officers.get(row.held_by) ?? '')
      : view.escalation !== null
        ? desk.case.waitingFor.coordinator
        : row.state === 'waiting_guardian'
          ? desk.case.waitingFor.waiting_guardian
          : row.state === 'needs_correction'
            ? desk.case.waitingFor.needs_correction
            : row.held_by === null && row.state !== 'completed' && row.state !== 'approved'
              ? desk.case.waitingFor.submitted
              : null;
  const takes = view.allowed.has('take');
  const endorses = view.allowed.has('endorse');
  if (sentence === null && !takes && !view.allowed.has('take_over')) return null;
  return (
    <section class="dp-panel dp-now" id="panel-menunggu" data-live="" aria-label={desk.case.nextStep}>
      {sentence !== null && !endorses && <p>{sentence}</p>}
      {view.escalation !== null && <ExceptionForm {...props} form={page.form ?? CLEAN} />}
      {row.state === 'needs_correction' && <SendMessage {...props} />}
      {takes && (
        <form method="post" action={`${base}/ambil`}>
          <Button
            fullWidth
            shortcut={view.allowed.has('decide_exception') ? 'A' : 'Enter'}
            variant={view.allowed.has('decide_exception') ? 'secondary' : 'primary'}
          >
            {desk.actions.take}
          </Button>
        </form>
      )}
      {view.allowed.has('take_over') && (
        <LinkButton href={`${base}?buka=ambil-alih`} variant="secondary" fullWidth shortcut="A">
          {desk.actions.takeOver}
        </LinkButton>
      )}
    </section>
  );
}

/** The prefilled WhatsApp link that the officer taps; e-mail leaves through the outbox. */
function SendMessage({ view, texts, library, base, origin }: CasePanelProps) {
  const { correction } = texts.desk;
  const open = view.history.corrections.findLast((one) => one.answeredAt === null);
  if (open === undefined || view.masked) return null;
  const link = `${origin}/${library.slug}/permohonan/${view.statusToken}`;
  const contact = view.row.phone ?? view.row.guardian_phone;
  const number = contact === null ? null : waNumber(contact as Phone);
  const text = correction.whatsappText(library.settings.profile.shortName, open.message, link);
  return (
    <div class="dp-stack" data-gap="s" data-base={base}>
      <p>
        <strong>{correction.round(open.round)}:</strong>{' '}
        {open.fields.map((field) => texts.form.fields[field]).join(', ')}
      </p>
      {number === null ? (
        <p class="dp-small dp-muted">{correction.noContact}</p>
      ) : (
        <>
          <a
            class="ds-button"
            data-variant="secondary"
            data-fullwidth=""
            href={`https://wa.me/${number}?text=${encodeURIComponent(text)}`}
            target="_blank"
            rel="noopener noreferrer"
            aria-keyshortcuts="S"
          >
            {correction.whatsapp} <ShownKey name="S" />
          </a>
          <p class="dp-small dp-muted">{correction.whatsappAbout}</p>
        </>
      )}
    </div>
  );
}

function Steps(props: WorkProps) {
  const { view, texts, library } = props;
  const steps = deskSteps(view, library.settings.card.photoRequired);
  return (
    <ol class="dp-work" aria-label={texts.desk.case.steps}>
      {steps.map(({ step, state }, index) => (
        <li class="dp-work__step" data-state={state} id={`langkah-${step}`} data-live="">
          <span class="dp-work__mark" aria-hidden="true">
            {state === 'done' ? <Icon name="check" /> : index + 1}
          </span>
          <div class="dp-work__body">
            <h2>{titleOf(props, step)}</h2>
            <StepPanel {...props} step={step} state={state} />
          </div>
        </li>
      ))}
    </ol>
  );
}

function titleOf({ texts }: CasePanelProps, step: DeskStep): string {
  const { desk } = texts;
  const titles: Record<DeskStep, string> = {
    identity: desk.identity.title,
    cross_check: desk.crossCheck.title,
    photo: desk.photo.title,
    endorse: desk.endorse.title,
    card: desk.card.title,
  };
  return titles[step];
}

function StepPanel(props: WorkProps & { readonly step: DeskStep; readonly state: PanelState }) {
  switch (props.step) {
    case 'identity':
      return <IdentityPanel {...props} />;
    case 'cross_check':
      return <CrossCheckPanel {...props} />;
    case 'photo':
      return <PhotoPanel {...props} />;
    case 'endorse':
      return <EndorsePanel {...props} />;
    case 'card':
      return <CardPanel {...props} />;
  }
}

function EndorsePanel({ view, texts, base, state }: CasePanelProps) {
  const { endorse } = texts.desk;
  if (state === 'done') return <p>{endorse.done}</p>;
  if (!view.allowed.has('endorse')) return <p class="dp-muted">{endorse.waits}</p>;
  return (
    <form method="post" action={`${base}/persetujuan`} class="dp-stack" data-gap="s">
      <input type="hidden" name="versi" value={String(view.row.version)} />
      <p>{endorse.ask}</p>
      <Button fullWidth shortcut="Enter">
        {texts.desk.actions.endorse}
      </Button>
    </form>
  );
}

/** "Sudah anggota": the old number, whether it still holds, and what can be done on this screen. */
function AlreadyMember(props: CasePanelProps) {
  const { view, texts, lang, library } = props;
  const { already, crossCheck } = texts.desk;
  const { member } = view;
  return (
    <section class="dp-panel dp-now" aria-labelledby="sudah" id="panel-sudah" data-live="">
      <h2 id="sudah">{already.title}</h2>
      <p class="dp-small dp-muted">{already.about}</p>
      {member !== null && (
        <>
          <p>
            {already.number} <span class="dp-big">{member.number}</span>
          </p>
          <p>
            <Tag tone={member.lapsed ? 'warning' : 'success'}>
              {member.lapsed ? crossCheck.lapsed : crossCheck.memberStates[member.state]}
            </Tag>{' '}
            {member.validUntil === null
              ? crossCheck.lifetime
              : crossCheck.validUntil(formatDate(lang, member.validUntil))}
          </p>
          <CardPanel {...props} state="current" />
          <LinkButton href={`/${library.slug}/anggota/${member.id}`} variant="secondary" fullWidth>
            {member.lapsed ? already.extend : already.open}
          </LinkButton>
        </>
      )}
    </section>
  );
}

function Closed({ view, texts, lang, library }: CasePanelProps) {
  const { desk } = texts;
  const { row } = view;
  const reason =
    row.state === 'rejected' && row.decision_reason !== null
      ? codedText(lang, library.settings.rejectionReasons, row.decision_reason)
      : null;
  return (
    <section class="dp-panel dp-now" aria-labelledby="tutup" id="panel-tutup" data-live="">
      <h2 id="tutup">{desk.case.closedTitle[row.state] ?? texts.common.state[row.state]}</h2>
      {reason !== null && <p>{reason}</p>}
      {row.decision_note !== null && !view.masked && (
        <p>
          <span class="dp-muted">{desk.case.note}:</span> {row.decision_note}
        </p>
      )}
    </section>
  );
}
