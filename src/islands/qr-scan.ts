import { type Detector, openDetector } from './codes/detector.ts';

/**
 * Reads a QR or bar code with this device's camera and sends it by the form of the field `data-for`. Inside: a button
 * `data-start`, a `video`, a line `data-status`. The browser's own detector is used where it has one, else ZXing as
 * WebAssembly from `data-wasm`, loaded only when the camera starts. Words: `data-denied`, `-missing`, `-insecure`,
 * `-running`, `-found`. The picture never leaves the device and is not kept.
 */
const EACH_MS = 160;

class QrScan extends HTMLElement {
  #stream: MediaStream | undefined;
  #isRunning = false;

  connectedCallback(): void {
    this.hidden = false;
    const start = this.querySelector<HTMLButtonElement>('[data-start]');
    if (!window.isSecureContext || navigator.mediaDevices?.getUserMedia === undefined) {
      if (start) start.hidden = true;
      this.#say('insecure');
      return;
    }
    start?.addEventListener('click', () => void this.#start());
    void this.#startIfGranted();
    window.addEventListener('pagehide', this.#stop);
  }

  disconnectedCallback(): void {
    window.removeEventListener('pagehide', this.#stop);
    this.#stop();
  }

  /** A kiosk's camera was permitted once and for all: it need not be asked for. */
  async #startIfGranted(): Promise<void> {
    try {
      const permission = await navigator.permissions.query({ name: 'camera' as PermissionName });
      if (permission.state === 'granted') await this.#start();
    } catch {
      // The browser cannot be asked: the button is there.
    }
  }

  async #start(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    const video = this.querySelector('video');
    const button = this.querySelector<HTMLButtonElement>('[data-start]');
    if (!video) return;
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: this.dataset.facing ?? 'user', width: { ideal: 1280 }, height: { ideal: 720 } },
      });
      if (!this.isConnected) return this.#stop();
      video.srcObject = this.#stream;
      await video.play();
      video.hidden = false;
      this.dataset.state = 'running';
      if (button) button.hidden = true;
      this.#say('running');
      await this.#read(video, await openDetector(this.dataset.wasm ?? ''));
    } catch (error) {
      this.#stop();
      if (button) button.hidden = false;
      const denied = error instanceof DOMException && error.name === 'NotAllowedError';
      this.#say(denied ? 'denied' : 'missing');
    }
  }

  #stop = (): void => {
    this.#isRunning = false;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = undefined;
  };

  async #read(video: HTMLVideoElement, detector: Detector): Promise<void> {
    while (this.#isRunning) {
      const [code] = video.readyState >= video.HAVE_CURRENT_DATA ? await detector.detect(video) : [];
      if (code !== undefined && code.rawValue !== '' && this.#isRunning) {
        this.#send(code.rawValue);
        return;
      }
      await new Promise((resolve) => window.setTimeout(resolve, EACH_MS));
    }
  }

  #send(text: string): void {
    const field = document.getElementById(this.dataset.for ?? '');
    if (!(field instanceof HTMLInputElement) || !field.form) return;
    this.#say('found');
    this.#stop();
    field.value = text;
    field.form.querySelector<HTMLButtonElement>('button:not([type="button"])')?.click();
  }

  #say(what: 'denied' | 'missing' | 'insecure' | 'running' | 'found'): void {
    const line = this.querySelector('[data-status]');
    if (line) line.textContent = this.dataset[what] ?? '';
  }
}

customElements.define('qr-scan', QrScan);
