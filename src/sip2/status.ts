import { sip2Time, supportedMessages } from '../domain/sip2-grammar/values.ts';
import { texts } from '../i18n/index.ts';
import type { Written } from './answer.ts';
import type { SignedInLine } from './parts.ts';

/** Tenths of a second that a device waits for an answer, and how often it asks again. */
const PATIENCE = { timeout: '100', retries: '003' } as const;

/** What this service can do for this device, and what time it is. @param onLine whether the database answers */
export function acsStatus({ client, library }: SignedInLine, at: Date, onLine: boolean): Written {
  const block = client.scopes.includes('patron.block');
  const { name, timezone } = library.settings.profile;
  const point = library.servicePoints.find(({ id }) => id === client.servicePointId);
  return {
    id: '98',
    fixed: {
      onLine: onLine ? 'Y' : 'N',
      checkinOk: 'N',
      checkoutOk: 'N',
      renewalPolicy: 'N',
      statusUpdateOk: block ? 'Y' : 'N',
      offLineOk: 'N',
      ...PATIENCE,
      date: sip2Time(timezone, at),
      version: '2.00',
    },
    fields: [
      ['AO', library.slug],
      ['AM', name],
      ['BX', supportedMessages({ block, enable: client.scopes.includes('patron.enable') })],
      ['AN', point?.name],
      ['AF', onLine ? undefined : texts(client.settings.language).sip2.offLine],
    ],
  };
}

/** Before the sign-in: that there is something here, and nothing of whose it is. */
export function strangersStatus(at: Date): Written {
  return {
    id: '98',
    fixed: {
      onLine: 'N',
      checkinOk: 'N',
      checkoutOk: 'N',
      renewalPolicy: 'N',
      statusUpdateOk: 'N',
      offLineOk: 'N',
      ...PATIENCE,
      date: sip2Time('UTC', at).replace('    ', '   Z'),
      version: '2.00',
    },
    fields: [
      ['AO', ''],
      ['BX', 'NNNNYYYNNNNNNNNN'],
      ['AF', texts('id').sip2.signInFirst],
    ],
  };
}
