import type { AdmissionPolicy } from './admission.ts';
import type { CardDesigns } from './card-design.ts';
import type { MatchCosts } from './matching/compare.ts';
import type { Role } from './permissions.ts';
import type { PlainDate } from './plain-date.ts';
import type { Official } from './procedure.ts';

/** A text that a library may change, in both languages of the screens. */
export interface LocalText {
  readonly id: string;
  readonly en: string;
}

/**
 * One line of a list an officer chooses from with one key: the first line is key 1, and so on to 9.
 * The code is what rows store, so a text may be reworded without touching history.
 */
export interface CodedText extends LocalText {
  readonly code: string;
}

export interface LibraryProfile {
  /** Full name: "Perpustakaan Daerah Provinsi Jawa Tengah". */
  readonly name: string;
  /** For narrow places: the card, the kiosk, the tab. */
  readonly shortName: string;
  /** "Pemerintah Provinsi Jawa Tengah" */
  readonly government: string;
  /** The office the library belongs to: "Dinas Kearsipan dan Perpustakaan Provinsi Jawa Tengah". */
  readonly unit: string;
  readonly address: string;
  readonly city: string;
  readonly postalCode: string;
  readonly phone: string;
  readonly website: string;
  readonly email: string;
  /** Nomor Pokok Perpustakaan, the national number of a library; null until known. */
  readonly npp: string | null;
  /** IANA zone, such as `Asia/Jakarta`. */
  readonly timezone: string;
  /** BCP 47 */
  readonly locale: string;
}

export interface LibraryLook {
  /** `#rrggbb`, from which the theme is generated. */
  readonly colour: string;
  /** The uploaded crest; null shows the plain emblem. */
  readonly emblemFileId: string | null;
  readonly greeting: string;
  readonly farewell: string;
}

export type ServicePointKind = 'ruang' | 'pocadi' | 'pusling' | 'lainnya';

/** Where a visit, case, member or card is served. The first active one is the default. */
export interface ServicePoint {
  readonly code: string;
  readonly name: string;
  readonly kind: ServicePointKind;
  /** Part of a member number where the format asks for one (LOC). */
  readonly locationCode: string;
  /** A closed point takes nothing new; its past stays in the reports. */
  readonly active: boolean;
}

/** Wall-clock time in the library's zone, `HH:MM` on a 24-hour clock; `24:00` ends a day. */
export interface OpenInterval {
  readonly from: string;
  readonly until: string;
}

export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** An empty list: closed on that weekday. */
export type OpeningHours = Readonly<Record<Weekday, readonly OpenInterval[]>>;

export interface Holiday {
  readonly date: PlainDate;
  readonly name: string;
}

export interface MemberType {
  readonly code: string;
  readonly name: LocalText;
  readonly validity: { readonly months: number } | { readonly lifetime: true };
  /** Full years on the day of application, both ends included; null is open. */
  readonly minAge: number | null;
  readonly maxAge: number | null;
  /** What to bring besides the identity document; empty where nothing more is asked. */
  readonly requirement: LocalText;
  /** Some libraries serve a type without giving a card. */
  readonly cardAllowed: boolean;
  readonly active: boolean;
}

/** A service of the library: the purpose a visitor names in the guest book. */
export interface LibraryService {
  readonly code: string;
  readonly name: LocalText;
  readonly active: boolean;
}

/**
 * How member numbers are made. Tokens of the pattern: `YYYY`, `YY`, `MM`, `DD` (date of approval in the
 * library's zone), `PREFIX`, `LOC` (location code of the service point), a run of `9` or `0…01` is the
 * running number with that many digits at least, all other characters stand for themselves.
 */
export interface NumberFormat {
  readonly pattern: string;
  readonly prefix: string;
}

/** The items that UU 27/2022 (PDP) Ps. 21 wants told before the first field. */
export const NOTICE_TOPICS = [
  'controller',
  'legal_basis',
  'purpose',
  'data',
  'retention',
  'recipients',
  'rights',
  'contact',
] as const;
export type NoticeTopic = (typeof NOTICE_TOPICS)[number];

export type ConsentPurpose = 'photo_on_card' | 'messages';

export interface ConsentTexts {
  /** Stored with every consent; change it together with any text below. */
  readonly version: string;
  readonly notice: Readonly<Record<NoticeTopic, LocalText>>;
  /** Membership rests on public service (Ps. 20): acknowledged, not consented to. */
  readonly acknowledgement: LocalText;
  /** Given by a parent or guardian for anyone under 18. */
  readonly guardianConsent: LocalText;
  /** Optional, separate and unticked; refusing one never blocks. */
  readonly items: readonly { readonly purpose: ConsentPurpose; readonly text: LocalText }[];
  /** One line above the guest book. */
  readonly visitNotice: LocalText;
}

/** How repeated check-ins of one member are counted. */
export type RepeatRule =
  | { readonly rule: 'each' }
  | { readonly rule: 'once_a_day' }
  | { readonly rule: 'after_minutes'; readonly minutes: number };

export interface VisitRules {
  readonly repeat: RepeatRule;
}

/** What the library's gates let in, and what they write down. */
export interface GateRules extends AdmissionPolicy {
  /** An officer stands at the gate: sees name and photo while it is online, and decides where the gate cannot. */
  readonly attended: boolean;
  /** Code of the service that a passage is counted as; null: the first one of the list. */
  readonly purpose: string | null;
}

