import { CONTACT_FIELDS, type Sip2Field } from '../domain/client.ts';
import type { FieldList, RequestOf } from '../domain/sip2-grammar/message.ts';
import { LANGUAGE_CODES, NOT_KEPT, patronStatus, sip2Date, sip2Time } from '../domain/sip2-grammar/values.ts';
import { texts } from '../i18n/index.ts';
import {
  askPatron,
  memberOfAnswer,
  type PatronAnswer,
  provesPresence,
  readPatronContact,
} from '../usecases/ask-patron.ts';
import { blockPatron, enablePatron } from '../usecases/block-patron.ts';
import type { Scope } from '../usecases/context.ts';
import type { Written } from './answer.ts';
import type { SignedInLine, Sip2Deps, Turns } from './parts.ts';

/** Everything that an answer about a person is made from. */
export interface Asked {
  readonly deps: Sip2Deps;
  readonly line: SignedInLine;
  readonly turns: Turns;
}

/** An answer, and what the verdict was, for whoever counts. */
export interface AboutPatron {
  readonly written: Written;
  readonly refused: PatronAnswer['refused'];
}

/** 23: whether somebody is a member. */
export async function patronStatusAnswer(asked: Asked, request: RequestOf<'23'>): Promise<AboutPatron> {
  const look = await lookAt(asked, request);
  return { written: statusOf('24', asked, request, look), refused: look.answer.refused };
}

/** 63: the same with what the account lets out. Nothing of loans, holds and fines is kept here. */
export async function patronInformation(asked: Asked, request: RequestOf<'63'>): Promise<AboutPatron> {
  const look = await lookAt(asked, request);
  const { client } = asked.line;
  const { patron, refused } = look.answer;
  const lets = (field: Sip2Field) => patron !== null && client.settings.fields.includes(field);
  const contact =
    refused === null && CONTACT_FIELDS.some(lets) ? await contactOf(asked, request, look.answer) : undefined;
  const words = texts(client.settings.language).sip2;
  // Whoever asks for lists is told where they are.
  const asksItems = refused === null && request.fixed.summary.includes('Y');
  return {
    refused,
    written: {
      id: '64',
      fixed: {
        ...fixedOf(asked, look.answer),
        holds: NOT_KEPT,
        overdue: NOT_KEPT,
        charged: NOT_KEPT,
        fines: NOT_KEPT,
        recalls: NOT_KEPT,
        unavailableHolds: NOT_KEPT,
      },
      fields: [
        ...whoOf(asked, request, look),
        ['BD', lets('address') ? contact?.address.join(', ') : undefined],
        ['BE', lets('email') ? (contact?.email ?? undefined) : undefined],
        ['BF', lets('phone') ? (contact?.phone ?? undefined) : undefined],
        ['PA', lets('expiry') && patron?.validUntil ? sip2Date(patron.validUntil) : undefined],
        ['PB', lets('birth') && contact?.birthDate ? sip2Date(contact.birthDate) : undefined],
        ['PC', lets('type') ? patron?.memberType : undefined],
        ['AF', look.words ?? (asksItems ? words.lending : undefined)],
      ],
    },
  };
}

/** 01: suspends a membership, where the device has the right. */
export async function blockAnswer(asked: Asked, request: RequestOf<'01'>): Promise<AboutPatron> {
  const { deps, line } = asked;
  const words = texts(line.client.settings.language).sip2;
  let told = words.notAllowed;
  if (line.client.scopes.includes('patron.block')) {
    const outcome = await blockPatron(deps.db, deps, scopeOf(asked), {
      code: request.fields.get('AA') ?? '',
      reason: line.client.settings.blockReason,
    });
    told = outcome.ok ? words.blocked : outcome.reason === 'not-found' ? words.notFound : words.notBlocked;
  }
  const look = await lookAt(asked, request);
  return { written: statusOf('24', asked, request, { ...look, words: told }), refused: look.answer.refused };
}

/** 25: lifts a block that a device has put, where the device has the right. */
export async function enableAnswer(asked: Asked, request: RequestOf<'25'>): Promise<AboutPatron> {
  const { deps, line } = asked;
  const words = texts(line.client.settings.language).sip2;
  let told = words.notAllowed;
  if (line.client.scopes.includes('patron.enable')) {
    const outcome = await enablePatron(deps.db, deps, scopeOf(asked), {
      code: request.fields.get('AA') ?? '',
    });
    told = outcome.ok ? words.enabled : outcome.reason === 'not-found' ? words.notFound : words.notEnabled;
  }
  const look = await lookAt(asked, request);
  return { written: statusOf('26', asked, request, { ...look, words: told }), refused: look.answer.refused };
}

