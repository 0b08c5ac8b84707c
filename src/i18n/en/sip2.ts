import type { Sip2Texts } from '../id/sip2.ts';

/** Screen messages (AF) of SIP2 devices; why somebody is refused stands in the area `gate`. */
export const sip2: Sip2Texts = {
  signInFirst: 'This device has not signed in.',
  offLine: 'The service is disturbed. Please ask the staff.',
  lending: 'Loans, returns, holds and fines are handled by the lending system of the library.',
  look: 'Please go to the staff: face and photo have to be compared.',
  numberNotTaken: 'A number alone is not enough here. Scan the code of the card or the digital card.',
  notAllowed: 'This device may not block members or lift a block.',
  notFound: 'No such member.',
  blocked: 'The membership is suspended. Please go to the staff.',
  notBlocked: 'The membership cannot be suspended. Please go to the staff.',
  enabled: 'The membership is active again.',
  notEnabled: 'Only the staff can lift this suspension.',
};
