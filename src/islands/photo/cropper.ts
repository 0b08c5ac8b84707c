/** A part of a picture in shares of its width and height, as the server cuts it. */
export interface Crop {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const SHAPE = 3 / 4;
const MOST_ZOOM = 5;

/** Shows the cut of 3 to 4 on a canvas and lets it be moved, sized and turned, by pointer, wheel and keys. */
export class Cropper {
  readonly #view: HTMLCanvasElement;
  #picture: HTMLCanvasElement | undefined;
  #zoom = 1;
  #x = 0;
  #y = 0;
  readonly #pointers = new Map<number, { x: number; y: number }>();

  constructor(view: HTMLCanvasElement) {
    this.#view = view;
    view.addEventListener('pointerdown', (event) => {
      view.setPointerCapture(event.pointerId);
      this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    });
    view.addEventListener('pointermove', (event) => this.#dragged(event));
    for (const name of ['pointerup', 'pointercancel'] as const)
      view.addEventListener(name, (event) => this.#pointers.delete(event.pointerId));
    view.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        this.zoom(event.deltaY < 0 ? 1.1 : 1 / 1.1);
      },
      { passive: false },
    );
  }

  /** The picture as it would be sent: turned, whole. */
  get picture(): HTMLCanvasElement | undefined {
    return this.#picture;
  }

  get crop(): Crop {
    const picture = this.#picture;
    if (!picture) return { left: 0, top: 0, width: 1, height: 1 };
    const { width, height } = this.#size();
    return {
      left: (this.#x - width / 2) / picture.width,
      top: (this.#y - height / 2) / picture.height,
      width: width / picture.width,
      height: height / picture.height,
    };
  }

  /** Begins with the largest cut; where the picture is tall, its upper part, as faces are above the middle. */
  show(picture: HTMLCanvasElement): void {
    this.#picture = picture;
    this.#zoom = 1;
    this.#x = picture.width / 2;
    this.#y = (picture.height - this.#size().height) / 3 + this.#size().height / 2;
    this.#draw();
  }

  zoom(factor: number): void {
    this.#zoom = Math.min(MOST_ZOOM, Math.max(1, this.#zoom * factor));
    this.#draw();
  }

  /** By shares of what is seen: 0.1 is a tenth of the cut's width. */
  move(right: number, down: number): void {
    const { width, height } = this.#size();
    this.#x += right * width;
    this.#y += down * height;
    this.#draw();
  }

  /** A quarter to the right. */
  rotate(): void {
    const from = this.#picture;
    if (!from) return;
    const turned = document.createElement('canvas');
    turned.width = from.height;
    turned.height = from.width;
    const context = turned.getContext('2d');
    if (!context) return;
    context.translate(turned.width, 0);
    context.rotate(Math.PI / 2);
    context.drawImage(from, 0, 0);
    this.show(turned);
  }

  #size(): { width: number; height: number } {
    const { width = 3, height = 4 } = this.#picture ?? {};
    const widest = Math.min(width, height * SHAPE);
    return { width: widest / this.#zoom, height: widest / SHAPE / this.#zoom };
  }

  #dragged(event: PointerEvent): void {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    const box = this.#view.getBoundingClientRect();
    if (other) {
      const was = Math.hypot(before.x - other.x, before.y - other.y);
      if (was > 0) this.zoom(Math.hypot(now.x - other.x, now.y - other.y) / was);
    } else {
      this.move((before.x - now.x) / box.width, (before.y - now.y) / box.height);
    }
    this.#pointers.set(event.pointerId, now);
  }

  #draw(): void {
    const picture = this.#picture;
    const context = this.#view.getContext('2d');
    if (!picture || !context) return;
    const { width, height } = this.#size();
    this.#x = Math.min(Math.max(this.#x, width / 2), picture.width - width / 2);
    this.#y = Math.min(Math.max(this.#y, height / 2), picture.height - height / 2);
    context.drawImage(
      picture,
      this.#x - width / 2,
      this.#y - height / 2,
      width,
      height,
      0,
      0,
      this.#view.width,
      this.#view.height,
    );
  }
}
