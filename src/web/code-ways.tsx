import type { Context } from 'hono';
import type { CodeContact, CodeWay } from '../usecases/one-time-code.ts';
import { RadioGroup } from './components/choice-fields.tsx';
import type { LibraryEnv, WebDeps } from './env.ts';
import type { FormBody } from './form-body.ts';
import { textsOf } from './frame.tsx';

/** How codes can leave here, as the texts have it. */
export type CodeWays = CodeWay | 'both';

const FIELD = 'lewat';

/** By e-mail where the operator has set up a mail server, by text message where the library has switched it on as well. */
export function codeWays(
  c: Context<LibraryEnv>,
  deps: Pick<WebDeps, 'mails' | 'texts'>,
): CodeWays | undefined {
  const email = deps.mails === true;
  const sms = textsLeave(c, deps);
  if (email && sms) return 'both';
  if (email) return 'email';
  return sms ? 'sms' : undefined;
}

/** Whether text messages leave here: the operator has a gateway, and the library has switched it on. */
export function textsLeave(c: Context<LibraryEnv>, deps: Pick<WebDeps, 'texts'>): boolean {
  return deps.texts === true && c.get('library').settings.sms.enabled;
}

/** The ways to this person, the one that is taken unasked first. */
export function waysTo(ways: CodeWays | undefined, contact: CodeContact): readonly CodeWay[] {
  const email = ways !== undefined && ways !== 'sms' && contact.email !== null;
  const sms = ways !== undefined && ways !== 'email' && contact.phone !== null;
  return [...(email ? (['email'] as const) : []), ...(sms ? (['sms'] as const) : [])];
}

/** Asked of somebody whose file nobody has looked at yet; nothing where there is one way only. */
export function WayChoice(props: {
  readonly c: Context<LibraryEnv>;
  readonly ways: CodeWays;
  readonly value: CodeWay;
}) {
  if (props.ways !== 'both') return null;
  const { way } = textsOf(props.c).code;
  return (
    <RadioGroup
      name={FIELD}
      label={way.label}
      description={way.hint}
      value={props.value}
      choices={[
        { value: 'email', label: way.email },
        { value: 'sms', label: way.sms, description: way.smsAbout },
      ]}
    />
  );
}

/** @param ways there are; of one, it is the answer */
export function readWay(body: FormBody, ways: CodeWays): CodeWay {
  if (ways !== 'both') return ways;
  return body.text(FIELD) === 'sms' ? 'sms' : 'email';
}
