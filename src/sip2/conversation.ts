import { setTimeout as wait } from 'node:timers/promises';
import type { ClientId } from '../domain/ids.ts';
import { plainDateIn } from '../domain/plain-date.ts';
import {
  type ErrorDetection,
  readRequest,
  type Sip2Request,
  writeResend,
} from '../domain/sip2-grammar/message.ts';
import { sip2Time } from '../domain/sip2-grammar/values.ts';
import { texts } from '../i18n/index.ts';
import { stillSignedIn } from '../usecases/client-session.ts';
import { bytesOf, type Written } from './answer.ts';
import { refuseLending } from './circulation.ts';
import type { Pace } from './pace.ts';
import type { SignedInLine, Sip2Deps, Sip2Limits, Turns } from './parts.ts';
import {
  type AboutPatron,
  blockAnswer,
  enableAnswer,
  endSession,
  patronInformation,
  patronStatusAnswer,
} from './patron.ts';
import type { Door } from './sign-in.ts';
import { acsStatus, strangersStatus } from './status.ts';

/** How often the account is read anew while a device speaks: so long a revoked one may go on. */
const LOOK_AGAIN_MS = 2_000;
/** Messages in a row that nobody can read, after which the line is closed. */
const MOST_GARBLED = 5;
const MOST_UNKNOWN = 20;
const MOST_REFUSALS = 3;
/** A number that nobody has costs as much as so many messages: whoever tries numbers is slow. */
const UNKNOWN_COSTS = 10;
/** Who would have to wait longer is sent away. */
const LONGEST_WAIT_MS = 5_000;

export interface Reply {
  /** Null: nothing is said. */
  readonly send: Uint8Array | null;
  readonly close: boolean;
}

/** One line's talk, message by message; it knows nothing of sockets. */
export interface Conversation {
  /** Null before the sign-in. */
  client(): ClientId | null;
  /** @param message without its line end */
  hear(message: Uint8Array): Promise<Reply>;
  /** The line is gone: what was counted is written. */
  end(): Promise<void>;
}

/** What all lines share. */
export interface Shared {
  readonly deps: Sip2Deps;
  readonly limits: Sip2Limits;
  readonly door: Door;
  readonly pace: Pace;
  readonly turns: Turns;
}

const SILENCE: Reply = { send: null, close: false };
const GOODBYE: Reply = { send: null, close: true };

