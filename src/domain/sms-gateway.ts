import type { Phone } from './ids.ts';

/**
 * A gateway for text messages as the operator describes it: one HTTP request in which places stand for the number and
 * the text. `{teks}`; `{nomor}` as `+628…`, `{nomor-62}` as `628…`, `{nomor-0}` as `08…`.
 */
export interface SmsGateway {
  /** With places in its path or query; it may carry `user:password@`. */
  readonly url: string;
  readonly method: 'GET' | 'POST';
  /** JSON where it begins with `{` or `[`, else a form. */
  readonly body: string | undefined;
  /** What opens the gateway. */
  readonly header: { readonly name: string; readonly value: string } | undefined;
  /** What an answer's body holds where the message was taken; undefined: the status says it. */
  readonly accepted: string | undefined;
}

export interface SmsRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

const PLACES = ['nomor', 'nomor-62', 'nomor-0', 'teks'] as const;
type Place = (typeof PLACES)[number];
const ANY_PLACE = /\{([\w-]*)\}/g;
type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** The request that hands one message over; everything in it is encoded as its place asks for. */
export function fillGateway(gateway: SmsGateway, to: Phone, text: string): SmsRequest {
  const values: Readonly<Record<Place, string>> = {
    nomor: to,
    'nomor-62': to.slice(1),
    'nomor-0': to.replace(/^\+62/, '0'),
    teks: text,
  };
  const put = (template: string, encode: (value: string) => string): string =>
    template.replace(ANY_PLACE, (whole, name: string) => (isPlace(name) ? encode(values[name]) : whole));
  const { method, body, header } = gateway;
  return {
    url: put(gateway.url, encodeURIComponent),
    method,
    headers: {
      ...(header === undefined ? {} : { [header.name]: header.value }),
      ...(body === undefined
        ? {}
        : { 'content-type': isJson(body) ? 'application/json' : 'application/x-www-form-urlencoded' }),
    },
    body:
      body === undefined || !isJson(body)
        ? body && put(body, encodeURIComponent)
        : JSON.stringify(eachText(JSON.parse(body) as Json, (value) => put(value, (plain) => plain))),
  };
}

/** What is wrong with how a gateway is described; no value is repeated, as some are secrets. */
export function gatewayProblems(
  gateway: SmsGateway,
): readonly { readonly of: 'url' | 'method' | 'body' | 'header'; readonly message: string }[] {
  const { url, method, body, header } = gateway;
  if (!isAddress(url))
    return [
      {
        of: 'url',
        message:
          'must be an address with http:// or https:// whose host is no place; for example SMS_URL=https://sms.example/send?to={nomor}&text={teks}',
      },
    ];
  if (body !== undefined && isJson(body) && parseJson(body) === undefined)
    return [
      {
        of: 'body',
        message:
          'must be JSON with the places inside of its texts, or a form such as to={nomor}&text={teks}; for example SMS_BODY={"phoneNumbers":["{nomor}"],"message":"{teks}"}',
      },
    ];
  const problems: { of: 'url' | 'method' | 'body' | 'header'; message: string }[] = [];
  const inUrl = placesOf(url);
  const inBody = body === undefined ? [] : placesOfBody(body);
  for (const [of, places] of [
    ['url', inUrl],
    ['body', inBody],
  ] as const)
    if (places.some((name) => !isPlace(name)))
      problems.push({ of, message: `has a place that is none of {${PLACES.join('}, {')}}` });
  const all = [...inUrl, ...inBody];
  if (!all.includes('teks') || !all.some((name) => name.startsWith('nomor')))
    problems.push({
      of: body === undefined ? 'url' : 'body',
      message:
        'says neither here nor in the other of SMS_URL and SMS_BODY where the number ({nomor}, {nomor-62} or {nomor-0}) and the text ({teks}) go',
    });
  if (method === 'GET' && body !== undefined)
    problems.push({ of: 'method', message: 'must be POST where SMS_BODY is set, or left out' });
  if (header !== undefined && new URL(sample(url)).username !== '')
    problems.push({
      of: 'header',
      message: 'is set, but SMS_URL names a user already: leave one of them out',
    });
  return problems;
}

/** `Bearer …`, `Basic …` for the header Authorization, or another header as `X-Api-Key: …`; undefined for neither. */
export function readGatewayHeader(text: string): SmsGateway['header'] {
  if (!/^[\x20-\x7e]+$/.test(text)) return undefined;
  const named = /^([A-Za-z0-9-]+): *(\S.*)$/.exec(text);
  return named ? { name: named[1] ?? '', value: named[2] ?? '' } : { name: 'Authorization', value: text };
}

/** The host that a gateway is at, as an address bar has it; undefined for what is no address. */
export function gatewayHost(url: string): string | undefined {
  return isAddress(url) ? new URL(sample(url)).hostname : undefined;
}

function isAddress(url: string): boolean {
  const [one, other] = [sample(url), sample(url, '8')].map((text) =>
    URL.canParse(text) ? new URL(text) : undefined,
  );
  return (
    one !== undefined &&
    other !== undefined &&
    ['http:', 'https:'].includes(one.protocol) &&
    // What the messages say decides neither who gets them nor as whom.
    one.origin === other.origin &&
    one.username === other.username &&
    one.password === other.password &&
    one.hash === ''
  );
}

function sample(url: string, digit = '1'): string {
  return url.replace(ANY_PLACE, digit);
}

function isJson(body: string): boolean {
  return /^\s*[{[]/.test(body) && !/^\s*\{[\w-]*\}/.test(body);
}

function parseJson(body: string): Json | undefined {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return undefined;
  }
}

function placesOf(template: string): string[] {
  return [...template.matchAll(ANY_PLACE)].map((match) => match[1] ?? '');
}

function placesOfBody(body: string): string[] {
  if (!isJson(body)) return placesOf(body);
  const found: string[] = [];
  eachText(parseJson(body) ?? null, (text) => {
    found.push(...placesOf(text));
    return text;
  });
  return found;
}

/** The same value with every text in it changed; names stay. */
function eachText(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((one: Json) => eachText(one, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as Readonly<Record<string, Json>>).map(([name, one]) => [
      name,
      eachText(one, change),
    ]),
  );
}

function isPlace(name: string): name is Place {
  return PLACES.some((place) => place === name);
}
