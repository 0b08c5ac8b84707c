/**
 * Takes a photo with this device's camera or from a chosen file, lets its cut of 3 to 4 be set, and sends it by the
 * form that works without this script. Around it: buttons `data-do="camera"` and `"file"`, notes `data-insecure` and
 * `data-nocamera`, the form `data-upload` with its plain part `data-plain`, and the `<template data-studio>` that is
 * opened over the page. What is open lies outside this element: the page may refresh itself below it.
 */
import { Camera, hasCameras } from './photo/camera.ts';
import { Cropper } from './photo/cropper.ts';
import { drawn, jpegOf, pictureOf } from './photo/picture.ts';

type View = 'camera' | 'crop';

class PhotoCapture extends HTMLElement {
  connectedCallback(): void {
    const form = this.querySelector<HTMLFormElement>('form[data-upload]');
    const template = this.querySelector<HTMLTemplateElement>('template[data-studio]');
    const input = form?.querySelector<HTMLInputElement>('input[type="file"]');
    if (!form || !template || !input) return;
    this.#reveal(form);
    this.addEventListener('click', (event) => {
      const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-do]') : null;
      if (button?.dataset.do === 'camera') openStudio(template, form, input, null);
      if (button?.dataset.do === 'file') input.click();
    });
    input.addEventListener('change', () => {
      const file = input.files?.[0];
      if (file && document.querySelector('.dp-studio') === null) openStudio(template, form, input, file);
    });
  }

  /** Buttons that need this script appear, the plain form steps back; why there is no camera is said. */
  #reveal(form: HTMLFormElement): void {
    for (const part of this.querySelectorAll<HTMLElement>('[data-file]')) part.hidden = false;
    const plain = form.querySelector<HTMLElement>('[data-plain]');
    if (plain && this.querySelector('[data-file]') !== null) plain.hidden = true;
    for (const part of this.querySelectorAll<HTMLElement>('[data-camera]')) part.hidden = !hasCameras();
    for (const part of this.querySelectorAll<HTMLElement>('[data-insecure]'))
      part.hidden = window.isSecureContext;
    for (const part of this.querySelectorAll<HTMLElement>('[data-nocamera]'))
      part.hidden = !window.isSecureContext || hasCameras();
  }
}

