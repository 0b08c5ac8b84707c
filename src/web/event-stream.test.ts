import { Hono } from 'hono';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { LibraryId } from '../domain/ids.ts';
import type { LibraryEnv, WebDeps } from './env.ts';
import { feedOf } from './event-stream.ts';
import { openFeed } from './live-feed.ts';

const ID = 1 as LibraryId;
const REST_MS = 1_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** A page that listens; `heard` tells the names of all events until now. */
async function listen() {
  const feed = openFeed();
  const app = new Hono<LibraryEnv>();
  app.get('/', (c) => {
    c.set('library', { id: ID } as never);
    return feedOf(c, { feed } as unknown as WebDeps, ({ topic }) => topic === 'case');
  });
  const answer = await app.request('/');
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const reading = (async () => {
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read())
      text += part.value;
  })();
  return {
    change: () => feed.publish({ libraryId: ID, topic: 'case', subjectId: 'x' }),
    heard: () => [...text.matchAll(/^event: (\w+)/gm)].map(([, name]) => name),
    async close() {
      await reader?.cancel();
      await reading;
    },
  };
}

/** Lets everything run that waits for no clock. */
async function settle(): Promise<void> {
  for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve));
}

it('the first change is told at once, those that follow as one, and the last is never left out', async () => {
  const page = await listen();
  await settle();
  page.change();
  await settle();
  expect(page.heard()).toEqual(['ping', 'change']);
  for (let n = 0; n < 50; n++) page.change();
  await settle();
  await vi.advanceTimersByTimeAsync(REST_MS - 1);
  await settle();
  expect(page.heard()).toEqual(['ping', 'change']);
  await vi.advanceTimersByTimeAsync(1);
  await settle();
  expect(page.heard()).toEqual(['ping', 'change', 'change']);
  await vi.advanceTimersByTimeAsync(2 * REST_MS);
  await settle();
  expect(page.heard()).toEqual(['ping', 'change', 'change']);
  page.change();
  await settle();
  expect(page.heard()).toEqual(['ping', 'change', 'change', 'change']);
  await page.close();
});
