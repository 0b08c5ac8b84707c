import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { VisitId } from '../../domain/ids.ts';
import { VISIT_KINDS, type VisitKind } from '../../domain/visit.ts';
import type { Scope } from '../../usecases/context.ts';
import { type DeviceKind, findDevice, type PairedDevice } from '../../usecases/pair-device.ts';
import { startOf } from '../desk/input.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';

/** Chrome keeps no cookie longer; it is set anew whenever the start page is shown. */
const LONGEST_AGE_S = 400 * 86_400;
/** What one visitor left on the screen; the start page throws it away much sooner. */
const VISITOR_AGE_S = 30 * 60;

/** A browser may be a kiosk and a gate: each has a secret of its own. */
type Kept = 'perangkat' | 'gerbang' | 'pengunjung';
const SECRETS = { kiosk: 'perangkat', gate: 'gerbang' } as const satisfies Record<DeviceKind, Kept>;

function cookieName(c: Context<LibraryEnv>, what: Kept): string {
  // One per library; `__Host-` demands https, which a kiosk on a LAN may not have (design.md §5.11).
  return `${c.get('secure') ? '__Host-' : ''}${what}-${c.get('library').slug}`;
}

/** The secret of an enrolled device, whether it is still valid or not. */
export function deviceToken(c: Context<LibraryEnv>, kind: DeviceKind = 'kiosk'): string | null {
  return getCookie(c, cookieName(c, SECRETS[kind])) ?? null;
}

export function setDeviceCookie(c: Context<LibraryEnv>, token: string, kind: DeviceKind = 'kiosk'): void {
  set(c, SECRETS[kind], token, LONGEST_AGE_S);
}

/** Forgets a secret that is worth nothing any more. */
export function clearDeviceCookie(c: Context<LibraryEnv>, kind: DeviceKind = 'kiosk'): void {
  set(c, SECRETS[kind], '', 0);
}

function set(c: Context<LibraryEnv>, what: Kept, value: string, maxAge: number): void {
  setCookie(c, cookieName(c, what), value, {
    path: '/',
    httpOnly: true,
    sameSite: 'Strict',
    secure: c.get('secure'),
    maxAge,
  });
}

/** An enrolled device and what it may do. */
export interface Kiosk {
  readonly device: PairedDevice;
  readonly scope: Scope;
}

/** The enrolled kiosk that sends this request; undefined for everybody else. */
export function kioskOf(c: Context<LibraryEnv>, deps: WebDeps): Promise<Kiosk | undefined> {
  return deviceOf(c, deps, 'kiosk');
}

/** The same of any kind of device. */
export async function deviceOf(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  kind: DeviceKind,
): Promise<Kiosk | undefined> {
  const token = deviceToken(c, kind);
  if (token === null) return undefined;
  const device = await findDevice(deps.db, deps, c.get('library'), token);
  if (device?.kind !== kind) return undefined;
  const actor = { kind: 'device', id: device.id, servicePointId: device.servicePointId } as const;
  return { device, scope: scopeOf(c, deps, actor) };
}

/**
 * What the visitor in front of the screen has done so far. It lives in a cookie of the browser session, so that no
 * address of the kiosk names a visit, a number or a secret: the next visitor's "back" leads nowhere.
 */
export interface CurrentVisitor {
  readonly visitId?: VisitId;
  readonly kind?: VisitKind;
  /** When the page in front of the visitor was opened: its step of the service began then. */
  readonly openedAt?: string;
  readonly queueNumber?: number;
  readonly priority?: boolean;
  /** Secret of the status page of a case sent from this kiosk. */
  readonly statusToken?: string;
  readonly ticketCode?: string;
  readonly draftToken?: string;
  readonly phoneCode?: string;
  readonly deskCode?: string;
}

const NAMES = {
  visitId: 'v',
  kind: 'k',
  openedAt: 'o',
  queueNumber: 'n',
  priority: 'p',
  statusToken: 's',
  ticketCode: 't',
  draftToken: 'd',
  phoneCode: 'f',
  deskCode: 'l',
} as const satisfies Record<keyof CurrentVisitor, string>;

export function currentVisitor(c: Context<LibraryEnv>): CurrentVisitor {
  const kept = new URLSearchParams(getCookie(c, cookieName(c, 'pengunjung')) ?? '');
  const text = (name: keyof CurrentVisitor) => kept.get(NAMES[name]);
  const kind = VISIT_KINDS.find((one) => one === text('kind'));
  const visitId = text('visitId');
  const number = Number(text('queueNumber'));
  return {
    ...(visitId !== null && /^[0-9a-f-]{36}$/.test(visitId) ? { visitId: visitId as VisitId } : {}),
    ...(kind ? { kind } : {}),
    ...(Number.isSafeInteger(number) && number > 0 ? { queueNumber: number } : {}),
    ...(text('priority') === '1' ? { priority: true } : {}),
    ...texts(text, ['openedAt', 'statusToken', 'ticketCode', 'draftToken', 'phoneCode', 'deskCode']),
  };
}

function texts<Name extends keyof CurrentVisitor>(
  text: (name: Name) => string | null,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = text(name);
    if (value !== null) found[name] = value;
  }
  return found;
}

/** Adds to what is known of the visitor. */
export function keepVisitor(c: Context<LibraryEnv>, more: CurrentVisitor): void {
  const kept = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...currentVisitor(c), ...more }))
    kept.set(NAMES[name as keyof CurrentVisitor], value === true ? '1' : String(value));
  set(c, 'pengunjung', kept.toString(), VISITOR_AGE_S);
}

/** The next visitor begins with nothing. */
export function forgetVisitor(c: Context<LibraryEnv>): void {
  if (getCookie(c, cookieName(c, 'pengunjung')) !== undefined) set(c, 'pengunjung', '', 0);
}

/** Remembers that the visitor opened the page of a step. */
export function keepOpened(c: Context<LibraryEnv>, at: Date): void {
  keepVisitor(c, { openedAt: at.toISOString() });
}

/** When the page that was posted was opened; null where that was not seen. */
export function openedAt(c: Context<LibraryEnv>, now: Date): Date | null {
  return startOf(currentVisitor(c).openedAt ?? '', now);
}
