import { defaultSettings } from '../domain/default-settings.ts';
import type { LibraryPreset } from '../presets/preset.ts';
import type { NewLibrary } from './create-library.ts';

export interface FurtherLibrary {
  readonly slug: string;
  /** Full name, as it stands on the card. */
  readonly name: string;
  readonly shortName: string;
  /** "Pemerintah Kabupaten …" */
  readonly government: string;
  /** The office the library belongs to. */
  readonly unit: string;
  readonly city: string;
  /** IANA zone. */
  readonly timezone: string;
  readonly adminUsername: string;
}

/** Laws that hold for every library of the country; what stands below them is one region's own. */
const NATIONAL_LAW = /^(UU|Undang-Undang|PP|Peraturan Pemerintah|Perpres|Peraturan Presiden)\b/;

/**
 * A library that works like `model` and carries nothing of its identity: no officials, numbers, regional law or
 * complaint channels of another office may appear on a page of this one. Its admin fills them in under Pengaturan.
 */
export function furtherLibrary(model: LibraryPreset, input: FurtherLibrary): NewLibrary {
  const { procedure } = model;
  const { name, shortName, government, unit, city, timezone } = input;
  return {
    slug: input.slug,
    settings: defaultSettings({
      name,
      shortName,
      government,
      unit,
      city,
      timezone,
      address: '',
      postalCode: '',
      phone: '',
      website: '',
      email: '',
      npp: null,
      locale: 'id-ID',
    }),
    procedure: {
      ...procedure,
      identity: {
        title: procedure.identity.title,
        unit,
        government,
        number: '',
        createdOn: null,
        revisedOn: null,
        revision: '-',
        effectiveOn: null,
        ratifiedBy: null,
      },
      legalBasis: procedure.legalBasis.filter((law) => NATIONAL_LAW.test(law)),
      relatedProcedures: [],
      complaintChannels: [],
      sourceLink: null,
    },
    officers: [{ username: input.adminUsername, name: 'Admin', roles: ['admin'] }],
  };
}
