import { type Context, Hono } from 'hono';
import { parsePlainDate } from '../../domain/plain-date.ts';
import { normaliseTicketCode } from '../../domain/ticket-code.ts';
import { readTypedDate } from '../../domain/typed-date.ts';
import {
  askLostLink,
  CODE_MINUTES,
  type CodeWay,
  codeWaits,
  ownPageOf,
  takeCode,
} from '../../usecases/one-time-code.ts';
import { type CodeWays, codeWays, readWay, WayChoice } from '../code-ways.tsx';
import { Alert } from '../components/alert.tsx';
import { Button, LinkButton } from '../components/button.tsx';
import { DateField } from '../components/date-field.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { TextField } from '../components/text-field.tsx';
import { openDoorstep } from '../doorstep.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { networkOf } from '../network.ts';
import { openRateLimit } from '../rate-limit.ts';
import { openCodeGuard } from './code-guard.ts';
import { type DateBoxes, joinDate } from './form-input.ts';
import { smallForms } from './form-routes.tsx';
import { CodeField, rememberOwner } from './own-proof.tsx';
import { secretAddress } from './secret-page.ts';
import { SubPage } from './status-page.tsx';

const PERSON = { kind: 'applicant' } as const;
const TEN_MINUTES = 600;
const HOUR = 3600;

/**
 * `/{library}/lupa-tautan`: somebody who lost the address of the KTA or of the application asks for a code by number and
 * birth date. Whether a number exists, fits the date or has an e-mail address or a phone shows in nothing: the same
 * statements, the same redirect, the same page, and the message leaves later by itself.
 */
export function lostLinkRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const shared = (name: string) => ({ shared: { name, exchange: deps.rates } });
  const ofNetwork = openRateLimit({ ...shared('lost link network'), points: 30, seconds: TEN_MINUTES });
  // By what was typed, known or not: mails to one person have an end, and so have guesses at one.
  const ofNumber = openRateLimit({ ...shared('lost link number'), points: 6, seconds: HOUR });
  const step = openDoorstep(deps, 'lost link');
  const guard = openCodeGuard('one-time', deps);

  app.use('/lupa-tautan', secretAddress());
  app.use('/lupa-tautan/*', secretAddress());

  app.get('/lupa-tautan', (c) => askPage(c, deps, NOTHING, {}));

  app.post('/lupa-tautan', smallForms(), async (c) => {
    const ways = codeWays(c, deps);
    if (ways === undefined) return askPage(c, deps, NOTHING, {});
    const body = await readForm(c);
    const boxes = {
      day: body.text('lahir.day'),
      month: body.text('lahir.month'),
      year: body.text('lahir.year'),
    };
    const typed = { number: body.text('nomor').slice(0, 40), birth: boxes, way: readWay(body, ways) };
    const birthDate = parsePlainDate(readTypedDate(joinDate(boxes)) ?? '');
    const { lost } = textsOf(c).code;
    if (typed.number.trim() === '' || birthDate === undefined) {
      c.status(422);
      return askPage(c, deps, typed, {
        ...(typed.number.trim() === '' ? { nomor: lost.numberMissing } : {}),
        ...(birthDate === undefined ? { lahir: lost.birthWrong } : {}),
      });
    }
    const number = `${c.get('library').id}|${normaliseTicketCode(typed.number)}`;
    const waits = [ofNetwork.take(networkOf(c.get('clientAddress'))), ofNumber.take(number)];
    const wait = Math.max(...waits.map((one) => one ?? 0));
    const refused = await step.refuse(c, wait === 0 ? null : wait);
    if (refused) return refused;
    const { ticket } = await askLostLink(deps.db, deps, scopeOf(c, deps, PERSON), {
      number: typed.number,
      birthDate,
      language: c.get('lang'),
      way: typed.way,
    });
    return c.redirect(`/${c.get('library').slug}/lupa-tautan/${ticket}`, 303);
  });

  app.get('/lupa-tautan/:ticket', async (c) => {
    const scope = scopeOf(c, deps, PERSON);
    return (await codeWaits(deps.db, deps, scope, c.req.param('ticket'), 'lost_link'))
      ? typePage(c, deps, undefined)
      : overPage(c, deps, textsOf(c).code.type);
  });

  app.post('/lupa-tautan/:ticket', smallForms(), async (c) => {
    const refused = await guard.refuse(c);
    if (refused) return refused;
    const scope = scopeOf(c, deps, PERSON);
    const { type } = textsOf(c).code;
    const typed = (await readForm(c)).text('kode').slice(0, 20);
    const ticket = c.req.param('ticket');
    const outcome = await takeCode(deps.db, deps, scope, { ticket, typed, purpose: 'lost_link' });
    if (!outcome.ok) {
      guard.wrong(c);
      if (outcome.reason === 'over') return overPage(c, deps, type);
      c.status(422);
      return typePage(c, deps, type.wrong);
    }
    const page = await ownPageOf(deps.db, deps, scope, outcome.subject);
    if (page === null)
      return overPage(c, deps, { overTitle: textsOf(c).code.lost.title, over: type.nothing });
    rememberOwner(c, deps, outcome.subject);
    return c.redirect(`/${scope.library.slug}/${page.way}/${page.token}`, 303);
  });

  return app;
}

