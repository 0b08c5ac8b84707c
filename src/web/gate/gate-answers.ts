import type { Context } from 'hono';
import type { Admission, AdmissionPolicy } from '../../domain/admission.ts';
import { type GateState, keysTagOf, type LiveAnswer, type ShownPerson } from '../../domain/gate-protocol.ts';
import { hexOf } from '../../domain/published-keys.ts';
import { formatDate } from '../../i18n/format.ts';
import { readPhoto } from '../../usecases/attach-photo.ts';
import { checkAtGate, type GatePerson, type SharedCodes } from '../../usecases/check-at-gate.ts';
import type { LibraryContext, Scope } from '../../usecases/context.ts';
import type { ServedList } from '../../usecases/gate-list.ts';
import type { PairedDevice } from '../../usecases/pair-device.ts';
import { memberTypeText } from '../card-print.ts';
import type { LibraryEnv, WebDeps } from '../env.ts';
import { textsOf } from '../frame.tsx';

/** The photo of whoever was just checked can be fetched for so long. */
const PASS_MS = 60_000;

/** What a gate is told every half minute. */
export function gateState(
  library: LibraryContext,
  device: PairedDevice,
  list: ServedList,
  now: Date,
): GateState {
  const { printed, picture, listHours, attended } = library.settings.gate;
  const policy: AdmissionPolicy = { printed, picture, listHours };
  return {
    now: now.getTime(),
    library: { id: library.id, slug: library.slug },
    zone: library.settings.profile.timezone,
    device: device.name,
    attended,
    policy,
    listTag: list.tag,
    listAsOf: list.asOf,
    keysTag: keysTagOf(library.keys.map(({ keyId, state }) => ({ kid: hexOf(keyId), state }))),
  };
}

/** The server's word on a code, with the person in the reader's words. */
export async function liveAnswer(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  scope: Scope,
  codes: SharedCodes,
  scan: { readonly code: string; readonly scan: string },
): Promise<LiveAnswer> {
  const { admission, person } = await checkAtGate(deps.db, deps, scope, codes, scan);
  return { admission, person: person && shownPerson(c, deps, person) };
}

function shownPerson(c: Context<LibraryEnv>, deps: WebDeps, person: GatePerson): ShownPerson {
  const library = c.get('library');
  const lang = c.get('lang');
  const { gate } = textsOf(c);
  const { name, memberType, validUntil, photoId, ownConsentDue } = person;
  const until = validUntil === null ? gate.lifetime : gate.validUntil(formatDate(lang, validUntil));
  const pass =
    photoId &&
    deps.vault
      .seal(library.id, 'gate_pass', `${deps.now().getTime() + PASS_MS} ${photoId}`)
      .toString('base64url');
  return {
    name,
    about: `${memberTypeText(library, memberType, lang)}, ${until}`,
    hint: ownConsentDue ? textsOf(c).rights.own.atGate : null,
    photo: pass && `/${library.slug}/gerbang/foto/${pass}`,
  };
}

/** The photo that a pass of this library is for; undefined where it is none or its minute is over. */
export async function photoOfPass(deps: WebDeps, scope: Scope, pass: string): Promise<Buffer | undefined> {
  const { library, at } = scope;
  let opened: string;
  try {
    opened = deps.vault.openText(library.id, 'gate_pass', Buffer.from(pass, 'base64url'));
  } catch {
    // Not sealed here: invented, or of another library.
    return undefined;
  }
  const [until = '', photoId = ''] = opened.split(' ');
  return Number(until) < at.getTime()
    ? undefined
    : readPhoto(deps.db, deps, scope, photoId as NonNullable<GatePerson['photoId']>);
}

/** What to write for a verdict, in words. */
export function wordsOf(
  c: Context<LibraryEnv>,
  admission: Admission,
): { readonly word: string; readonly reason: string } {
  const { gate } = textsOf(c);
  const { attended } = c.get('library').settings.gate;
  switch (admission.verdict) {
    case 'admit':
      return { word: gate.verdicts.admit, reason: '' };
    case 'look':
      return attended
        ? { word: gate.verdicts.look, reason: gate.looks[admission.reason] }
        : { word: gate.lookAlone, reason: '' };
    case 'refuse':
      return { word: gate.verdicts.refuse, reason: gate.reasons[admission.reason] };
  }
}
