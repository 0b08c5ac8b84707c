import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { readForm } from './form-body.ts';

const app = new Hono();
app.post('/:name', async (c) => {
  const body = await readForm(c);
  const asked = ['name', '__proto__', 'constructor', 'toString', '__proto__[isAdmin]'];
  return c.json({
    read: asked.map((name) => body.text(name)),
    all: body.texts('name'),
    names: body.names,
  });
});

const plain = (fields: string) => ({
  body: fields,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
});
function parts(fields: string) {
  const body = new FormData();
  for (const [name, value] of new URLSearchParams(fields)) body.append(name, value);
  return { body };
}

describe.each([
  ['as browsers send it', plain],
  ['with room for files', parts],
])('a form %s', (_how, form) => {
  const send = async (path: string, fields: string) =>
    (await (await app.request(path, { method: 'POST', ...form(fields) })).json()) as {
      readonly read: readonly string[];
      readonly all: readonly string[];
      readonly names: readonly string[];
    };

  it('has the fields that were sent and no others, whatever they are called', async () => {
    expect((await send('/x', 'a=1')).read).toEqual(['', '', '', '', '']);
    const fields =
      '__proto__=1&constructor=2&toString=3&__proto__%5BisAdmin%5D=4&constructor.prototype.isAdmin=5';
    const sent = await send('/x', fields);
    expect(sent.read).toEqual(['', '1', '2', '3', '4']);
    expect(sent.names).toHaveLength(5);
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
  });

  it('is read apart from the address, and a field that comes twice is its first', async () => {
    const sent = await send('/path?name=query&name=query2', 'name=first&name=second&name%5B%5D=third');
    expect(sent.read[0]).toBe('first');
    expect(sent.all).toEqual(['first', 'second']);
    expect((await send('/path?name=query', 'a=1')).read[0]).toBe('');
  });
});
