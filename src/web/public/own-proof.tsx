import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { maskPhone } from '../../domain/phone.ts';
import {
  askOwnCode,
  CODE_MINUTES,
  type CodeContact,
  type CodeSubject,
  type CodeWay,
  readOwnContact,
  takeCode,
} from '../../usecases/one-time-code.ts';
import type { RightsWay } from '../../usecases/rights-subject.ts';
import { type CodeWays, codeWays, waysTo } from '../code-ways.tsx';
import { Alert } from '../components/alert.tsx';
import { Button, LinkButton } from '../components/button.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { TextField } from '../components/text-field.tsx';
import { type Doorstep, openDoorstep } from '../doorstep.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import type { FormBody } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { KeptFields, keptFields } from '../kept-fields.tsx';
import { openRateLimit, type RateLimit } from '../rate-limit.ts';
import { SubPage } from './status-page.tsx';

/** So long a code that was typed is enough. */
const PROVEN_MS = 10 * 60_000;
const TICKET = 'sekali-tiket';
const CODE = 'sekali-kode';
/** The way that the waiting code was sent, and a button for the other. */
const SENT_BY = 'sekali-cara';
const INSTEAD = 'sekali-lewat';
const PERSON = { kind: 'applicant' } as const;

export interface OwnPage {
  readonly way: RightsWay;
  readonly token: string;
  /** Where somebody goes who changes their mind. */
  readonly back: string;
}

interface Limits {
  readonly codes: RateLimit;
  readonly step: Doorstep;
}
/** All pages of a service share the counts of a person. */
const limitsOf = new WeakMap<WebDeps, Limits>();

/**
 * Before something that a leaked address must not be enough for: a six-digit code to the e-mail address or mobile number
 * on file. The form that waits is kept on the page, and goes on with the code. Where the service sends neither, or the
 * person has neither on file, the secret address is all there is, as before; nobody loses a right over it.
 * @param body the form that was posted, as it was read
 * @returns the page that asks, or null where it goes on
 */
export async function proveOwner(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  page: OwnPage,
  body: FormBody,
): Promise<Response | null> {
  const own = await reachOwner(c, deps, page);
  if (own === null || isProven(c, deps, own.subject)) return null;
  const { prove, type } = textsOf(c).code;
  const instead = body.text(INSTEAD);
  const wished = instead === '' ? body.text(SENT_BY) : instead;
  const way = own.ways.find((one) => one === wished) ?? own.ways[0];
  const ticket = instead === '' ? body.text(TICKET).slice(0, 100) : '';
  const typed = body.text(CODE).slice(0, 20);
  let problem: string | undefined;
  if (ticket !== '') {
    const outcome = await takeCode(deps.db, deps, scopeOf(c, deps, PERSON), {
      ticket,
      typed,
      purpose: 'own_page',
      subject: own.subject,
    });
    if (outcome.ok) {
      rememberOwner(c, deps, own.subject);
      return null;
    }
    problem = outcome.reason === 'wrong' ? type.wrong : prove.over;
    if (outcome.reason === 'wrong') return askPage(c, { page, body, own, way, ticket, problem });
  }
  const { codes, step } = limits(deps);
  const refused = await step.refuse(c, codes.take(keyOf(c, own.subject)));
  if (refused) return refused;
  const made = await askOwnCode(deps.db, deps, scopeOf(c, deps, PERSON), own.subject, c.get('lang'), way);
  return askPage(c, { page, body, own, way, ticket: made.ticket, problem });
}

/** The same for an address that is only opened: whether the code has been typed already. */
export async function ownerToProve(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  page: Pick<OwnPage, 'way' | 'token'>,
): Promise<{ readonly to: string } | null> {
  const own = await reachOwner(c, deps, page);
  return own === null || isProven(c, deps, own.subject) ? null : { to: shownTo(c, own.contact, own.ways[0]) };
}

interface Reached {
  readonly subject: CodeSubject;
  readonly contact: CodeContact;
  /** At least one, the usual one first. */
  readonly ways: readonly [CodeWay, ...CodeWay[]];
}

async function reachOwner(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  page: Pick<OwnPage, 'way' | 'token'>,
): Promise<Reached | null> {
  const open = codeWays(c, deps);
  if (open === undefined) return null;
  const own = await readOwnContact(deps.db, deps, scopeOf(c, deps, PERSON), page.way, page.token);
  const [first, ...others] = own ? waysTo(open, own.contact) : [];
  return own && first !== undefined ? { ...own, ways: [first, ...others] } : null;
}