interface Typed {
  readonly number: string;
  readonly birth: DateBoxes;
  readonly way: CodeWay;
}

const NOTHING: Typed = { number: '', birth: { day: '', month: '', year: '' }, way: 'email' };

function askPage(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  typed: Typed,
  errors: { readonly nomor?: string; readonly lahir?: string },
) {
  const { code, common } = textsOf(c);
  const text = code.lost;
  const base = `/${c.get('library').slug}`;
  const ways = codeWays(c, deps);
  const list = Object.entries(errors).map(([field, problem]) => ({ field, text: problem }));
  return c.html(
    <SubPage
      c={c}
      title={list.length > 0 ? `${common.error.summaryTitle}: ${text.title}` : text.title}
      {...(ways === undefined ? {} : { lead: text.lead[ways] })}
    >
      <ErrorSummary title={common.error.summaryTitle} errors={list} />
      {ways !== undefined ? (
        <form method="post" action={`${base}/lupa-tautan`} class="dp-stack" novalidate>
          <TextField
            name="nomor"
            label={text.number}
            description={text.numberHint}
            value={typed.number}
            error={errors.nomor}
            autocomplete="off"
            maxlength={40}
            width="16"
            code
            required
          />
          <DateField
            name="lahir"
            label={text.birth}
            labels={{ day: common.field.day, month: common.field.month, year: common.field.year }}
            value={typed.birth}
            error={errors.lahir}
            autocomplete="bday"
            required
          />
          <WayChoice c={c} ways={ways} value={typed.way} />
          <div class="dp-actions">
            <Button>{text.submit}</Button>
          </div>
        </form>
      ) : (
        <Alert tone="info">{text.off}</Alert>
      )}
      {ways !== undefined && <p class="dp-small dp-muted">{text.counter[ways]}</p>}
      <p>
        <LinkButton href={base} variant="tertiary">
          {common.action.back}
        </LinkButton>
      </p>
    </SubPage>,
  );
}

/** Of a code that was asked for before all ways were shut: as if by e-mail. */
function waysOf(c: Context<LibraryEnv>, deps: WebDeps): CodeWays {
  return codeWays(c, deps) ?? 'email';
}

/** The same page for every ticket that waits, whoever it is for. */
function typePage(c: Context<LibraryEnv>, deps: WebDeps, problem: string | undefined) {
  const { code, common } = textsOf(c);
  const ways = waysOf(c, deps);
  return c.html(
    <SubPage c={c} title={code.type.title} lead={code.type.sent[ways](CODE_MINUTES)}>
      {problem !== undefined && (
        <ErrorSummary title={common.error.summaryTitle} errors={[{ field: 'kode', text: problem }]} />
      )}
      <form method="post" class="dp-stack" novalidate>
        <CodeField c={c} ways={ways} name="kode" error={problem} />
        <div class="dp-actions">
          <Button>{code.type.submit}</Button>
          <LinkButton href={`/${c.get('library').slug}/lupa-tautan`} variant="secondary">
            {code.type.again}
          </LinkButton>
        </div>
      </form>
      <p class="dp-small dp-muted">{code.lost.counter[ways]}</p>
    </SubPage>,
  );
}

function overPage(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  said: { readonly overTitle: string; readonly over: string },
) {
  const { type, lost } = textsOf(c).code;
  return c.html(
    <SubPage c={c} title={said.overTitle} lead={said.over}>
      <p>
        <LinkButton href={`/${c.get('library').slug}/lupa-tautan`}>{type.again}</LinkButton>
      </p>
      <p class="dp-small dp-muted">{lost.counter[waysOf(c, deps)]}</p>
    </SubPage>,
    410,
  );
}
