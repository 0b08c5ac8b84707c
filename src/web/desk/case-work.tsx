import type { FullNumbers } from '../../usecases/reveal-number.ts';
import { Alert } from '../components/alert.tsx';
import { Button, LinkButton } from '../components/button.tsx';
import { Icon } from '../components/icon.tsx';
import type { Child } from '../jsx/jsx-runtime.ts';
import { CardPanel } from './card-panel.tsx';
import { AlreadyMember, Closed, SendMessage } from './case-ends.tsx';
import {
  EscalateForm,
  type Openable,
  RejectForm,
  RevealedNumbers,
  RevealForm,
  ScanForm,
  TakeOverForm,
  WithdrawForm,
} from './case-forms.tsx';
import { type DeskStep, deskSteps } from './case-steps.ts';
import { RequestCorrection } from './correction-form.tsx';
import { CrossCheckPanel } from './cross-check-panel.tsx';
import { ExceptionForm } from './exception-form.tsx';
import { CLEAN, type FormState } from './form-parts.tsx';
import { GuardianForm } from './guardian-form.tsx';
import { IdentityPanel } from './identity-panel.tsx';
import type { CasePanelProps, PanelState } from './panel-props.ts';
import { PhotoPanel } from './photo-panel.tsx';

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
  // The decision is what this page is for; taking the case comes beside it.
  const decides = view.allowed.has('decide_exception');
  if (sentence === null && !takes && !view.allowed.has('take_over')) return null;
  return (
    <section class="dp-panel dp-now" id="panel-menunggu" data-live="" aria-label={desk.case.nextStep}>
      <div class="dp-waits">
        {sentence !== null && !endorses && <p>{sentence}</p>}
        {takes && decides && (
          <form method="post" action={`${base}/ambil`}>
            <Button shortcut="A" variant="tertiary">
              {desk.actions.take}
            </Button>
          </form>
        )}
      </div>
      {view.escalation !== null && <ExceptionForm {...props} form={page.form ?? CLEAN} />}
      {row.state === 'needs_correction' && <SendMessage {...props} />}
      {takes && !decides && (
        <form method="post" action={`${base}/ambil`}>
          <Button fullWidth shortcut="Enter">
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

function EndorsePanel({ view, texts, base, state, now }: CasePanelProps) {
  const { endorse } = texts.desk;
  if (state === 'done') return <p>{endorse.done}</p>;
  if (!view.allowed.has('endorse')) return <p class="dp-muted">{endorse.waits}</p>;
  return (
    <form method="post" action={`${base}/persetujuan`} class="dp-stack" data-gap="s">
      <input type="hidden" name="versi" value={String(view.row.version)} />
      <input type="hidden" name="mulai" value={now.toISOString()} />
      <p>{endorse.ask}</p>
      <Button fullWidth shortcut="Enter">
        {texts.desk.actions.endorse}
      </Button>
    </form>
  );
}