/** @param address of the device, for its list of addresses and for the limit of wrong passwords */
export function openConversation(shared: Shared, address: string): Conversation {
  const { deps, limits, door, pace, turns } = shared;
  const requestId = deps.uuid(deps.now());
  let line: SignedInLine | null = null;
  /** The last message and what it was answered with, for a device that did not hear. */
  let last: { readonly message: Uint8Array; readonly answer: Uint8Array } | null = null;
  /** Whether the device speaks with error detection, as it did last. */
  let detection: ErrorDetection | null = null;
  let garbled = 0;
  let unknown = 0;
  let refusals = 0;
  let messages = 0;
  let lookups = 0;
  let lookedAt = 0;

  function say(written: Written): Reply {
    return { send: bytesOf(written, line?.client.settings.charset ?? 'utf8', detection), close: false };
  }

  /** Writes what was counted and reads the account. @returns false where the device is to go */
  async function lookAgain(): Promise<boolean> {
    if (line === null) return false;
    const told = { messages, lookups };
    const { library, client } = line;
    const day = plainDateIn(library.settings.profile.timezone, deps.now());
    const [now, current] = await Promise.all([
      stillSignedIn(deps.db, deps, library, client, { ...told, day, address }),
      deps.libraries.find(library.slug),
    ]);
    messages -= told.messages;
    lookups -= told.lookups;
    lookedAt = performance.now();
    if (!now || !current) return false;
    line = { ...line, client: now, library: current };
    return true;
  }

  async function signIn(request: Extract<Sip2Request, { id: '93' }>): Promise<Reply> {
    if (line) await lookAgain();
    line = (await door.signIn(request, address, requestId)) ?? null;
    lookedAt = performance.now();
    deps.log({
      event: 'sip2-sign-in',
      ok: line !== null,
      request: requestId,
      ...(line === null ? {} : { library: line.library.id, client: line.client.id }),
    });
    if (line) {
      refusals = 0;
      messages++;
      await lookAgain();
      return say({ id: '94', fixed: { ok: '1' }, fields: [] });
    }
    refusals++;
    await wait(limits.refusalMs);
    return { ...say({ id: '94', fixed: { ok: '0' }, fields: [] }), close: refusals >= MOST_REFUSALS };
  }

  async function answer(request: Sip2Request, present: SignedInLine): Promise<Written> {
    const { client, library } = present;
    const asked = { deps, line: present, turns };
    switch (request.id) {
      case '23':
        return counted(await patronStatusAnswer(asked, request), present);
      case '63':
        return counted(await patronInformation(asked, request), present);
      case '01':
        return counted(await blockAnswer(asked, request), present);
      case '25':
        return counted(await enableAnswer(asked, request), present);
      case '35':
        return endSession(asked, request);
      case '99':
        return acsStatus(present, deps.now(), true);
      case '09':
      case '11':
      case '15':
      case '17':
      case '19':
      case '29':
      case '37':
      case '65':
        return refuseLending(request, {
          date: sip2Time(library.settings.profile.timezone, deps.now()),
          institution: library.slug,
          words: texts(client.settings.language).sip2.lending,
        });
      case '93':
      case '97':
        throw new Error('answered before');
    }
  }

  function counted({ written, refused }: AboutPatron, { client }: SignedInLine): Written {
    lookups++;
    if (refused === 'unknown_number') pace.take(client.id, client.perMinute, UNKNOWN_COSTS - 1);
    return written;
  }

  async function answerSignedIn(request: Sip2Request): Promise<Reply> {
    if (line === null) return GOODBYE;
    const pause = pace.take(line.client.id, line.client.perMinute, 1);
    if (pause > LONGEST_WAIT_MS) {
      deps.log({ event: 'sip2-too-fast', request: requestId, client: line.client.id });
      return GOODBYE;
    }
    if (pause > 0) await wait(pause);
    messages++;
    try {
      if (performance.now() - lookedAt > LOOK_AGAIN_MS && !(await lookAgain())) {
        deps.log({ event: 'sip2-sent-away', request: requestId, client: line.client.id });
        return GOODBYE;
      }
      return say(await answer(request, line));
    } catch (error) {
      deps.log({
        level: 'error',
        event: 'sip2-failed',
        request: requestId,
        message: request.id,
        error: error instanceof Error ? error.name : 'unknown',
      });
      // A status can say so in its own words; for anything else no answer is better than a wrong one.
      return request.id === '99' ? say(acsStatus(line, deps.now(), false)) : GOODBYE;
    }
  }

  async function react(message: Uint8Array): Promise<Reply> {
    const received = readRequest(message, line?.client.settings.charset ?? 'utf8');
    if (received.kind === 'garbled') {
      unknown = 0;
      return { send: writeResend(received.detection ?? detection), close: ++garbled >= MOST_GARBLED };
    }
    garbled = 0;
    if (received.kind === 'unknown') return line && ++unknown < MOST_UNKNOWN ? SILENCE : GOODBYE;
    unknown = 0;
    if (received.id === '97')
      return last ? { send: last.answer, close: false } : { send: writeResend(detection), close: false };
    detection = received.detection;
    // The same message with the same sequence number: its answer was lost on the way.
    if (last && detection?.sequence != null && isSame(last.message, message))
      return { send: last.answer, close: false };
    if (received.id === '93') return signIn(received);
    if (line) return answerSignedIn(received);
    return received.id === '99' ? say(strangersStatus(deps.now())) : GOODBYE;
  }

  return {
    client: () => line?.client.id ?? null,
    async hear(message) {
      const reply = await react(message);
      if (reply.send && reply.send !== last?.answer) last = { message, answer: reply.send };
      return reply;
    },
    async end() {
      last = null;
      if (messages > 0) await lookAgain();
    },
  };
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