function askPage(
  c: Context<LibraryEnv>,
  shown: {
    readonly page: OwnPage;
    readonly body: FormBody;
    readonly own: Reached;
    readonly way: CodeWay;
    readonly ticket: string;
    readonly problem: string | undefined;
  },
) {
  const { code, common, doors } = textsOf(c);
  const { body, problem, own, way } = shown;
  const other = own.ways.find((one) => one !== way);
  const { pathname, search } = new URL(c.req.url);
  const kept = keptFields(body, (name) => [TICKET, CODE, SENT_BY, INSTEAD].includes(name));
  const { hasFiles } = body;
  c.header('Cache-Control', 'no-store');
  if (problem !== undefined) c.status(422);
  return c.html(
    <SubPage
      c={c}
      title={code.prove.title}
      lead={code.prove.lead(shownTo(c, own.contact, way), CODE_MINUTES)}
    >
      {problem !== undefined && (
        <ErrorSummary title={common.error.summaryTitle} errors={[{ field: CODE, text: problem }]} />
      )}
      {(kept.length > 0 || hasFiles) && (
        <Alert tone="info">{hasFiles ? doors.confirm.files : code.prove.kept}</Alert>
      )}
      <form method="post" action={`${pathname}${search}`} class="dp-stack" novalidate>
        <KeptFields fields={kept} />
        <input type="hidden" name={TICKET} value={shown.ticket} />
        <input type="hidden" name={SENT_BY} value={way} />
        <CodeField c={c} ways={way} name={CODE} error={problem} />
        <div class="dp-actions">
          <Button>{code.prove.submit}</Button>
          <LinkButton href={shown.page.back} variant="secondary">
            {code.prove.cancel}
          </LinkButton>
          {other !== undefined && (
            <Button variant="tertiary" name={INSTEAD} value={other}>
              {code.prove.instead(shownTo(c, own.contact, other))}
            </Button>
          )}
        </div>
      </form>
      <p class="dp-small dp-muted">{code.prove.other}</p>
    </SubPage>,
  );
}

/** Six digits from a message. */
export function CodeField(props: {
  readonly c: Context<LibraryEnv>;
  readonly ways: CodeWays;
  readonly name: string;
  readonly error: string | undefined;
}) {
  const { type } = textsOf(props.c).code;
  return (
    <TextField
      name={props.name}
      label={type.label}
      description={type.hint[props.ways]}
      error={props.error}
      inputmode="numeric"
      autocomplete="one-time-code"
      maxlength={12}
      width="8"
      code
      required
    />
  );
}

/** Remembers in this browser that its user reads the person's messages; sealed, for some minutes. */
export function rememberOwner(c: Context<LibraryEnv>, deps: WebDeps, subject: CodeSubject): void {
  const content = JSON.stringify([idOf(subject), deps.now().getTime() + PROVEN_MS]);
  const sealed = deps.vault.seal(c.get('library').id, 'own_proof', content).toString('base64url');
  setCookie(c, cookieName(c), sealed, {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: c.get('secure'),
    maxAge: PROVEN_MS / 1000,
  });
}

function isProven(c: Context<LibraryEnv>, deps: WebDeps, subject: CodeSubject): boolean {
  const sealed = getCookie(c, cookieName(c));
  if (sealed === undefined) return false;
  try {
    const text = deps.vault.openText(c.get('library').id, 'own_proof', Buffer.from(sealed, 'base64url'));
    const [id, until] = JSON.parse(text) as [string, number];
    return id === idOf(subject) && until > deps.now().getTime();
  } catch {
    // Not sealed here, or cut off: not proven.
    return false;
  }
}

function cookieName(c: Context<LibraryEnv>): string {
  // `__Host-` demands https; over plain http on a LAN a browser would drop it.
  return `${c.get('secure') ? '__Host-' : ''}pemilik-${c.get('library').slug}`;
}

function idOf(subject: CodeSubject): string {
  return subject.memberId ?? subject.applicationId ?? '';
}

function keyOf(c: Context<LibraryEnv>, subject: CodeSubject): string {
  return `${c.get('library').id}|${idOf(subject)}`;
}

function limits(deps: WebDeps): Limits {
  const known = limitsOf.get(deps) ?? {
    codes: openRateLimit({
      points: 6,
      seconds: 600,
      shared: { name: 'own code', exchange: deps.rates },
    }),
    step: openDoorstep(deps, 'own code'),
  };
  limitsOf.set(deps, known);
  return known;
}

/** Where a code goes, as the sentences about it have it; nothing in full. */
function shownTo(c: Context<LibraryEnv>, { email, phone }: CodeContact, way: CodeWay): string {
  if (way === 'email') return masked(email ?? '');
  return phone === null ? '' : textsOf(c).code.prove.phone(maskPhone(phone));
}

/** `r•••@contoh.id`: enough to know which mailbox to look into. */
function masked(mail: string): string {
  const at = mail.lastIndexOf('@');
  return `${mail.slice(0, 1)}•••${mail.slice(at)}`;
}
