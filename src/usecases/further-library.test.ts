import { expect, test } from 'vitest';
import { PRESETS } from '../presets/presets.ts';
import { furtherLibrary } from './further-library.ts';

const input = {
  slug: 'contoh',
  name: 'Perpustakaan Contoh',
  shortName: 'Contoh',
  government: 'Pemerintah Kabupaten Contoh',
  unit: 'Dinas Perpustakaan Contoh',
  city: 'Contoh',
  timezone: 'Asia/Makassar',
  adminUsername: 'admin',
};

test.each(PRESETS)('a library modelled on $slug shows nothing that belongs to that office', (model) => {
  const made = furtherLibrary(model, input);
  const text = JSON.stringify(made).toLowerCase();
  const { profile } = model.settings;
  const own = [
    profile.name,
    profile.government,
    profile.unit,
    profile.phone,
    profile.website,
    profile.email,
    model.procedure.identity.number,
    model.procedure.identity.ratifiedBy?.name ?? '',
    ...model.procedure.complaintChannels.map((channel) => channel.value),
  ];
  for (const value of own.filter((value) => value.length > 3))
    expect(text).not.toContain(value.toLowerCase());
  expect(made.procedure.steps).toEqual(model.procedure.steps);
  expect(made.officers).toEqual([{ username: 'admin', name: 'Admin', roles: ['admin'] }]);
});
