import { expect, it } from 'vitest';
import { canHoldKia, needsGuardian } from './child.ts';
import type { PlainDate } from './plain-date.ts';

const today = '2026-11-21' as PlainDate;

it('asks for a guardian until the day before the eighteenth birthday', () => {
  expect(needsGuardian('2008-11-22' as PlainDate, today)).toBe(true);
  expect(needsGuardian('2008-11-21' as PlainDate, today)).toBe(false);
});

it('treats a birthday on 29 February as 1 March in common years', () => {
  expect(needsGuardian('2008-02-29' as PlainDate, '2026-02-28' as PlainDate)).toBe(true);
  expect(needsGuardian('2008-02-29' as PlainDate, '2026-03-01' as PlainDate)).toBe(false);
});

it('knows a KIA as a document of those under seventeen', () => {
  expect(canHoldKia('2009-11-22' as PlainDate, today)).toBe(true);
  expect(canHoldKia('2009-11-21' as PlainDate, today)).toBe(false);
});
