import type { Child } from '../jsx/jsx-runtime.ts';
import { Icon } from './icon.tsx';

export type StepState = 'done' | 'current' | 'upcoming';

export interface Step {
  readonly title: string;
  readonly state: StepState;
  /** How long, who, when: `sekitar 5 menit · petugas`. */
  readonly meta?: string | undefined;
  readonly body?: Child | undefined;
}

export interface StepsProps {
  readonly steps: readonly Step[];
  /** The states in words, for those who do not see the marks. */
  readonly labels: Readonly<Record<StepState, string>>;
  /** Steps as a standard that is described, not as a case under way: plain numbers, no state. */
  readonly plain?: boolean | undefined;
}

/** Where I am, what comes next, how long it takes. */
export function Steps({ steps, labels, plain }: StepsProps) {
  return (
    <ol class="dp-steps">
      {steps.map((step, index) => (
        <li
          data-state={plain ? undefined : step.state}
          aria-current={!plain && step.state === 'current' ? 'step' : undefined}
        >
          <span class="dp-steps__mark" aria-hidden="true">
            {!plain && step.state === 'done' ? <Icon name="check" /> : index + 1}
          </span>
          <p class="dp-steps__title">
            {step.title}
            {!plain && <span class="dp-sr"> ({labels[step.state]})</span>}
          </p>
          {step.meta && <p class="dp-steps__meta">{step.meta}</p>}
          {step.body}
        </li>
      ))}
    </ol>
  );
}

export interface ProgressProps {
  /** 1 for the first. */
  readonly step: number;
  readonly total: number;
  /** `Langkah 2 dari 4` */
  readonly text: string;
  /** `Data diri` */
  readonly title?: string | undefined;
  /** `sekitar 3 menit lagi` */
  readonly remaining?: string | undefined;
  /** What this is: `Kemajuan`. */
  readonly label: string;
}

/** Progress through the pages of a form. */
export function Progress(props: ProgressProps) {
  const marks = Array.from({ length: props.total }, (_, index) => index + 1);
  return (
    <section class="dp-progress" aria-label={props.label}>
      <p class="dp-progress__text">
        <strong>
          {props.text}
          {props.title && `: ${props.title}`}
        </strong>
        {props.remaining && <span>{props.remaining}</span>}
      </p>
      <ol class="dp-progress__bars" aria-hidden="true">
        {marks.map((mark) => (
          <li data-state={mark < props.step ? 'done' : mark === props.step ? 'current' : 'upcoming'} />
        ))}
      </ol>
    </section>
  );
}
