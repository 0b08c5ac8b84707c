/** Why there is no picture from a camera; each has its words in the page. */
export type CameraProblem = 'denied' | 'missing' | 'busy' | 'failed';

/** Browsers hand cameras out only over https or on this very computer. */
export function hasCameras(): boolean {
  return window.isSecureContext && navigator.mediaDevices?.getUserMedia !== undefined;
}

/** One camera shown in a video element. */
export class Camera {
  readonly #video: HTMLVideoElement;
  #stream: MediaStream | undefined;
  #deviceId: string | undefined;
  /** A start that was overtaken by a stop must not light the camera again. */
  #run = 0;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
  }

  async start(): Promise<CameraProblem | undefined> {
    this.stop();
    const run = ++this.#run;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: {
          width: { ideal: 1280 },
          height: { ideal: 960 },
          ...(this.#deviceId === undefined
            ? { facingMode: 'user' }
            : { deviceId: { exact: this.#deviceId } }),
        },
      });
      if (run !== this.#run) {
        for (const track of stream.getTracks()) track.stop();
        return undefined;
      }
      this.#stream = stream;
      this.#video.srcObject = stream;
      await this.#video.play();
      return undefined;
    } catch (error) {
      return run === this.#run ? problemOf(error) : undefined;
    }
  }

  /** The next camera of this device. */
  async next(): Promise<CameraProblem | undefined> {
    const cameras = await this.cameras();
    const present = this.#stream?.getVideoTracks()[0]?.getSettings().deviceId;
    const index = cameras.findIndex((camera) => camera.deviceId === present);
    this.#deviceId = cameras[(index + 1) % cameras.length]?.deviceId;
    return this.start();
  }

  async cameras(): Promise<MediaDeviceInfo[]> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((device) => device.kind === 'videoinput');
  }

  stop(): void {
    this.#run++;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = undefined;
    this.#video.srcObject = null;
  }
}

function problemOf(error: unknown): CameraProblem {
  const name = error instanceof DOMException || error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  return name === 'NotReadableError' || name === 'AbortError' ? 'busy' : 'failed';
}
