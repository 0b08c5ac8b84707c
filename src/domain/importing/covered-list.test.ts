import { expect, it } from 'vitest';
import { coveredList } from './covered-list.ts';

const ONE = '9901011705900124';
const OTHER = '9901010101010125';
const facts = { hasHeader: false, dialect: null, titles: ['Nama', ONE, ` ${OTHER} `] } as const;

it('a title that is covered has the same name in facts, mapping and sums', () => {
  const covered = coveredList({
    facts,
    mapping: { columns: { Nama: 'name', [OTHER]: 'institution' }, types: { [`Umum ${ONE}`]: 'UMUM' } },
    counts: { leftOver: { [ONE]: 3, '•••': 2, agama: 1 }, types: { [`Umum ${ONE}`]: 2 }, visits: 4 },
  });
  expect(covered).toEqual({
    facts: { ...facts, titles: ['Nama', '•••', '••• (2)'] },
    mapping: { columns: { Nama: 'name', '••• (2)': 'institution' }, types: { 'Umum •••': 'UMUM' } },
    // What a batch of another process wrote under the covered name is added up.
    counts: { leftOver: { '•••': 5, agama: 1 }, types: { 'Umum •••': 2 }, visits: 4 },
  });
  expect(coveredList(covered)).toEqual(covered);
});

it('a list without a number stays as it is', () => {
  const list = {
    facts: { ...facts, titles: ['Nama', 'Alamat'] },
    mapping: { columns: {}, types: {} },
    counts: {},
  };
  expect(coveredList(list)).toEqual(list);
});
