import { NOTICE_TOPICS, type SettingName, WEEKDAYS } from '../../domain/library-settings.ts';
import { ROLES } from '../../domain/permissions.ts';
import type { ChangeableSetting } from '../../usecases/setting-schemas.ts';

/**
 * The pages of the settings as data: one engine draws, reads and checks them all. A field is named by its path from
 * the setting's name down; `*` stands for the position in a list, so that an error's path is the field's name.
 */
export interface FieldSpec {
  readonly at: string;
  readonly kind:
    | 'text'
    | 'area'
    | 'lines' // a list of texts, one a line
    | 'number'
    | 'decimal'
    | 'date'
    | 'time'
    | 'check'
    | 'choice'
    | 'colour'
    | 'code' // made from the text of a new row, then fixed
    | 'hidden'
    | 'months' // validity: empty is for life
    | 'days' // scans: empty is deleted with the decision
    | 'repeat'
    | 'service'; // one of the library's services; empty: the first
  /** Codes; their words are `settings.choices[at][code]`. */
  readonly choices?: readonly string[];
  /** Empty is null. */
  readonly nullable?: boolean;
  readonly width?: '2' | '4' | '8' | '16';
  readonly wide?: boolean;
}

export interface ListSpec {
  /** `services` */
  readonly at: string;
  /** Short rows stand in a table, long ones on a card each. */
  readonly layout: 'table' | 'cards';
  /** With `*` in their paths. */
  readonly columns: readonly FieldSpec[];
  readonly blank: object;
  /** Rows of the past point to it: it is closed, never removed. */
  readonly keeps?: boolean;
  /** The first row has the first key. */
  readonly ordered?: boolean;
}

export interface SectionSpec {
  readonly slug: string;
  readonly names: readonly ChangeableSetting[];
  readonly fields: readonly FieldSpec[];
  readonly lists: readonly ListSpec[];
  readonly group: 'library' | 'service' | 'membership' | 'law';
}

const text = (at: string, more: Partial<FieldSpec> = {}): FieldSpec => ({ at, kind: 'text', ...more });
const area = (at: string): FieldSpec => ({ at, kind: 'area', wide: true });
const both = (at: string, field: (at: string) => FieldSpec = text): FieldSpec[] => [
  field(`${at}.id`),
  field(`${at}.en`),
];

function section(
  slug: string,
  group: SectionSpec['group'],
  names: readonly ChangeableSetting[],
  more: Partial<Pick<SectionSpec, 'fields' | 'lists'>>,
): SectionSpec {
  return { slug, group, names, fields: [], lists: [], ...more };
}

function reasons(
  slug: string,
  group: SectionSpec['group'],
  name: ChangeableSetting & SettingName,
): SectionSpec {
  return section(slug, group, [name], {
    lists: [
      {
        at: name,
        layout: 'table',
        ordered: true,
        blank: { code: '', id: '', en: '' },
        columns: [{ at: `${name}.*.code`, kind: 'code' }, text(`${name}.*.id`), text(`${name}.*.en`)],
      },
    ],
  });
}

