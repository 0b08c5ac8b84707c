import { WEEKDAYS } from '../../domain/library-settings.ts';
import type { LibraryContext } from '../../usecases/context.ts';

/**
 * The library and its service as schema.org data for search engines: `Library` and `GovernmentService`, only with
 * what the library really has told.
 * @param url address of the service page
 */
export function serviceStructuredData(library: LibraryContext, url: string): string {
  const { profile, openingHours, memberTypes } = library.settings;
  const { procedure } = library;
  const address = told({
    streetAddress: profile.address,
    addressLocality: profile.city,
    postalCode: profile.postalCode,
  });
  const organisation = told({
    '@type': 'Library',
    '@id': `${url}#perpustakaan`,
    name: profile.name,
    url: profile.website || url,
    telephone: profile.phone,
    email: profile.email,
    identifier:
      profile.npp === null
        ? ''
        : {
            '@type': 'PropertyValue',
            propertyID: 'NPP',
            name: 'Nomor Pokok Perpustakaan',
            value: profile.npp,
          },
    parentOrganization: { '@type': 'GovernmentOrganization', name: profile.unit },
    address: { '@type': 'PostalAddress', addressCountry: 'ID', ...address },
    openingHoursSpecification: WEEKDAYS.flatMap((weekday) =>
      openingHours[weekday].map((interval) => ({
        '@type': 'OpeningHoursSpecification',
        dayOfWeek: `https://schema.org/${weekday.charAt(0).toUpperCase()}${weekday.slice(1)}`,
        opens: interval.from,
        closes: interval.until,
      })),
    ),
  });
  const service = told({
    '@type': 'GovernmentService',
    name: procedure.serviceName,
    serviceType: 'Library membership',
    url,
    provider: { '@id': `${url}#perpustakaan` },
    serviceOutput: { '@type': 'Thing', name: procedure.product },
    termsOfService: `${url}/sop`,
    audience: memberTypes
      .filter((type) => type.active)
      .map((type) => ({ '@type': 'Audience', audienceType: type.name.id })),
    isAccessibleForFree: /tidak dipungut|gratis/i.test(procedure.cost) ? true : '',
    availableChannel: [
      { '@type': 'ServiceChannel', serviceUrl: `${url}/daftar`, availableLanguage: ['id', 'en'] },
      { '@type': 'ServiceChannel', serviceLocation: { '@id': `${url}#perpustakaan` } },
    ],
  });
  // `<` cannot end the element early, whatever somebody typed into a setting.
  return JSON.stringify({ '@context': 'https://schema.org', '@graph': [organisation, service] }).replace(
    /</g,
    '\\u003c',
  );
}

/** Without what is empty: an empty telephone number is worse than none. */
function told<T extends Record<string, unknown>>(values: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([, value]) => value !== '' && !(Array.isArray(value) && value.length === 0),
    ),
  ) as Partial<T>;
}
