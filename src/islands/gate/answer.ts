import type { Admission } from '../../domain/admission.ts';
import type { ShownPerson } from '../../domain/gate-protocol.ts';
import type { GateWords } from './words.ts';

export type Shown = 'ready' | 'admit' | 'look' | 'refuse';

const TONES = { ready: 'neutral', admit: 'success', look: 'warning', refuse: 'danger' } as const;
const ICON_PLACES: Readonly<Record<Shown, number>> = { ready: 0, admit: 1, look: 2, refuse: 3 };

export interface Said {
  readonly shown: Shown;
  readonly word: string;
  readonly reason?: string;
  readonly note?: string;
  readonly decide?: boolean;
}

/** The large answer; what it says stays until the next one, or its time is over. */
export interface AnswerPanel {
  /** @param seenAt when the code was seen, by `performance.now()`: how long the answer took is measured */
  say(said: Said, seenAt?: number): void;
  person(person: ShownPerson | null): void;
  /** The officer may decide now. */
  isOpen(): boolean;
  decided(act: (admit: boolean) => void): void;
}

export function openAnswerPanel(root: Element): AnswerPanel {
  const part = (name: string) => root.querySelector<HTMLElement>(`[data-part="${name}"]`);
  const panel = part('answer');
  const decide = part('decide');
  const photo = root.querySelector<HTMLImageElement>('[data-part="photo"]');
  const isCalm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;

  function write(name: string, text: string): void {
    const place = part(name);
    if (place) place.textContent = text;
  }

  return {
    say({ shown, word, reason = '', note = '', decide: isAsked = false }, seenAt) {
      if (!panel || !decide) return;
      panel.dataset.verdict = shown;
      panel.dataset.color = TONES[shown];
      panel.dataset.icon = String(ICON_PLACES[shown]);
      write('word', word);
      write('reason', reason);
      write('note', note);
      decide.hidden = !isAsked;
      if (!isCalm && shown !== 'ready') panel.animate?.([{ opacity: 0.5 }, { opacity: 1 }], 140);
      if (seenAt === undefined) return;
      // After it is on the screen: painted in the next frame.
      requestAnimationFrame(() =>
        setTimeout(() => {
          const ms = performance.now() - seenAt;
          panel.dataset.ms = ms.toFixed(1);
          performance.clearMeasures('gate-answer');
          performance.measure?.('gate-answer', { start: seenAt, duration: ms } as never);
        }),
      );
    },
    person(person) {
      const place = part('person');
      if (!place || !photo) return;
      place.hidden = person === null;
      photo.hidden = !person?.photo;
      if (person?.photo) photo.src = person.photo;
      else photo.removeAttribute('src');
      write('name', person?.name ?? '');
      write('about', person?.about ?? '');
      write('hint', person?.hint ?? '');
    },
    isOpen: () => decide?.hidden === false,
    decided(act) {
      decide?.addEventListener('submit', (event) => event.preventDefault());
      for (const answer of ['admit', 'refuse'] as const)
        decide?.querySelector(`[data-do="${answer}"]`)?.addEventListener('click', (event) => {
          event.preventDefault();
          act(answer === 'admit');
        });
    },
  };
}

/** The words of a verdict. */
export function wordsFor(
  admission: Admission,
  words: GateWords,
  gate: { readonly attended: boolean; readonly offline: boolean },
): Said {
  switch (admission.verdict) {
    case 'admit':
      return { shown: 'admit', word: words.verdicts.admit };
    case 'look':
      return gate.attended
        ? { shown: 'look', word: words.verdicts.look, reason: words.looks[admission.reason], decide: true }
        : { shown: 'look', word: words.lookAlone };
    case 'refuse':
      return {
        shown: 'refuse',
        word: words.verdicts.refuse,
        reason: words.reasons[admission.reason],
        note: admission.recheck && gate.offline ? words.recheck : '',
      };
  }
}
