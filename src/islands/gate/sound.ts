/** Tones, made here: rising is yes, twice the same is "look", falling and low is no. */
const TONES = {
  admit: [
    [660, 0, 0.09],
    [990, 0.1, 0.16],
  ],
  look: [
    [520, 0, 0.1],
    [520, 0.16, 0.1],
  ],
  refuse: [
    [300, 0, 0.16],
    [200, 0.18, 0.3],
  ],
} as const;

export interface GateSound {
  play(verdict: keyof typeof TONES): void;
  isOn(): boolean;
  /** Remembered on this device. */
  turn(on: boolean): void;
  /** The browser lets nothing sound before somebody has touched the page. */
  isBlocked(): boolean;
  /** To be called by a touch or a key. */
  wake(): void;
}

const KEPT = 'gerbang-suara';

export function openGateSound(): GateSound {
  let context: AudioContext | undefined;
  let on = localStorage.getItem(KEPT) !== 'mati';
  const open = () => {
    context ??= 'AudioContext' in window ? new AudioContext() : undefined;
    return context;
  };
  return {
    play(verdict) {
      const audio = on ? open() : undefined;
      if (audio?.state !== 'running') return;
      for (const [hertz, after, length] of TONES[verdict]) {
        const from = audio.currentTime + after;
        const tone = audio.createOscillator();
        const volume = audio.createGain();
        tone.type = verdict === 'refuse' ? 'square' : 'sine';
        tone.frequency.value = hertz;
        // Without the short slopes a loudspeaker clicks.
        volume.gain.setValueAtTime(0, from);
        volume.gain.linearRampToValueAtTime(verdict === 'refuse' ? 0.12 : 0.3, from + 0.01);
        volume.gain.setValueAtTime(verdict === 'refuse' ? 0.12 : 0.3, from + length - 0.02);
        volume.gain.linearRampToValueAtTime(0, from + length);
        tone.connect(volume).connect(audio.destination);
        tone.start(from);
        tone.stop(from + length);
      }
    },
    isOn: () => on,
    turn(wanted) {
      on = wanted;
      localStorage.setItem(KEPT, wanted ? 'menyala' : 'mati');
    },
    isBlocked: () => on && open()?.state === 'suspended',
    wake: () => void open()?.resume(),
  };
}