export interface Retention {
  /** An unfinished form nobody returns to is deleted after so many days. */
  readonly draftDays: number;
  /** A submitted case whose applicant never comes lapses after so many days. */
  readonly lapseDays: number;
  /**
   * How long a scan of an identity document is needed: until the entries were compared with it, or until the case was
   * decided. A case that is before the Sub Koordinator keeps its scans until the exception was judged.
   */
  readonly scanUntil: 'verified' | 'decided';
  /** With `decided`: deleted with the decision, or so many days after it. */
  readonly scanAfterDecision: 'delete' | { readonly days: number };
  /** Personal data of cases that ended without a membership. */
  readonly rejectedMonths: number;
  /** Name and number in the guest book; the counts stay. */
  readonly visitorMonths: number;
  /** Personal data after a membership ended; null waits for the archive's retention schedule. */
  readonly endedMemberMonths: number | null;
}

export interface CardRules {
  /** Rules on the back, official texts, one a line. */
  readonly rules: readonly string[];
  readonly photoRequired: boolean;
  /** Background of the photo; `birth_year` is red for odd, blue for even years: a suggestion only. */
  readonly photoBackground: 'any' | 'red' | 'blue' | 'birth_year';
}

/** What each error of the cross-check costs the library; from that follow its thresholds (`thresholdsOf`). */
export interface CrossCheckRules extends MatchCosts {
  /** At most so many candidates on the screen. */
  readonly limit: number;
}

/** How members go to the lending system (INLISLite, SLiMS, Koha). */
export interface LendingSystem {
  /** Identity numbers go along. Off: they stay here. */
  readonly identityNumbers: boolean;
  /** The row "Tidak dicatat" has been made in each list of INLISLite 3.3. */
  readonly fillerReady: boolean;
  /** Koha's code of this library. */
  readonly kohaBranch: string;
  /** Koha's category of a member type, `UMUM=PT`; a type that is not named has its own code there. */
  readonly kohaCategories: readonly string[];
}

/** Who gets the anchor of the audit log every morning, to be kept outside the service. */
export interface AuditAnchorMail {
  /** Empty: it is printed, or read out, by hand. */
  readonly email: string;
}

/** Everything a library sets for itself. Each top-level key is one row of `setting (name, value jsonb)`. */
/** How officers come in. */
export interface SignInRules {
  /** Roles that work with a second factor only: an app or a passkey beside the password. */
  readonly secondFactor: Readonly<Record<Role, boolean>>;
  /** From the first sign-in under the rule; 0 asks for it at once. */
  readonly graceDays: number;
}

/** Whether members sign in to other services through the library (OpenID Connect). */
export interface MemberSignInRules {
  readonly enabled: boolean;
}

/** Whether officers are offered to send the prefilled message by WhatsApp: a transfer abroad (UU 27/2022 Ps. 56). */
export interface WhatsAppRules {
  readonly enabled: boolean;
}

/** Whether codes also leave by text message, through the operator's gateway, and how many may. */
export interface SmsRules {
  readonly enabled: boolean;
  /** Who runs the gateway, as the library's notice names it among those who are given data. */
  readonly gateway: string;
  /** At most so many messages of the library within 24 hours. */
  readonly most: number;
  /** At most so many to one number within an hour, and within 24. */
  readonly numberHour: number;
  readonly numberDay: number;
}

export interface LibrarySettings {
  readonly profile: LibraryProfile;
  readonly look: LibraryLook;
  readonly servicePoints: readonly ServicePoint[];
  readonly openingHours: OpeningHours;
  readonly holidays: readonly Holiday[];
  readonly memberTypes: readonly MemberType[];
  readonly services: readonly LibraryService[];
  readonly numberFormat: NumberFormat;
  /** "Number = NIK" (Perpusnas Regulation 6/2021): only exports to the lending system use it, never a card. */
  readonly publicNumberIsNik: boolean;
  readonly lendingSystem: LendingSystem;
  readonly consents: ConsentTexts;
  readonly officials: readonly Official[];
  readonly roleNames: Readonly<Record<Role, LocalText>>;
  readonly visitRules: VisitRules;
  readonly gate: GateRules;
  readonly signIn: SignInRules;
  readonly memberSignIn: MemberSignInRules;
  readonly whatsApp: WhatsAppRules;
  readonly sms: SmsRules;
  readonly retention: Retention;
  readonly auditAnchor: AuditAnchorMail;
  readonly card: CardRules;
  readonly cardDesigns: CardDesigns;
  readonly crossCheck: CrossCheckRules;
  readonly correctionReasons: readonly CodedText[];
  readonly rejectionReasons: readonly CodedText[];
  readonly noDocumentReasons: readonly CodedText[];
  /** Purposes of reading a full number outside the identity step. */
  readonly revealReasons: readonly CodedText[];
  readonly suspensionReasons: readonly CodedText[];
  readonly replacementReasons: readonly CodedText[];
  /** Kemendagri code of the library's own regency or province: places there are offered first while typing. */
  readonly homeRegion: string | null;
  /** Languages of the public pages, the first is the default. */
  readonly languages: readonly ('id' | 'en')[];
  /** Rows whose values are assumed, not taken from a source of the library: shown as "perlu dipastikan". */
  readonly toConfirm: readonly SettingName[];
}

export type SettingName = keyof LibrarySettings;

/** Whether somebody of this age (full years; null unknown) may have the type. Unknown ages fit every type. */
export function fitsAge(type: MemberType, age: number | null): boolean {
  if (age === null) return true;
  return (type.minAge === null || age >= type.minAge) && (type.maxAge === null || age <= type.maxAge);
}

/** The purpose of a visit that a gate records: the chosen one while it is offered, else the first that is. */
export function gatePurpose({ gate, services }: Pick<LibrarySettings, 'gate' | 'services'>): string {
  const active = services.filter((service) => service.active);
  const chosen = active.find((service) => service.code === gate.purpose) ?? active[0];
  if (!chosen) throw new Error('a library offers at least one service');
  return chosen.code;
}
