import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Phone } from './ids.ts';
import {
  fillGateway,
  gatewayHost,
  gatewayProblems,
  readGatewayHeader,
  type SmsGateway,
} from './sms-gateway.ts';

const TO = '+6281234567890' as Phone;
const gateway = (changes: Partial<SmsGateway>): SmsGateway => ({
  url: 'https://sms.contoh.example/kirim',
  method: 'POST',
  body: undefined,
  header: undefined,
  accepted: undefined,
  ...changes,
});
/** Whatever somebody may put into a library's name. */
const text = fc.string({ unit: 'grapheme' });

describe('a text goes to the gateway as it is, whatever it holds', () => {
  it('in the query of an address', () => {
    fc.assert(
      fc.property(text, (said) => {
        const url = 'http://127.0.0.1:13013/cgi-bin/sendsms?username=a&to={nomor}&text={teks}&from=PERPUS';
        const filled = new URL(fillGateway(gateway({ url, method: 'GET' }), TO, said).url);
        expect(filled.searchParams.get('text')).toBe(said);
        expect(filled.searchParams.get('to')).toBe(TO);
        expect([...filled.searchParams.keys()]).toEqual(['username', 'to', 'text', 'from']);
      }),
    );
  });

  it('in a form', () => {
    fc.assert(
      fc.property(text, (said) => {
        const filled = fillGateway(gateway({ body: 'key=a%26b&to={nomor-62}&message={teks}' }), TO, said);
        const fields = new URLSearchParams(filled.body);
        expect(fields.get('message')).toBe(said);
        expect([fields.get('key'), fields.get('to')]).toEqual(['a&b', '6281234567890']);
        expect(filled.headers).toEqual({ 'content-type': 'application/x-www-form-urlencoded' });
      }),
    );
  });

  it('in JSON, however deep', () => {
    fc.assert(
      fc.property(text, (said) => {
        const body =
          '{ "to": ["{nomor-0}"], "sms": { "text": "Perpus: {teks}", "class": 1, "flash": null } }';
        const filled = fillGateway(gateway({ body }), TO, said);
        expect(JSON.parse(filled.body ?? '')).toEqual({
          to: ['081234567890'],
          sms: { text: `Perpus: ${said}`, class: 1, flash: null },
        });
        expect(filled.headers).toEqual({ 'content-type': 'application/json' });
      }),
    );
  });
});

test('a text that looks like a place is no place', () => {
  const body = '{"to":"{nomor}","text":"{teks}"}';
  const filled = fillGateway(gateway({ body }), TO, '{nomor} {teks} $& ","to":"x');
  expect(JSON.parse(filled.body ?? '')).toEqual({ to: TO, text: '{nomor} {teks} $& ","to":"x' });
});

test.each([
  [{ body: '{"to":"{nomor}","text":"{teks}"}' }, []],
  [{ body: '[{"to":"{nomor}","text":"{teks}"}]' }, []],
  [{ body: 'to={nomor}&text={teks}' }, []],
  [{ url: 'https://sms.contoh.example/{nomor-62}', body: 'text={teks}' }, []],
  [{ url: 'https://sms.contoh.example/?to={nomor}&text={teks}', method: 'GET' as const }, []],
  [{ url: 'https://sms.contoh.example/?to={nomor}&text={teks}' }, []],
  [{ url: 'https://{nomor}.contoh.example/?text={teks}' }, ['url']],
  [{ url: 'https://{teks}@contoh.example/?to={nomor}' }, ['url']],
  [{ url: 'ftp://contoh.example/?to={nomor}&text={teks}' }, ['url']],
  [{ url: 'https://contoh.example/#{nomor}{teks}' }, ['url']],
  [{ url: 'contoh' }, ['url']],
  [{ body: '{"to":{nomor},"text":"{teks}"}' }, ['body']],
  [{ body: '{"to":"{nomor}"}' }, ['body']],
  [{ body: 'text={teks}' }, ['body']],
  [{ url: 'https://contoh.example/?to={nomor}' }, ['url']],
  [{ body: 'to={nomer}&no={nomor}&text={teks}' }, ['body']],
  [{ method: 'GET' as const, body: 'to={nomor}&text={teks}' }, ['method']],
  [
    {
      url: 'https://a:b@contoh.example/?to={nomor}&text={teks}',
      header: { name: 'Authorization', value: 'Bearer x' },
    },
    ['header'],
  ],
])('what a gateway is described with is checked: %j', (changes, wrong) => {
  expect(gatewayProblems(gateway(changes)).map((problem) => problem.of)).toEqual(wrong);
});

test('what opens a gateway is a value of Authorization, or another header', () => {
  expect(readGatewayHeader('Basic cGVycHVzOnJhaGFzaWE=')).toEqual({
    name: 'Authorization',
    value: 'Basic cGVycHVzOnJhaGFzaWE=',
  });
  expect(readGatewayHeader('X-Api-Key: abc def')).toEqual({ name: 'X-Api-Key', value: 'abc def' });
  for (const bad of ['', 'a\nX-Other: b', 'kunci é']) expect(readGatewayHeader(bad)).toBeUndefined();
});

test('the host is told without its places', () => {
  expect(gatewayHost('http://perpus:rahasia@[::1]:8080/{nomor}?t={teks}')).toBe('[::1]');
  expect(gatewayHost('{nomor}')).toBeUndefined();
});
