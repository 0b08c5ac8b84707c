import { type Box, CARD_SIZE as CARD } from '../domain/card-design.ts';
import { cornersOf, type Edges, moveBox, resizeBox } from './card-designer/boxes.ts';

/** Waits until nobody has typed for this long before it asks for a preview. */
const QUIET_MS = 150;
const STEP = 0.5;
const BIG_STEP = 5;
const PARTS = ['x', 'y', 'width', 'height'] as const;
/** Names of classes: the upper left corner, the upper right one, … */
const CORNERS = ['dp-grip-nw', 'dp-grip-ne', 'dp-grip-sw', 'dp-grip-se'] as const;
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

interface Answer {
  readonly front: string;
  readonly back: string;
  readonly problems: Readonly<Record<string, string>>;
  readonly shrunk: readonly string[];
  readonly state: string;
}

/** One part of the design: its fields on the page, and the area on the preview by which it is dragged. */
interface Part {
  readonly name: string;
  readonly fields: HTMLDetailsElement;
  readonly area: HTMLElement;
  /** Decoration lies under everything: it is chosen first and dragged then. */
  readonly isGround: boolean;
}

interface Stage {
  readonly side: 'front' | 'back';
  readonly root: HTMLElement;
  readonly frame: HTMLElement;
  readonly parts: readonly Part[];
  chosen: Part | undefined;
}

/**
 * The editor of a card design, live: the preview follows every change, parts are dragged, resized and moved by keys.
 * The form is the only state there is; without this element the same form is sent by its buttons.
 */
class CardDesigner extends HTMLElement {
  #form: HTMLFormElement | null = null;
  #stages: Stage[] = [];
  #timer: number | undefined;
  #asked: AbortController | undefined;
  #words: Readonly<Record<string, string>> = {};

