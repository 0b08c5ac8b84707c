import { type Detector, openDetector } from '../codes/detector.ts';
import { openCodeChoice } from './choose-code.ts';

export type CameraState = 'running' | 'denied' | 'missing' | 'insecure';

export interface GateCamera {
  start(): Promise<void>;
  /** The other camera of a tablet. */
  turn(): Promise<void>;
  /** A camera that was permitted for good need not be asked for. */
  startIfGranted(): Promise<void>;
  stop(): void;
}

/** Ten looks a second and the time of a look: seen within a tenth of a second of being held out. */
const EACH_MS = 70;
const KEPT = 'gerbang-kamera';

/**
 * Reads codes from the device's camera, for as long as the page is open. No picture leaves the device or is kept.
 * @param heard `seenAt`: when the picture was taken, by `performance.now()`
 */
export function openGateCamera(
  video: HTMLVideoElement,
  wasm: string,
  heard: (text: string, seenAt: number) => void,
  tell: (state: CameraState) => void,
): GateCamera {
  let stream: MediaStream | undefined;
  let detector: Promise<Detector> | undefined;
  /** Rises with every start and stop: a loop of before ends by it. */
  let turnNumber = 0;

  function stop(): void {
    turnNumber += 1;
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = undefined;
  }

  async function start(): Promise<void> {
    if (!window.isSecureContext || navigator.mediaDevices?.getUserMedia === undefined)
      return tell('insecure');
    stop();
    const mine = turnNumber;
    detector ??= openDetector(wasm);
    try {
      const opened = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: {
          facingMode: localStorage.getItem(KEPT) ?? 'user',
          width: { ideal: 1280 },
          height: { ideal: 720 },
        },
      });
      if (mine !== turnNumber) {
        for (const track of opened.getTracks()) track.stop();
        return;
      }
      stream = opened;
      video.srcObject = stream;
      await video.play();
      video.hidden = false;
      // As in a mirror, where it looks at who stands before it.
      const facing = stream.getVideoTracks()[0]?.getSettings().facingMode;
      video.dataset.mirrored = String(facing !== 'environment');
      tell('running');
      void look(await detector, mine);
    } catch (error) {
      if (mine !== turnNumber) return;
      stop();
      tell(error instanceof DOMException && error.name === 'NotAllowedError' ? 'denied' : 'missing');
    }
  }

  async function look(reader: Detector, mine: number): Promise<void> {
    const choose = openCodeChoice();
    while (mine === turnNumber) {
      const seenAt = performance.now();
      try {
        const seen = video.readyState >= video.HAVE_CURRENT_DATA ? await reader.detect(video) : [];
        const codes = seen.map(({ rawValue }) => rawValue);
        const text = choose(codes, seenAt);
        if (text !== undefined && mine === turnNumber) heard(text, seenAt);
      } catch {
        // A picture that could not be read: the next one comes in a moment.
      }
      await new Promise((resolve) => window.setTimeout(resolve, EACH_MS));
    }
  }

  return {
    start,
    async turn() {
      localStorage.setItem(KEPT, localStorage.getItem(KEPT) === 'environment' ? 'user' : 'environment');
      await start();
    },
    async startIfGranted() {
      if (!window.isSecureContext || navigator.mediaDevices === undefined) return tell('insecure');
      try {
        const permission = await navigator.permissions.query({ name: 'camera' as PermissionName });
        if (permission.state === 'granted') await start();
      } catch {
        // The browser cannot be asked: the button is there.
      }
    },
    stop,
  };
}