/** 35: the person has gone; the next scan is somebody else's. */
export function endSession({ deps, line, turns }: Asked, request: RequestOf<'35'>): Written {
  turns.end(line.client.id);
  const { library } = line;
  return {
    id: '36',
    fixed: { ended: 'Y', date: sip2Time(library.settings.profile.timezone, deps.now()) },
    fields: [
      ['AO', library.slug],
      ['AA', request.fields.get('AA') ?? ''],
    ],
  };
}

type PatronRequest = RequestOf<'01' | '23' | '25' | '63'>;

interface Look {
  readonly answer: PatronAnswer;
  /** Whether the patron password proves anything; undefined where none was sent. */
  readonly password: boolean | undefined;
  /** For the screen. */
  readonly words: string | undefined;
}

async function lookAt(asked: Asked, request: PatronRequest): Promise<Look> {
  const { deps, line, turns } = asked;
  const { settings } = line.client;
  const code = request.fields.get('AA') ?? '';
  const scope = scopeOf(asked);
  const scan = turns.scanOf(line.client.id, code);
  const answer = await askPatron(deps.db, deps, scope, deps.codes, { code, scan, device: settings });
  const proof = request.fields.get('AD') ?? '';
  return {
    answer,
    password: proof === '' ? undefined : await isProven(asked, scope, { code, proof, scan }, answer),
    words: wordsOf(asked, code, answer),
  };
}

async function isProven(
  { deps }: Asked,
  scope: Scope,
  shown: { readonly code: string; readonly proof: string; readonly scan: string },
  answer: PatronAnswer,
): Promise<boolean> {
  if (answer.refused !== null) return false;
  const member = await memberOfAnswer(deps.db, scope, shown.code, answer);
  if (member === undefined) return false;
  const { proof, scan } = shown;
  return provesPresence(deps.db, scope, deps.codes, { proof, member, scan });
}

function wordsOf({ line }: Asked, code: string, { refused }: PatronAnswer): string | undefined {
  const { gate, sip2 } = texts(line.client.settings.language);
  if (refused === null) return undefined;
  if (refused === 'look') return sip2.look;
  const isNumber = refused === 'kind_not_taken' && !line.client.settings.numbers && !code.includes('/');
  return isNumber ? sip2.numberNotTaken : gate.reasons[refused];
}

function statusOf(id: '24' | '26', asked: Asked, request: PatronRequest, look: Look): Written {
  return {
    id,
    fixed: fixedOf(asked, look.answer),
    fields: [...whoOf(asked, request, look), ['AF', look.words]],
  };
}

function fixedOf({ deps, line }: Asked, { refused }: PatronAnswer) {
  const { client, library } = line;
  return {
    patronStatus: patronStatus(refused),
    language: LANGUAGE_CODES[client.settings.language],
    date: sip2Time(library.settings.profile.timezone, deps.now()),
  };
}

/** The fields that both answers about a person have. */
function whoOf({ line }: Asked, request: PatronRequest, { answer, password }: Look): FieldList {
  const { settings } = line.client;
  return [
    ['AO', line.library.slug],
    ['AA', request.fields.get('AA') ?? ''],
    // Required: where the name does not go out, it is empty.
    ['AE', settings.fields.includes('name') ? (answer.patron?.name ?? '') : ''],
    ['BL', answer.refused === null ? 'Y' : 'N'],
    ['CQ', password === undefined ? undefined : password ? 'Y' : 'N'],
  ];
}

async function contactOf(asked: Asked, request: RequestOf<'63'>, answer: PatronAnswer) {
  const { deps } = asked;
  const scope = scopeOf(asked);
  const member = await memberOfAnswer(deps.db, scope, request.fields.get('AA') ?? '', answer);
  return member && readPatronContact(deps.db, deps, scope, member);
}

function scopeOf({ deps, line }: Asked): Scope {
  const { client, library, requestId } = line;
  return {
    library,
    actor: {
      kind: 'device',
      id: client.id,
      servicePointId: client.servicePointId,
      memberActions: [
        ...(client.scopes.includes('patron.block') ? (['suspend'] as const) : []),
        ...(client.scopes.includes('patron.enable') ? (['resume'] as const) : []),
      ],
    },
    at: deps.now(),
    requestId,
  };
}