/** Opens the camera, or the cut of a file that was chosen. */
function openStudio(
  template: HTMLTemplateElement,
  form: HTMLFormElement,
  input: HTMLInputElement,
  file: File | null,
): void {
  const dialog = template.content.querySelector('dialog')?.cloneNode(true);
  if (!(dialog instanceof HTMLElement)) return;
  const video = dialog.querySelector('video');
  const canvas = dialog.querySelector('canvas');
  const area = canvas?.parentElement;
  if (!video || !canvas || !area) return;
  const opened = performance.now();
  // The page may exchange what lies below: the form goes along, or it could no longer be sent.
  const home = form.parentElement;
  const camera = new Camera(video);
  const cropper = new Cropper(canvas);
  let chosen = file;
  let isSending = false;

  const say = (what: string): void => {
    for (const line of dialog.querySelectorAll<HTMLElement>('[data-say]'))
      line.hidden = line.dataset.say !== what;
  };
  const show = (view: View): void => {
    for (const part of dialog.querySelectorAll<HTMLElement | SVGElement>('[data-when]'))
      part.toggleAttribute('hidden', part.dataset.when !== view);
    if (view === 'crop') say('help');
    const first = dialog.querySelector<HTMLElement>(
      view === 'camera' ? '[data-do="take"]' : '[data-do="use"]',
    );
    first?.focus();
  };
  const close = (): void => {
    camera.stop();
    input.value = '';
    form.hidden = false;
    if (home?.isConnected) home.append(form);
    dialog.remove();
    document.removeEventListener('visibilitychange', hidden);
  };
  const hidden = (): void => {
    if (document.visibilityState === 'hidden') camera.stop();
    else if (!isSending && !video.hidden) void startCamera();
  };
  async function startCamera(): Promise<void> {
    show('camera');
    say('starting');
    const other = dialog instanceof HTMLElement && dialog.querySelector<HTMLElement>('[data-do="switch"]');
    if (other) other.hidden = true;
    const problem = await camera.start();
    say(problem ?? 'guide');
    if (!problem && other) other.hidden = (await camera.cameras()).length < 2;
  }
  async function showFile(from: File): Promise<void> {
    chosen = from;
    const picture = await pictureOf(from);
    if (!picture) {
      // The server reads more kinds than this browser, or says what is wrong.
      show('crop');
      say('unreadable');
      await send();
      return;
    }
    show('crop');
    cropper.show(picture);
  }
  function take(): void {
    if (!video || video.videoWidth === 0) return;
    const picture = drawn(video, video.videoWidth, video.videoHeight);
    if (!picture) return;
    camera.stop();
    show('crop');
    cropper.show(picture);
  }
  async function send(): Promise<void> {
    if (isSending) return;
    isSending = true;
    const { picture, crop } = cropper;
    if (picture) say('sending');
    put(form, 'lama', String(Math.round(performance.now() - opened)));
    put(form, 'sumber', chosen === null ? 'webcam' : 'file');
    if (!picture) {
      form.submit();
      return;
    }
    put(form, 'kiri', crop.left.toFixed(5));
    put(form, 'atas', crop.top.toFixed(5));
    put(form, 'lebar', crop.width.toFixed(5));
    put(form, 'tinggi', crop.height.toFixed(5));
    const jpeg = await jpegOf(picture);
    if (jpeg) await sendForm(form, input, jpeg);
    else form.submit();
  }
  const actions: Record<string, () => void> = {
    take,
    switch: () => {
      say('starting');
      void camera.next().then((problem) => say(problem ?? 'guide'));
    },
    use: () => void send(),
    again: () => {
      if (chosen === null) void startCamera();
      else input.click();
    },
    larger: () => cropper.zoom(1.15),
    smaller: () => cropper.zoom(1 / 1.15),
    rotate: () => cropper.rotate(),
    close,
  };
  dialog.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-do]') : null;
    actions[button?.dataset.do ?? '']?.();
  });
  // Keys belong to what is open, not to the page below it.
  dialog.addEventListener('keydown', (event) => {
    event.stopPropagation();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves: Record<string, () => void> = {
      ArrowLeft: () => cropper.move(-0.03, 0),
      ArrowRight: () => cropper.move(0.03, 0),
      ArrowUp: () => cropper.move(0, -0.03),
      ArrowDown: () => cropper.move(0, 0.03),
      '+': () => cropper.zoom(1.1),
      '=': () => cropper.zoom(1.1),
      '-': () => cropper.zoom(1 / 1.1),
      r: () => cropper.rotate(),
      R: () => cropper.rotate(),
      Escape: close,
    };
    const move = area.hidden && event.key !== 'Escape' ? undefined : moves[event.key];
    // Enter on the picture itself means the same as on the button below it.
    const use = event.key === 'Enter' && event.target === area ? () => void send() : undefined;
    const act = move ?? use;
    if (!act) return;
    event.preventDefault();
    act();
  });
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    close();
  });
  input.onchange = () => {
    const again = input.files?.[0];
    if (dialog.isConnected && again) void showFile(again);
  };

  form.hidden = true;
  dialog.append(form);
  document.body.append(dialog);
  // Safari before 15.4 has no dialogs: the same element, laid over the page by its style.
  if ('showModal' in dialog) (dialog as HTMLDialogElement).showModal();
  else (dialog as HTMLElement).setAttribute('open', '');
  document.addEventListener('visibilitychange', hidden);
  if (file === null) void startCamera();
  else void showFile(file);
}

/** A hidden field of the form, made where it is not there yet. */
function put(form: HTMLFormElement, name: string, value: string): void {
  let field = form.querySelector<HTMLInputElement>(`input[type="hidden"][name="${name}"]`);
  if (!field) {
    field = document.createElement('input');
    field.type = 'hidden';
    field.name = name;
    form.append(field);
  }
  field.value = value;
}

/** Sends the form with this picture as its file, as a visit of the page like any other. */
async function sendForm(form: HTMLFormElement, input: HTMLInputElement, jpeg: Blob): Promise<void> {
  try {
    const carrier = new DataTransfer();
    carrier.items.add(new File([jpeg], 'foto.jpg', { type: 'image/jpeg' }));
    input.files = carrier.files;
    form.submit();
  } catch {
    // Safari before 14.1 cannot fill a file field.
    const body = new FormData(form);
    body.set(input.name, jpeg, 'foto.jpg');
    const answer = await fetch(form.action, { method: 'POST', body, credentials: 'same-origin' });
    location.assign(answer.redirected ? answer.url : location.href);
  }
}

customElements.define('photo-capture', PhotoCapture);
