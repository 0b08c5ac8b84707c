import type { ApplicationState } from '../../domain/application.ts';
import type { PropsWithChildren } from '../jsx/jsx-runtime.ts';
import type { Tone } from './attributes.ts';
import { Icon, type IconName } from './icon.tsx';

export interface TagProps {
  readonly tone?: Tone | undefined;
  readonly icon?: IconName | undefined;
}

/** A short word about a thing. The colour never says more than the word. */
export function Tag({ tone, icon, children }: PropsWithChildren<TagProps>) {
  return (
    <span class="ds-tag" data-color={tone ?? 'neutral'}>
      {icon && <Icon name={icon} />}
      {children}
    </span>
  );
}

const LOOKS: Readonly<Record<ApplicationState, readonly [Tone, IconName | undefined]>> = {
  draft: ['neutral', undefined],
  waiting_guardian: ['warning', 'clock'],
  submitted: ['info', undefined],
  in_review: ['accent', 'clock'],
  needs_correction: ['warning', 'warning'],
  approved: ['success', 'check'],
  already_member: ['success', 'check'],
  rejected: ['danger', 'cross'],
  cancelled: ['neutral', 'cross'],
  lapsed: ['neutral', undefined],
  completed: ['success', 'check'],
};

export interface StateTagProps {
  readonly state: ApplicationState;
  /** The state in the reader's words: `texts.common.state[state]`. */
  readonly label: string;
}

/** Where a case stands. */
export function StateTag({ state, label }: StateTagProps) {
  const [tone, icon] = LOOKS[state];
  return (
    <Tag tone={tone} icon={icon}>
      {label}
    </Tag>
  );
}
