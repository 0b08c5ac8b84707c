import { api as apiEn } from './en/api.ts';
import { card as cardEn } from './en/card.ts';
import { clients as clientsEn } from './en/clients.ts';
import { code as codeEn } from './en/code.ts';
import { common as commonEn } from './en/common.ts';
import { desk as deskEn } from './en/desk.ts';
import { documents as documentsEn } from './en/documents.ts';
import { doors as doorsEn } from './en/doors.ts';
import { form as formEn } from './en/form.ts';
import { gate as gateEn } from './en/gate.ts';
import { kiosk as kioskEn } from './en/kiosk.ts';
import { kta as ktaEn } from './en/kta.ts';
import { matching as matchingEn } from './en/matching.ts';
import { members as membersEn } from './en/members.ts';
import { merge as mergeEn } from './en/merge.ts';
import { messages as messagesEn } from './en/messages.ts';
import { office as officeEn } from './en/office.ts';
import { outage as outageEn } from './en/outage.ts';
import { reports as reportsEn } from './en/reports.ts';
import { rights as rightsEn } from './en/rights.ts';
import { service as serviceEn } from './en/service.ts';
import { signIn as signInEn } from './en/sign-in.ts';
import { signOn as signOnEn } from './en/sign-on.ts';
import { sip2 as sip2En } from './en/sip2.ts';
import { status as statusEn } from './en/status.ts';
import { webhooks as webhooksEn } from './en/webhooks.ts';
import { type ApiTexts, api as apiId } from './id/api.ts';
import { type CardTexts, card as cardId } from './id/card.ts';
import { type ClientsTexts, clients as clientsId } from './id/clients.ts';
import { type CodeTexts, code as codeId } from './id/code.ts';
import { type CommonTexts, common as commonId } from './id/common.ts';
import { type DeskTexts, desk as deskId } from './id/desk.ts';
import { type DocumentsTexts, documents as documentsId } from './id/documents.ts';
import { type DoorsTexts, doors as doorsId } from './id/doors.ts';
import { type FormTexts, form as formId } from './id/form.ts';
import { type GateTexts, gate as gateId } from './id/gate.ts';
import { type KioskTexts, kiosk as kioskId } from './id/kiosk.ts';
import { type KtaTexts, kta as ktaId } from './id/kta.ts';
import { type MatchingTexts, matching as matchingId } from './id/matching.ts';
import { type MembersTexts, members as membersId } from './id/members.ts';
import { type MergeTexts, merge as mergeId } from './id/merge.ts';
import { type MessagesTexts, messages as messagesId } from './id/messages.ts';
import { type OfficeTexts, office as officeId } from './id/office.ts';
import { type OutageTexts, outage as outageId } from './id/outage.ts';
import { type ReportsTexts, reports as reportsId } from './id/reports.ts';
import { type RightsTexts, rights as rightsId } from './id/rights.ts';
import { type ServiceTexts, service as serviceId } from './id/service.ts';
import { type SignInTexts, signIn as signInId } from './id/sign-in.ts';
import { type SignOnTexts, signOn as signOnId } from './id/sign-on.ts';
import { type Sip2Texts, sip2 as sip2Id } from './id/sip2.ts';
import { type StatusTexts, status as statusId } from './id/status.ts';
import { type WebhooksTexts, webhooks as webhooksId } from './id/webhooks.ts';

/** Languages of the screens. Official SOP texts stay Indonesian and carry `lang="id"`. */
export type Lang = 'id' | 'en';

export const LANGS: readonly Lang[] = ['id', 'en'];

/** All texts of one language, by area. */
export interface Texts {
  readonly api: ApiTexts;
  readonly card: CardTexts;
  readonly clients: ClientsTexts;
  readonly code: CodeTexts;
  readonly common: CommonTexts;
  readonly desk: DeskTexts;
  readonly documents: DocumentsTexts;
  readonly doors: DoorsTexts;
  readonly form: FormTexts;
  readonly gate: GateTexts;
  readonly kiosk: KioskTexts;
  readonly kta: KtaTexts;
  readonly matching: MatchingTexts;
  readonly members: MembersTexts;
  readonly merge: MergeTexts;
  readonly messages: MessagesTexts;
  readonly office: OfficeTexts;
  readonly outage: OutageTexts;
  readonly reports: ReportsTexts;
  readonly rights: RightsTexts;
  readonly service: ServiceTexts;
  readonly signOn: SignOnTexts;
  readonly signIn: SignInTexts;
  readonly sip2: Sip2Texts;
  readonly status: StatusTexts;
  readonly webhooks: WebhooksTexts;
}

const id: Texts = {
  api: apiId,
  card: cardId,
  clients: clientsId,
  code: codeId,
  common: commonId,
  desk: deskId,
  documents: documentsId,
  doors: doorsId,
  form: formId,
  gate: gateId,
  kiosk: kioskId,
  kta: ktaId,
  matching: matchingId,
  members: membersId,
  merge: mergeId,
  messages: messagesId,
  office: officeId,
  outage: outageId,
  reports: reportsId,
  rights: rightsId,
  service: serviceId,
  signOn: signOnId,
  signIn: signInId,
  sip2: sip2Id,
  status: statusId,
  webhooks: webhooksId,
};

const en: Texts = {
  api: apiEn,
  card: cardEn,
  clients: clientsEn,
  code: codeEn,
  common: commonEn,
  desk: deskEn,
  documents: documentsEn,
  doors: doorsEn,
  form: formEn,
  gate: gateEn,
  kiosk: kioskEn,
  kta: ktaEn,
  matching: matchingEn,
  members: membersEn,
  merge: mergeEn,
  messages: messagesEn,
  office: officeEn,
  outage: outageEn,
  reports: reportsEn,
  rights: rightsEn,
  service: serviceEn,
  signOn: signOnEn,
  signIn: signInEn,
  sip2: sip2En,
  status: statusEn,
  webhooks: webhooksEn,
};

/** The texts of a language. */
export function texts(lang: Lang): Texts {
  return lang === 'en' ? en : id;
}

/** The language named by a cookie, a query or a header's first tag; Indonesian where it is neither. */
export function langOf(value: string | undefined): Lang {
  return value !== undefined && /^en\b/i.test(value) ? 'en' : 'id';
}