  connectedCallback(): void {
    this.#form = this.closest('form');
    if (!this.#form) return;
    this.#words = JSON.parse(this.dataset.words ?? '{}') as Record<string, string>;
    this.#form.addEventListener('input', this.#changed);
    this.#form.addEventListener('change', this.#changed);
    for (const root of this.querySelectorAll<HTMLElement>('[data-stage]'))
      this.#stages.push(this.#stageOf(root));
    for (const hint of this.querySelectorAll<HTMLElement>('[data-help]')) hint.hidden = false;
    const show = this.querySelector<HTMLElement>('[data-show]');
    if (show) show.hidden = true;
    this.#showFields();
    this.#place();
  }

  disconnectedCallback(): void {
    window.clearTimeout(this.#timer);
    this.#asked?.abort();
  }

  #stageOf(root: HTMLElement): Stage {
    const side = root.dataset.stage === 'back' ? 'back' : 'front';
    root.tabIndex = 0;
    root.setAttribute('role', 'application');
    root.setAttribute('aria-label', root.dataset.label ?? '');
    const layer = document.createElement('div');
    layer.className = 'dp-areas';
    const frame = document.createElement('div');
    frame.className = 'dp-chosen';
    frame.hidden = true;
    for (const corner of CORNERS) {
      const grip = document.createElement('span');
      grip.className = corner;
      frame.append(grip);
    }
    const parts = [...this.querySelectorAll<HTMLDetailsElement>(`[data-part^="${side}."]`)].map((fields) => {
      const area = document.createElement('div');
      area.title = fields.dataset.label ?? '';
      layer.append(area);
      const kind = fields.dataset.kind;
      return {
        name: fields.dataset.part ?? '',
        fields,
        area,
        isGround: kind === 'shape' || kind === 'picture',
      };
    });
    root.append(layer, frame);
    const stage: Stage = { side, root, frame, parts, chosen: undefined };
    for (const part of parts) {
      part.area.addEventListener('pointerdown', (event) => this.#grab(stage, part, event));
      part.fields.addEventListener('focusin', () => this.#choose(stage, part));
    }
    for (const grip of frame.children)
      grip.addEventListener('pointerdown', (event) => {
        if (stage.chosen) this.#drag(stage, stage.chosen, event as PointerEvent, cornersOf(grip.className));
      });
    root.addEventListener('keydown', (event) => this.#key(stage, event));
    return stage;
  }

  #grab(stage: Stage, part: Part, event: PointerEvent): void {
    const wasChosen = stage.chosen === part;
    this.#choose(stage, part);
    part.fields.open = true;
    stage.root.focus({ preventScroll: true });
    if ((part.isGround || event.pointerType === 'touch') && !wasChosen) return;
    this.#drag(stage, part, event, null);
  }

  /** Moves a part, or the edges of it that a corner is made of, as long as the pointer is down. */
  #drag(stage: Stage, part: Part, event: PointerEvent, edges: Edges | null): void {
    if (event.button !== 0) return;
    event.preventDefault();
    const target = event.currentTarget as HTMLElement;
    target.setPointerCapture(event.pointerId);
    const before = this.#boxOf(part);
    const scale = CARD.width / stage.root.getBoundingClientRect().width;
    const others = stage.parts.flatMap((other) =>
      other === part || other.isGround ? [] : [this.#boxOf(other)],
    );
    const move = ({ clientX, clientY }: PointerEvent): void => {
      const by = { x: (clientX - event.clientX) * scale, y: (clientY - event.clientY) * scale };
      this.#write(part, edges ? resizeBox(before, by, edges, others) : moveBox(before, by, others));
    };
    const end = (): void => {
      target.removeEventListener('pointermove', move);
      target.removeEventListener('pointerup', end);
      target.removeEventListener('pointercancel', end);
      this.#say(part, edges !== null);
    };
    target.addEventListener('pointermove', move);
    target.addEventListener('pointerup', end);
    target.addEventListener('pointercancel', end);
  }

  #key(stage: Stage, event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const arrow = ARROWS[event.key];
    if (arrow && stage.chosen) {
      event.preventDefault();
      const step = event.shiftKey ? BIG_STEP : STEP;
      const box = this.#boxOf(stage.chosen);
      this.#write(stage.chosen, { ...box, x: box.x + arrow[0] * step, y: box.y + arrow[1] * step });
      this.#say(stage.chosen, false);
    } else if (event.key === 'PageDown' || event.key === 'PageUp') {
      event.preventDefault();
      const { parts, chosen } = stage;
      const at = chosen ? parts.indexOf(chosen) : -1;
      const step = event.key === 'PageDown' ? 1 : -1;
      const next = parts[(Math.max(at, step > 0 ? -1 : 0) + step + parts.length) % parts.length];
      if (!next) return;
      this.#choose(stage, next);
      this.#say(next, false);
    } else if (event.key === 'Escape') this.#choose(stage, undefined);
  }

  #choose(stage: Stage, part: Part | undefined): void {
    stage.chosen = part;
    for (const one of this.#stages) {
      if (one !== stage) one.chosen = undefined;
      for (const each of one.parts)
        for (const shown of [each.fields, each.area])
          shown.toggleAttribute('data-chosen', each === one.chosen);
    }
    this.#place();
  }

  /** The fields that say where a part stands now: another place where the sample holder has no photo. */
  #inputs(part: Part): readonly (HTMLInputElement | null)[] {
    const noPhoto = this.#field<HTMLSelectElement>('contoh')?.value === 'no_photo';
    const elsewhere = this.#field<HTMLInputElement>(`${part.name}.boxWithoutPhoto.ada`)?.checked === true;
    const where = noPhoto && elsewhere ? 'boxWithoutPhoto' : 'box';
    return PARTS.map((name) => this.#field<HTMLInputElement>(`${part.name}.${where}.${name}`));
  }

  #field<T extends HTMLElement>(name: string): T | null {
    return this.#form?.querySelector<T>(`[name="${CSS.escape(name)}"]`) ?? null;
  }

