import type { KtaTexts } from '../../i18n/id/kta.ts';
import { Emblem } from '../components/emblem.tsx';
import { Icon } from '../components/icon.tsx';
import type { LayoutLibrary } from '../components/layout-parts.tsx';
import { Said } from './kta-card.tsx';

export interface KtaGateProps {
  readonly library: LayoutLibrary;
  readonly words: KtaTexts;
  readonly number: string;
  readonly name: string;
  readonly memberType: string;
  /** As people write it. */
  readonly until: string;
  readonly photoUrl: string | undefined;
  readonly photoAlt: string;
}

/** The card for whoever stands at the gate: the code as large as the screen, white in any light, large letters. */
export function KtaGate(props: KtaGateProps) {
  const { words } = props;
  return (
    <dialog class="kta-gate" aria-label={words.gate.title}>
      <header>
        <p>
          <Emblem name={props.library.name} url={props.library.emblemUrl} />
          <strong>{props.library.name}</strong>
        </p>
        <button type="button" class="kta-gate__close" data-do="close">
          <Icon name="cross" label={words.gate.close} />
        </button>
      </header>
      <div class="kta-gate__code" data-moving="large">
        <div class="kta__still" data-still="" />
      </div>
      <p class="kta-gate__number">{props.number}</p>
      <div class="kta-gate__person">
        {props.photoUrl !== undefined && (
          <img src={props.photoUrl} width="120" height="160" alt={props.photoAlt} />
        )}
        <div>
          <p class="kta-gate__name">{props.name}</p>
          <p>
            {props.memberType}
            <br />
            {props.until}
          </p>
        </div>
      </div>
      <footer>
        <Said words={words} />
        <p>{words.gate.bright}</p>
      </footer>
    </dialog>
  );
}
