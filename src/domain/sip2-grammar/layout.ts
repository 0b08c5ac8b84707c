/**
 * What each message of 3M SIP 2.00 begins with (document revision 2.12): the fixed-length fields in their order, with
 * their lengths. Fields with identifiers follow in any order.
 */

/** From the device (SC) to us (ACS). */
export const REQUESTS = {
  '01': { cardRetained: 1, date: 18 },
  '09': { noBlock: 1, date: 18, returnDate: 18 },
  '11': { renewalPolicy: 1, noBlock: 1, date: 18, noBlockDueDate: 18 },
  '15': { holdMode: 1, date: 18 },
  '17': { date: 18 },
  '19': { date: 18 },
  '23': { language: 3, date: 18 },
  '25': { date: 18 },
  '29': { thirdParty: 1, noBlock: 1, date: 18, noBlockDueDate: 18 },
  '35': { date: 18 },
  '37': { date: 18, feeType: 2, paymentType: 2, currency: 3 },
  '63': { language: 3, date: 18, summary: 10 },
  '65': { date: 18 },
  '93': { loginAlgorithm: 1, passwordAlgorithm: 1 },
  '97': {},
  '99': { statusCode: 1, printWidth: 3, version: 4 },
} as const;

/** From us to the device. */
export const ANSWERS = {
  '10': { ok: 1, resensitize: 1, magnetic: 1, alert: 1, date: 18 },
  '12': { ok: 1, renewalOk: 1, magnetic: 1, desensitize: 1, date: 18 },
  '16': { ok: 1, available: 1, date: 18 },
  '18': { circulation: 2, security: 2, feeType: 2, date: 18 },
  '20': { ok: 1, date: 18 },
  '24': { patronStatus: 14, language: 3, date: 18 },
  '26': { patronStatus: 14, language: 3, date: 18 },
  '30': { ok: 1, renewalOk: 1, magnetic: 1, desensitize: 1, date: 18 },
  '36': { ended: 1, date: 18 },
  '38': { accepted: 1, date: 18 },
  '64': {
    patronStatus: 14,
    language: 3,
    date: 18,
    holds: 4,
    overdue: 4,
    charged: 4,
    fines: 4,
    recalls: 4,
    unavailableHolds: 4,
  },
  '66': { ok: 1, renewed: 4, unrenewed: 4, date: 18 },
  '94': { ok: 1 },
  '96': {},
  '98': {
    onLine: 1,
    checkinOk: 1,
    checkoutOk: 1,
    renewalPolicy: 1,
    statusUpdateOk: 1,
    offLineOk: 1,
    timeout: 3,
    retries: 3,
    date: 18,
    version: 4,
  },
} as const;

export type RequestId = keyof typeof REQUESTS;
export type AnswerId = keyof typeof ANSWERS;

/** The longest value of a field by the specification; only what a device itself sent may be longer. */
export const LONGEST_VALUE = 255;
/** No message of a device is longer than this in bytes: the longest code of ours is some 500. */
export const LONGEST_MESSAGE = 4_096;

export function isRequestId(id: string): id is RequestId {
  return Object.hasOwn(REQUESTS, id);
}