  #boxOf(part: Part): Box {
    const [x = 0, y = 0, width = 0, height = 0] = this.#inputs(part).map((input) => {
      const value = Number((input?.value ?? '').trim().replace(',', '.'));
      return Number.isFinite(value) ? value : 0;
    });
    return { x, y, width, height };
  }

  #write(part: Part, box: Box): void {
    this.#inputs(part).forEach((input, at) => {
      const name = PARTS[at];
      if (input && name) input.value = numberText(box[name]);
    });
    this.#changed();
  }

  #say(part: Part, sized: boolean): void {
    const said = this.querySelector('[data-said]');
    if (!said) return;
    const box = this.#boxOf(part);
    const values = sized ? [box.width, box.height] : [box.x, box.y];
    const parts = [part.fields.dataset.label ?? '', ...values.map(numberText)];
    const pattern = this.#words[sized ? 'sized' : 'moved'] ?? '';
    said.textContent = parts.reduce((text, value) => text.replace('{}', value), pattern);
  }

  /** Puts the areas where the fields say; a picture of the card is not needed for that. */
  #place(): void {
    for (const stage of this.#stages) {
      for (const part of stage.parts) lay(part.area, this.#boxOf(part));
      stage.frame.hidden = !stage.chosen;
      if (stage.chosen) lay(stage.frame, this.#boxOf(stage.chosen));
    }
  }

  /** Boxes that only some choices need: the code of a colour of one's own, another place without a photo. */
  #showFields(): void {
    for (const colour of this.querySelectorAll('.dp-colour')) {
      const own = colour.querySelector('select')?.value === 'own';
      const code = colour.querySelector<HTMLInputElement>('input');
      const field = code?.closest<HTMLElement>('.ds-field');
      if (field) field.hidden = !own;
    }
    for (const other of this.querySelectorAll('.dp-part__other')) {
      const isTicked = other.querySelector<HTMLInputElement>('[type="checkbox"]')?.checked === true;
      const boxes = other.querySelector<HTMLElement>('.dp-part__box');
      if (boxes) boxes.hidden = !isTicked;
      if (!isTicked) continue;
      // Ticked just now: it begins where it stands with a photo.
      for (const input of other.querySelectorAll<HTMLInputElement>('.dp-part__box input'))
        if (input.value === '' && input !== document.activeElement)
          input.value =
            this.#field<HTMLInputElement>(input.name.replace('.boxWithoutPhoto.', '.box.'))?.value ?? '';
    }
  }

  #changed = (): void => {
    this.#showFields();
    this.#place();
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#preview(), QUIET_MS);
  };

  async #preview(): Promise<void> {
    if (!this.#form) return;
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(this.#form))
      if (typeof value === 'string') body.append(name, value);
    try {
      const answer = await fetch(this.dataset.preview ?? '', { method: 'POST', body, signal: asked.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      this.#show((await answer.json()) as Answer);
    } catch {
      if (asked.signal.aborted) return;
      const state = this.querySelector('[role="status"]');
      if (state) state.textContent = this.#words.failed ?? '';
      const show = this.querySelector<HTMLElement>('[data-show]');
      if (show) show.hidden = false;
    }
  }

  #show(answer: Answer): void {
    for (const { side, root, parts } of this.#stages) {
      const holder = document.createElement('template');
      holder.innerHTML = answer[side];
      const drawn = holder.content.firstElementChild;
      if (drawn) root.querySelector('svg:not(.dp-guides)')?.replaceWith(drawn);
      for (const { name, fields } of parts) {
        const problem = fields.querySelector<HTMLElement>('[data-problem]');
        const said = Object.entries(answer.problems).find(
          ([at]) => at === name || at.startsWith(`${name}.`),
        )?.[1];
        if (problem) {
          problem.textContent = said ?? '';
          problem.hidden = said === undefined;
        }
        fields.toggleAttribute('data-wrong', said !== undefined);
        const shrunk = fields.querySelector<HTMLElement>('[data-shrunk]');
        if (shrunk) shrunk.hidden = !answer.shrunk.includes(name);
      }
    }
    const state = this.querySelector<HTMLElement>('[role="status"]');
    if (!state) return;
    if (state.textContent !== answer.state) state.textContent = answer.state;
    state.dataset.state = Object.keys(answer.problems).length > 0 ? 'wrong' : 'right';
  }
}

function lay(area: HTMLElement, { x, y, width, height }: Box): void {
  area.style.left = `${(x / CARD.width) * 100}%`;
  area.style.top = `${(y / CARD.height) * 100}%`;
  area.style.width = `${(width / CARD.width) * 100}%`;
  area.style.height = `${(height / CARD.height) * 100}%`;
}

function numberText(value: number): string {
  return String(Math.round(value * 100) / 100).replace('.', ',');
}

customElements.define('card-designer', CardDesigner);
