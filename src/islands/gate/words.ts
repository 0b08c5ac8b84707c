import type { LookReason, RefuseReason } from '../../domain/admission.ts';

/** The words of the page, from its markup. `{}` is to be filled in. */
export interface GateWords {
  readonly ready: { readonly title: string; readonly lead: string };
  readonly verdicts: Readonly<Record<'admit' | 'look' | 'refuse', string>>;
  readonly lookAlone: string;
  readonly admitted: string;
  readonly turnedAway: string;
  readonly looks: Readonly<Record<LookReason, string>>;
  readonly reasons: Readonly<Record<RefuseReason, string>>;
  readonly recheck: string;
  readonly camera: Readonly<Record<'running' | 'denied' | 'missing' | 'insecure', string>>;
  readonly sound: Readonly<Record<'on' | 'off' | 'blocked', string>>;
  readonly status: Readonly<
    Record<
      | 'online'
      | 'offline'
      | 'checking'
      | 'list'
      | 'now'
      | 'noList'
      | 'oldList'
      | 'waiting'
      | 'noneWaiting'
      | 'clockUnsure'
      | 'clockUnknown'
      | 'clockTrue',
      string
    >
  >;
  readonly onlineOnly: string;
  readonly noStorage: string;
  readonly unsaved: string;
  readonly unreachable: string;
  readonly refused: Readonly<Record<'title' | 'about' | 'clear', string>>;
  readonly revoked: Readonly<Record<'title' | 'about' | 'left' | 'none' | 'again' | 'download', string>>;
  readonly file: Readonly<Record<'name' | 'at' | 'card' | 'number' | 'key', string>>;
}

export function filled(text: string, value: string | number): string {
  return text.replace('{}', String(value));
}

/** "2 minutes ago", in the language of the page. */
export function ago(seconds: number, now: string): string {
  if (seconds < 45) return now;
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'always' });
  if (seconds < 5_400) return format.format(-Math.round(seconds / 60), 'minute');
  if (seconds < 129_600) return format.format(-Math.round(seconds / 3_600), 'hour');
  return format.format(-Math.round(seconds / 86_400), 'day');
}