export const SECTIONS: readonly SectionSpec[] = [
  section('profil', 'library', ['profile', 'homeRegion'], {
    fields: [
      text('profile.name'),
      text('profile.shortName'),
      text('profile.government'),
      text('profile.unit'),
      text('profile.address'),
      text('profile.city'),
      text('profile.postalCode', { width: '8' }),
      text('profile.phone'),
      text('profile.website'),
      text('profile.email'),
      text('profile.npp', { nullable: true }),
      {
        at: 'profile.timezone',
        kind: 'choice',
        choices: ['Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura'],
      },
      { at: 'profile.locale', kind: 'hidden' },
      text('homeRegion', { nullable: true, width: '8' }),
    ],
  }),
  section('tampilan', 'library', ['look'], {
    fields: [
      { at: 'look.colour', kind: 'colour' },
      text('look.greeting'),
      text('look.farewell'),
      { at: 'look.emblemFileId', kind: 'hidden', nullable: true },
    ],
  }),
  section('pejabat', 'library', ['officials'], {
    lists: [
      {
        at: 'officials',
        layout: 'cards',
        blank: {
          role: 'kepala_skpd',
          title: '',
          name: '',
          rank: '',
          nip: '',
          from: null,
          until: null,
          acting: null,
        },
        columns: [
          {
            at: 'officials.*.role',
            kind: 'choice',
            choices: ['kepala_skpd', 'kepala_bidang', 'sub_koordinator'],
          },
          { at: 'officials.*.acting', kind: 'choice', choices: ['plh', 'plt'], nullable: true },
          text('officials.*.title', { wide: true }),
          text('officials.*.name'),
          text('officials.*.rank'),
          text('officials.*.nip'),
          { at: 'officials.*.from', kind: 'date', nullable: true },
          { at: 'officials.*.until', kind: 'date', nullable: true },
        ],
      },
    ],
  }),
  section('peran', 'library', ['roleNames'], {
    fields: ROLES.flatMap((role) => both(`roleNames.${role}`)),
  }),
  section('cara-masuk', 'library', ['signIn'], {
    fields: [
      ...ROLES.map((role): FieldSpec => ({ at: `signIn.secondFactor.${role}`, kind: 'check' })),
      { at: 'signIn.graceDays', kind: 'number', width: '8' },
    ],
  }),
  section('masuk-anggota', 'library', ['memberSignIn'], {
    fields: [{ at: 'memberSignIn.enabled', kind: 'check' }],
  }),
  section('jam-buka', 'service', ['openingHours'], {
    fields: WEEKDAYS.flatMap((day) =>
      [0, 1].flatMap((index): FieldSpec[] => [
        { at: `openingHours.${day}.${index}.from`, kind: 'time' },
        { at: `openingHours.${day}.${index}.until`, kind: 'time' },
      ]),
    ),
  }),
  section('hari-libur', 'service', ['holidays'], {
    lists: [
      {
        at: 'holidays',
        layout: 'table',
        blank: { date: '', name: '' },
        columns: [{ at: 'holidays.*.date', kind: 'date', width: '16' }, text('holidays.*.name')],
      },
    ],
  }),
  section('layanan', 'service', ['services'], {
    lists: [
      {
        at: 'services',
        layout: 'table',
        ordered: true,
        blank: { code: '', name: { id: '', en: '' }, active: true },
        columns: [
          { at: 'services.*.code', kind: 'code' },
          ...both('services.*.name'),
          { at: 'services.*.active', kind: 'check' },
        ],
      },
    ],
  }),
  section('titik-layanan', 'service', ['servicePoints'], {
    lists: [
      {
        at: 'servicePoints',
        layout: 'table',
        keeps: true,
        blank: { code: '', name: '', kind: 'ruang', locationCode: '', active: true },
        columns: [
          { at: 'servicePoints.*.code', kind: 'code' },
          text('servicePoints.*.name'),
          {
            at: 'servicePoints.*.kind',
            kind: 'choice',
            choices: ['ruang', 'pocadi', 'pusling', 'lainnya'],
          },
          text('servicePoints.*.locationCode', { width: '4' }),
          { at: 'servicePoints.*.active', kind: 'check' },
        ],
      },
    ],
  }),
  section('kunjungan', 'service', ['visitRules'], {
    fields: [
      {
        at: 'visitRules.repeat',
        kind: 'repeat',
        choices: ['each', 'once_a_day', '15', '30', '60', '120', '240'],
      },
    ],
  }),
  section('gerbang', 'service', ['gate'], {
    fields: [
      { at: 'gate.printed', kind: 'choice', choices: ['yes', 'look', 'no'] },
      { at: 'gate.picture', kind: 'choice', choices: ['look', 'no'] },
      { at: 'gate.listHours', kind: 'number', width: '8' },
      { at: 'gate.purpose', kind: 'service', nullable: true },
      { at: 'gate.attended', kind: 'check' },
    ],
  }),
  reasons('alasan-perbaikan', 'service', 'correctionReasons'),
  reasons('alasan-penolakan', 'service', 'rejectionReasons'),
  reasons('alasan-tanpa-dokumen', 'service', 'noDocumentReasons'),
  section('jenis-anggota', 'membership', ['memberTypes'], {
    lists: [
      {
        at: 'memberTypes',
        layout: 'cards',
        ordered: true,
        blank: {
          code: '',
          name: { id: '', en: '' },
          validity: { months: 12 },
          minAge: null,
          maxAge: null,
          requirement: { id: '', en: '' },
          cardAllowed: true,
          active: true,
        },
        columns: [
          { at: 'memberTypes.*.code', kind: 'code' },
          ...both('memberTypes.*.name'),
          { at: 'memberTypes.*.validity', kind: 'months', width: '4' },
          { at: 'memberTypes.*.minAge', kind: 'number', nullable: true, width: '4' },
          { at: 'memberTypes.*.maxAge', kind: 'number', nullable: true, width: '4' },
          ...both('memberTypes.*.requirement'),
          { at: 'memberTypes.*.cardAllowed', kind: 'check' },
          { at: 'memberTypes.*.active', kind: 'check' },
        ],
      },
    ],
  }),
  section('nomor-anggota', 'membership', ['numberFormat', 'publicNumberIsNik'], {
    fields: [
      text('numberFormat.pattern'),
      text('numberFormat.prefix', { width: '16' }),
      { at: 'publicNumberIsNik', kind: 'check' },
    ],
  }),
  section('sistem-peminjaman', 'membership', ['lendingSystem'], {
    fields: [
      { at: 'lendingSystem.identityNumbers', kind: 'check' },
      { at: 'lendingSystem.fillerReady', kind: 'check' },
      text('lendingSystem.kohaBranch', { width: '16' }),
      { at: 'lendingSystem.kohaCategories', kind: 'lines', wide: true },
    ],
  }),
  section('kartu', 'membership', ['card'], {
    fields: [
      { at: 'card.rules', kind: 'lines', wide: true },
      { at: 'card.photoRequired', kind: 'check' },
      { at: 'card.photoBackground', kind: 'choice', choices: ['any', 'red', 'blue', 'birth_year'] },
    ],
  }),
  section('pemeriksaan-silang', 'membership', ['crossCheck'], {
    fields: [
      { at: 'crossCheck.wrongSame', kind: 'decimal', width: '8' },
      { at: 'crossCheck.missed', kind: 'decimal', width: '8' },
      { at: 'crossCheck.limit', kind: 'number', width: '8' },
    ],
  }),
  reasons('alasan-penangguhan', 'membership', 'suspensionReasons'),
  reasons('alasan-penggantian', 'membership', 'replacementReasons'),
  section('persetujuan', 'law', ['consents'], {
    fields: [
      { at: 'consents.version', kind: 'hidden' },
      ...NOTICE_TOPICS.flatMap((topic) => both(`consents.notice.${topic}`, area)),
      ...both('consents.acknowledgement', area),
      ...both('consents.guardianConsent', area),
      { at: 'consents.items.0.purpose', kind: 'hidden' },
      ...both('consents.items.0.text', area),
      { at: 'consents.items.1.purpose', kind: 'hidden' },
      ...both('consents.items.1.text', area),
      ...both('consents.visitNotice', area),
    ],
  }),
  section('whatsapp', 'law', ['whatsApp'], { fields: [{ at: 'whatsApp.enabled', kind: 'check' }] }),
  section('sms', 'law', ['sms'], {
    fields: [
      { at: 'sms.enabled', kind: 'check' },
      text('sms.gateway'),
      { at: 'sms.most', kind: 'number', width: '8' },
      { at: 'sms.numberHour', kind: 'number', width: '8' },
      { at: 'sms.numberDay', kind: 'number', width: '8' },
    ],
  }),
  section('retensi', 'law', ['retention'], {
    fields: [
      { at: 'retention.draftDays', kind: 'number', width: '8' },
      { at: 'retention.lapseDays', kind: 'number', width: '8' },
      { at: 'retention.scanUntil', kind: 'choice', choices: ['verified', 'decided'] },
      { at: 'retention.scanAfterDecision', kind: 'days', width: '8' },
      { at: 'retention.rejectedMonths', kind: 'number', width: '8' },
      { at: 'retention.visitorMonths', kind: 'number', width: '8' },
      { at: 'retention.endedMemberMonths', kind: 'number', nullable: true, width: '8' },
    ],
  }),
  section('jangkar', 'law', ['auditAnchor'], { fields: [text('auditAnchor.email')] }),
  reasons('alasan-baca-nomor', 'law', 'revealReasons'),
];

export const SECTION_GROUPS = ['library', 'service', 'membership', 'law'] as const;

export function findSection(slug: string): SectionSpec | undefined {
  return SECTIONS.find((one) => one.slug === slug);
}
