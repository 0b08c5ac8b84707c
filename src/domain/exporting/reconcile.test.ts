import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type FirstMeeting,
  GONE,
  intendRow,
  judgeRow,
  type LiveMemory,
  type LiveTexts,
  NOTHING_KNOWN,
  type RowThere,
  rememberRow,
} from './reconcile.ts';

const digest = (field: string, text: string) => `${field}=${text}`;
const judge = (
  ours: LiveTexts,
  theirs: LiveTexts | null,
  changes: { memory?: LiveMemory; known?: boolean; first?: FirstMeeting } = {},
) =>
  judgeRow({
    ours,
    there: theirs === null ? null : { id: '7', values: theirs },
    known: true,
    memory: NOTHING_KNOWN,
    first: 'ask',
    digest,
    ...changes,
  });
const left = (texts: LiveTexts): LiveMemory => ({
  ...NOTHING_KNOWN,
  left: Object.fromEntries(Object.entries(texts).map(([field, text]) => [field, digest(field, text)])),
});

describe('what is sent where others write too', () => {
  it('writes what only we have changed, and lets wait what they have changed', () => {
    const memory = left({ name: 'Ayu', phone: '1', email: 'a@b' });
    expect(
      judge({ name: 'Ayu', phone: '2', email: 'c@d' }, { name: 'Ayu', phone: '1', email: 'x@y' }, { memory }),
    ).toEqual({ kind: 'write', fields: ['phone'], conflicts: ['email'] });
    // Theirs alone has changed, and it is ours to say.
    expect(judge({ phone: '1' }, { phone: '3' }, { memory })).toMatchObject({ conflicts: ['phone'] });
    // Both came to the same.
    expect(judge({ phone: '3' }, { phone: '3' }, { memory })).toEqual({
      kind: 'write',
      fields: [],
      conflicts: [],
    });
    // Never looked at: theirs alone.
    expect(judge({}, { notes: 'catatan' }, { memory })).toMatchObject({ fields: [], conflicts: [] });
  });

  it('at a first meeting fills empty places only, unless an admin has said otherwise', () => {
    const ours = { name: 'Ayu Contoh', phone: '1', email: 'a@b', institution: '' };
    const theirs = { name: 'AYU  contoh', phone: '2', email: '', institution: 'SD' };
    expect(judge(ours, theirs, { known: false })).toEqual({
      kind: 'write',
      fields: ['email'],
      conflicts: ['phone'],
    });
    expect(judge(ours, theirs, { known: false, first: 'ours' })).toEqual({
      kind: 'write',
      fields: ['phone', 'email'],
      conflicts: [],
    });
    for (const first of ['ask', 'ours'] as const)
      expect(judge(ours, { ...theirs, name: 'Orang Lain' }, { known: false, first })).toMatchObject({
        kind: 'hold',
      });
  });

  it('makes nobody again who was deleted there, until somebody says so', () => {
    expect(judge({ name: 'Ayu' }, null)).toEqual({ kind: 'hold', conflicts: [GONE] });
    expect(judge({ name: 'Ayu' }, null, { known: false })).toEqual({ kind: 'insert' });
    const agreed = { ...NOTHING_KNOWN, agreed: { [GONE]: GONE } };
    expect(judge({ name: 'Ayu' }, null, { memory: agreed })).toEqual({ kind: 'insert' });
    const apart = { ...NOTHING_KNOWN, apart: { [GONE]: { ours: '', theirs: '' } } };
    expect(judge({ name: 'Ayu' }, null, { memory: apart })).toEqual({ kind: 'skip' });
  });

  it('loses no change of ours, overwrites none of theirs unseen, and ends equal, whatever happens in between', () => {
    const field = fc.constantFrom('name', 'phone', 'email');
    const text = fc.constantFrom('', 'a', 'b', 'c', 'd');
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ do: fc.constant('ours' as const), field, text }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('theirs' as const), field, text }) },
      {
        weight: 4,
        arbitrary: fc.record({
          do: fc.constant('send' as const),
          // Killed before anything is written there, after it, or not.
          killed: fc.constantFrom('before', 'after', 'no', 'no'),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constant('decide' as const),
          choice: fc.constantFrom('ours', 'theirs', 'leave'),
        }),
      },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let ours: LiveTexts = { name: 'n', phone: 'a', email: '' };
        let theirs: LiveTexts | null = null as LiveTexts | null;
        let known = false;
        let memory: LiveMemory = NOTHING_KNOWN;
        let open: { field: string; ours: string; theirs: string }[] = [];
        /** Texts that they typed and nobody here has seen or written. */
        let unseen: Record<string, string> = {};
        const send = (killed: string): void => {
          memory = intendRow(ours, memory, digest);
          // The same text on both sides is nobody's alone, whether we came to write it or not.
          for (const [one, text] of Object.entries(unseen)) if (ours[one] === text) delete unseen[one];
          const there: RowThere | null = theirs === null ? null : { id: '7', values: theirs };
          const judged = judgeRow({ ours, there, known, memory, first: 'ask', digest });
          if (killed === 'before') return;
          const conflicts = 'conflicts' in judged ? judged.conflicts : [];
          if (judged.kind === 'insert') theirs = { ...ours };
          if (judged.kind === 'write' && theirs !== null)
            for (const one of judged.fields) {
              // The rule that everything here is about.
              expect(unseen[one]).toBeUndefined();
              theirs = { ...theirs, [one]: ours[one] ?? '' };
            }
          if (killed === 'after') return;
          if (judged.kind === 'insert' || judged.kind === 'write') {
            known = true;
            memory = rememberRow({
              ours,
              after: { id: '7', values: theirs ?? {} },
              conflicts,
              memory,
              digest,
            });
          }
          open = conflicts.map((one) => ({
            field: one,
            ours: ours[one] ?? '',
            theirs: theirs?.[one] ?? '',
          }));
        };
        const decide = (choice: string): void => {
          const agreed: Record<string, string> = { ...memory.agreed };
          const apart: Record<string, { ours: string; theirs: string }> = { ...memory.apart };
          for (const one of open) {
            const mark = digest(one.field, one.theirs);
            if (unseen[one.field] === one.theirs) delete unseen[one.field];
            if (choice === 'ours') agreed[one.field] = mark;
            else if (choice === 'leave')
              apart[one.field] = { ours: digest(one.field, one.ours), theirs: mark };
            else ours = { ...ours, [one.field]: one.theirs };
          }
          memory = { ...memory, agreed, apart };
          open = [];
        };
        for (const one of steps) {
          if (one.do === 'ours')
            ours = { ...ours, [one.field]: one.field === 'name' ? `n${one.text}` : one.text };
          else if (one.do === 'theirs') {
            if (theirs === null || theirs[one.field] === one.text) continue;
            theirs = { ...theirs, [one.field]: one.text };
            // What stands here too, or once stood there by us, takes nothing away when it is written over.
            const ourOwn =
              ours[one.field] === one.text ||
              memory.left[one.field] === digest(one.field, one.text) ||
              memory.intended[one.field]?.includes(digest(one.field, one.text)) === true;
            const seen = memory.agreed[one.field] === digest(one.field, one.text);
            if (ourOwn || seen || one.text === '') delete unseen[one.field];
            else unseen = { ...unseen, [one.field]: one.text };
          } else if (one.do === 'send') send(one.killed);
          else decide(one.choice);
        }
        // A last look, everything decided as ours: equal on both sides, but for what is empty here and was never ours.
        send('no');
        decide('ours');
        send('no');
        for (const [name, own] of Object.entries(ours)) {
          const there = theirs?.[name];
          const isApart = memory.apart[name] !== undefined;
          if (!isApart && !(own === '' && memory.left[name] === undefined)) expect(there).toBe(own);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
