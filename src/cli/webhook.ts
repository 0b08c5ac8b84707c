import { parseArgs } from 'node:util';
import type { WebhookId } from '../domain/ids.ts';
import { WEBHOOK_KINDS, type WebhookProblem } from '../domain/webhook.ts';
import {
  createWebhook,
  removeWebhook,
  rotateWebhook,
  setWebhookState,
  testWebhook,
} from '../usecases/manage-webhook.ts';
import { listWebhooks } from '../usecases/read-webhooks.ts';
import { atLibrary, listed } from './client-account.ts';

const USAGE = `npm run webhook -- create --library <slug> --name <name> --url <address> [--inside] [--events <list>]
npm run webhook -- list | rotate | pause | resume | test | remove  --library <slug> [--name <name>]
  create      a program that is told what happens; its secret is shown once
    --url     https://…
    --inside  the address lies inside the library's own network; http:// is allowed then
    --events  default: all of ${WEBHOOK_KINDS.join(',')}
  rotate      a new secret; the one before signs as well for a day
  test        sends an event about nobody`;

const PROBLEMS: Readonly<Record<WebhookProblem | 'too-many' | 'not-found' | 'not-active', string>> = {
  'name-wrong': 'The name has at most 60 letters.',
  'name-taken': 'The library has a receiver of this name already.',
  'url-wrong': 'The address looks like https://example.id/webhook, without a password.',
  'url-plain': 'The address begins with https://, unless it is --inside.',
  'url-inside': 'This address lies inside a network. Add --inside if that is meant.',
  'kinds-missing': `Events are: ${WEBHOOK_KINDS.join(', ')}.`,
  'too-many': 'The library has 10 receivers. Remove one first.',
  'not-found': 'The library has no receiver of this name.',
  'not-active': 'The receiver is stopped. Resume it first.',
};

const ACTS = ['create', 'list', 'rotate', 'pause', 'resume', 'test', 'remove'] as const;
type Act = (typeof ACTS)[number];

/** `webhook`: programs that are told what happens, while the service runs or not. */
export async function webhook(args: readonly string[]): Promise<number> {
  const asked = readArguments(args);
  if (asked === undefined) {
    console.error(USAGE);
    return 2;
  }
  return atLibrary(asked.library, workOf(asked));
}

interface Asked {
  readonly act: Act;
  readonly library: string;
  readonly name: string;
  readonly url: string;
  readonly inside: boolean;
  readonly events: readonly string[];
}

function workOf(asked: Asked): Parameters<typeof atLibrary>[1] {
  return async (db, deps, scope) => {
    const { act, name } = asked;
    const rows = await listWebhooks(db, scope);
    if (act === 'list') {
      for (const { name: each, state, url, waiting } of rows)
        console.log(`${each.padEnd(30)} ${state.padEnd(8)} ${waiting} waiting  ${url}`);
      return 0;
    }
    if (act === 'create') {
      const kinds = asked.events.length === 0 ? WEBHOOK_KINDS : [...asked.events];
      const known = WEBHOOK_KINDS.filter((kind) => kinds.includes(kind));
      const { url, inside } = asked;
      // A word that is no event is a slip: better nothing than a receiver that never hears of it.
      const choice = { name, url, inside, kinds: known.length === kinds.length ? known : [] };
      const made = await createWebhook(db, deps, scope, choice);
      return made.ok ? show(made.secret) : refuse(made.reason);
    }
    const id = rows.find((row) => row.name === name)?.id;
    if (id === undefined) return refuse('not-found');
    if (act === 'rotate') {
      const rotated = await rotateWebhook(db, deps, scope, id);
      return rotated.ok ? show(rotated.secret) : refuse(rotated.reason);
    }
    const done = await simple(act, id);
    if (!done.ok) return refuse(done.reason);
    console.log('Done.');
    return 0;

    function simple(what: Exclude<Act, 'create' | 'list' | 'rotate'>, which: WebhookId) {
      switch (what) {
        case 'pause':
          return setWebhookState(db, deps, scope, which, 'paused');
        case 'resume':
          return setWebhookState(db, deps, scope, which, 'active');
        case 'test':
          return testWebhook(db, deps, scope, which);
        case 'remove':
          return removeWebhook(db, deps, scope, which);
      }
    }
  };
}

function show(secret: string): number {
  console.log(`secret: ${secret}`);
  console.log('The secret is shown only now.');
  return 0;
}

function refuse(reason: keyof typeof PROBLEMS): number {
  console.error(PROBLEMS[reason]);
  return 1;
}

function readArguments(args: readonly string[]): Asked | undefined {
  const text = { type: 'string' } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { library: text, name: text, url: text, inside: { type: 'boolean' }, events: text },
    });
    const act = ACTS.find((one) => one === positionals[0]);
    const { library, name = '', url = '' } = values;
    if (act === undefined || library === undefined || positionals.length > 1) return undefined;
    if ((name === '') !== (act === 'list') || (url === '') === (act === 'create')) return undefined;
    return { act, library, name, url, inside: values.inside === true, events: listed(values.events) };
  } catch {
    return undefined;
  }
}
