import { base } from './001-base.ts';
import { search } from './002-search.ts';
import { matchKeys } from './003-match-keys.ts';
import { memberMerge } from './004-member-merge.ts';
import { importing } from './005-import.ts';
import { exporting } from './006-export.ts';
import { matchFaster } from './007-match-faster.ts';
import { importPace } from './008-import-pace.ts';
import { feeding } from './009-feed.ts';
import { libraryKeys } from './010-library-key.ts';
import { cardPrint } from './011-card-print.ts';
import { gates } from './012-gate.ts';
import { ktaPhone } from './013-kta-phone.ts';
import { auditSeal } from './014-audit-seal.ts';
import { dataRights } from './015-data-rights.ts';
import { doors } from './016-doors.ts';
import { rateWindow } from './017-rate-window.ts';
import { backupRuns } from './018-backup-run.ts';
import { dataKeyHolders } from './019-data-key-holder.ts';
import { oneTimeCodes } from './022-one-time-code.ts';
import { rightsAgain } from './023-rights-again.ts';
import { importKeys } from './024-import-keys.ts';
import { clients } from './025-client.ts';
import { apiRequests } from './026-api.ts';
import { webhooks } from './027-webhook.ts';
import { memberSignIn } from './028-member-sign-in.ts';
import { singleSignOn } from './029-single-sign-on.ts';
import { lending } from './030-lending.ts';
import { wordsOfPersons } from './031-words-of-persons.ts';
import { everyFactor } from './032-every-factor.ts';
import { auditPlans } from './033-audit-plans.ts';
import { whatsAppOff } from './034-whatsapp-off.ts';
import { codeClock } from './035-code-clock.ts';
import { nikCmac } from './036-nik-cmac.ts';
import { auditSent } from './037-audit-sent.ts';
import { erasureMentions } from './038-erasure-mentions.ts';
import { sms } from './039-sms.ts';
import { textCover } from './041-text-cover.ts';
import { holdDay } from './042-hold-day.ts';
import type { Migration } from './migration.ts';

/** Every step of the schema in order. A step that has been released is never changed; a new one is added. */
export const migrations: readonly Migration[] = [
  base,
  search,
  matchKeys,
  memberMerge,
  importing,
  exporting,
  matchFaster,
  importPace,
  feeding,
  libraryKeys,
  cardPrint,
  gates,
  ktaPhone,
  auditSeal,
  dataRights,
  doors,
  rateWindow,
  backupRuns,
  dataKeyHolders,
  oneTimeCodes,
  rightsAgain,
  importKeys,
  clients,
  apiRequests,
  webhooks,
  memberSignIn,
  singleSignOn,
  lending,
  wordsOfPersons,
  everyFactor,
  auditPlans,
  whatsAppOff,
  codeClock,
  nikCmac,
  auditSent,
  erasureMentions,
  sms,
  textCover,
  holdDay,
];
