import { z } from 'zod';
import {
  BARCODES,
  CARD_FIELDS,
  CARD_SIZE,
  type CardColour,
  type CardDesign,
  type CardDesigns,
  DESIGN_PROBLEMS,
  designProblems,
  PALETTE,
} from '../domain/card-design.ts';
import { CARD_DESIGN_NAMES, findDesign } from '../domain/card-designs.ts';
import type { LibrarySettings, SettingName } from '../domain/library-settings.ts';
import { NOTICE_TOPICS, WEEKDAYS } from '../domain/library-settings.ts';
import { COST_LIMITS, leavesRoomToLook } from '../domain/matching/costs.ts';
import { isLocationCode } from '../domain/member-number.ts';
import { minutesOf } from '../domain/opening-hours.ts';
import { ROLES } from '../domain/permissions.ts';
import { type PlainDate, parsePlainDate } from '../domain/plain-date.ts';
import { parseHexColour } from '../domain/theme.ts';

/** What is wrong with a value of a setting; texts are the interface's. */
export const SETTING_PROBLEMS = [
  'required',
  'too_long',
  'too_small',
  'too_large',
  'not_a_number',
  'format',
  'duplicate',
  'unknown_choice',
  'order',
  'needs_one',
  'in_use',
  // The pattern of member numbers, see `parseNumberFormat`.
  'needs_one_sequence',
  'unknown_token',
  'characters',
  'location_ambiguous',
  'looks_like_nik',
  'location_missing',
  // The notice to people does not say who is given their number.
  'not_in_notice',
  // What would make a card unreadable, see `designProblems`.
  ...DESIGN_PROBLEMS,
] as const;
export type SettingProblemCode = (typeof SETTING_PROBLEMS)[number];

export interface SettingProblem {
  /** From the setting's name down to the value: `['memberTypes', 2, 'name', 'id']`. */
  readonly path: readonly (string | number)[];
  readonly code: SettingProblemCode;
  /** The most or the least that is allowed, where the code is about that. */
  readonly limit?: number;
}

const text = (longest: number) => z.string().trim().max(longest, 'too_long');
const filled = (longest: number) => z.string().trim().min(1, 'required').max(longest, 'too_long');
const local = (longest: number) => z.object({ id: filled(longest), en: filled(longest) });
const optionalLocal = (longest: number) => z.object({ id: text(longest), en: text(longest) });
const code = filled(40).regex(/^[A-Za-z0-9_-]+$/, 'format');
const cost = (error: keyof typeof COST_LIMITS) =>
  z
    .number('not_a_number')
    .min(COST_LIMITS[error].least, 'too_small')
    .max(COST_LIMITS[error].most, 'too_large');
const whole = (least: number, most: number) =>
  z.number('not_a_number').int('not_a_number').min(least, 'too_small').max(most, 'too_large');
const day = z.string().refine((value) => parsePlainDate(value) !== undefined, 'format');
const asDay = day.transform((value) => value as PlainDate);
const time = z.string().refine((value) => Number.isFinite(minutesOf(value)), 'format');

/** The same code twice would make rows of the past ambiguous. */
function unique<T extends { readonly code: string }>(list: readonly T[], context: z.RefinementCtx): void {
  list.forEach((one, index) => {
    if (list.findIndex((other) => other.code.toUpperCase() === one.code.toUpperCase()) !== index)
      context.addIssue({ code: 'custom', message: 'duplicate', path: [index, 'code'] });
  });
}

function needsActive(list: readonly { readonly active: boolean }[], context: z.RefinementCtx): void {
  if (!list.some((one) => one.active)) context.addIssue({ code: 'custom', message: 'needs_one', path: [] });
}

const coded = z
  .array(z.object({ code, id: filled(300), en: filled(300) }))
  .min(1, 'needs_one')
  .max(30, 'too_large')
  .superRefine(unique);

const email = z.union([z.literal(''), z.email('format').max(254, 'too_long')]);

const intervals = z
  .array(
    z.object({ from: time, until: time }).refine(({ from, until }) => minutesOf(from) < minutesOf(until), {
      message: 'order',
      path: ['until'],
    }),
  )
  .max(4, 'too_large');

const millimetres = (least: number, most: number) =>
  z.number('not_a_number').min(least, 'too_small').max(most, 'too_large');
/** Decoration may reach over the edge; a card's width beyond it nothing is seen. */
const box = z.object({
  x: millimetres(-CARD_SIZE.width, CARD_SIZE.width),
  y: millimetres(-CARD_SIZE.width, CARD_SIZE.width),
  width: millimetres(0.1, 2 * CARD_SIZE.width),
  height: millimetres(0.1, 2 * CARD_SIZE.width),
});
export const cardColour = z
  .union([z.enum(PALETTE), z.string().regex(/^#[0-9a-f]{6}$/, 'format')], 'format')
  .transform((value) => value as CardColour);
const textStyle = z.object({
  weight: z.enum(['regular', 'medium', 'bold'], 'unknown_choice'),
  size: millimetres(4.5, 40),
  colour: cardColour,
  align: z.enum(['left', 'center', 'right'], 'unknown_choice'),
  valign: z.enum(['top', 'middle', 'bottom'], 'unknown_choice'),
  capitals: z.boolean().optional(),
});
export const cardElement = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('shape'),
    shape: z.enum(['rectangle', 'ellipse'], 'unknown_choice'),
    box,
    radius: millimetres(0, CARD_SIZE.width),
    fill: cardColour,
  }),
  z.object({ kind: z.literal('emblem'), box, plate: z.boolean() }),
  z.object({ kind: z.literal('picture'), box }),
  z.object({ kind: z.literal('text'), text: local(200), box, style: textStyle }),
  z.object({
    kind: z.literal('field'),
    field: z.enum(CARD_FIELDS, 'unknown_choice'),
    label: z.boolean(),
    box,
    boxWithoutPhoto: box.optional(),
    style: textStyle,
  }),
  z.object({ kind: z.literal('photo'), box, shape: z.enum(['square', 'rounded', 'oval'], 'unknown_choice') }),
  z.object({
    kind: z.literal('barcode'),
    barcode: z.enum(BARCODES, 'unknown_choice'),
    box,
    boxWithoutPhoto: box.optional(),
    number: z.boolean(),
    align: z.enum(['left', 'center', 'right'], 'unknown_choice').optional(),
  }),
  z.object({ kind: z.literal('qr'), box }),
  z.object({ kind: z.literal('rules'), box, style: textStyle }),
]);
const cardSide = z.object({ ground: cardColour, elements: z.array(cardElement).max(60, 'too_large') });

/** One schema for each row of `setting`; what a page or an interface sends is checked by nothing else. */
export const SETTING_SCHEMAS = {
  profile: z.object({
    name: filled(160),
    shortName: filled(60),
    government: text(160),
    unit: text(200),
    address: text(200),
    city: text(80),
    postalCode: z.union([z.literal(''), z.string().regex(/^\d{5}$/, 'format')]),
    phone: text(60),
    website: z.union([
      z.literal(''),
      z.url({ protocol: /^https?$/, message: 'format' }).max(200, 'too_long'),
    ]),
    email,
    npp: z.union([z.null(), filled(40)]),
    timezone: z.enum(['Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura'], 'unknown_choice'),
    locale: filled(20),
  }),
  look: z.object({
    colour: z
      .string()
      .transform((value) => parseHexColour(value) ?? '')
      .refine((value) => value !== '', 'format'),
    emblemFileId: z.union([z.null(), z.uuid()]),
    greeting: filled(60),
    farewell: filled(60),
  }),
  servicePoints: z
    .array(
      z.object({
        code,
        name: filled(100),
        kind: z.enum(['ruang', 'pocadi', 'pusling', 'lainnya'], 'unknown_choice'),
        locationCode: z.string().refine((value) => value === '' || isLocationCode(value), 'format'),
        active: z.boolean(),
      }),
    )
    .superRefine(unique)
    .superRefine(needsActive),
  openingHours: z.object(
    Object.fromEntries(WEEKDAYS.map((weekday) => [weekday, intervals])) as Record<
      (typeof WEEKDAYS)[number],
      typeof intervals
    >,
  ),
  holidays: z.array(z.object({ date: asDay, name: filled(120) })).superRefine((list, context) => {
    list.forEach((one, index) => {
      if (list.findIndex((other) => other.date === one.date) !== index)
        context.addIssue({ code: 'custom', message: 'duplicate', path: [index, 'date'] });
    });
  }),
  memberTypes: z
    .array(
      z
        .object({
          code,
          name: local(80),
          validity: z.union([z.object({ months: whole(1, 600) }), z.object({ lifetime: z.literal(true) })]),
          minAge: z.union([z.null(), whole(0, 120)]),
          maxAge: z.union([z.null(), whole(0, 120)]),
          requirement: optionalLocal(200),
          cardAllowed: z.boolean(),
          active: z.boolean(),
        })
        .refine(({ minAge, maxAge }) => minAge === null || maxAge === null || minAge <= maxAge, {
          message: 'order',
          path: ['maxAge'],
        }),
    )
    .superRefine(unique)
    .superRefine(needsActive),
  services: z
    .array(z.object({ code, name: local(120), active: z.boolean() }))
    .superRefine(unique)
    .superRefine(needsActive),
  numberFormat: z.object({ pattern: filled(60), prefix: text(12) }),
  publicNumberIsNik: z.boolean(),
  lendingSystem: z.object({
    identityNumbers: z.boolean(),
    fillerReady: z.boolean(),
    kohaBranch: z.union([z.literal(''), z.string().regex(/^[A-Za-z0-9_-]{1,10}$/, 'format')]),
    kohaCategories: z
      .array(z.string().regex(/^[A-Za-z0-9_-]{1,40}=[A-Za-z0-9_-]{1,10}$/, 'format'))
      .max(60, 'too_large'),
  }),
  consents: z.object({
    version: filled(40),
    notice: z.object(
      Object.fromEntries(NOTICE_TOPICS.map((topic) => [topic, local(2000)])) as Record<
        (typeof NOTICE_TOPICS)[number],
        ReturnType<typeof local>
      >,
    ),
    acknowledgement: local(1000),
    guardianConsent: local(1000),
    items: z.array(z.object({ purpose: z.enum(['photo_on_card', 'messages']), text: local(500) })),
    visitNotice: local(300),
  }),
  officials: z.array(
    z
      .object({
        role: z.enum(['kepala_skpd', 'kepala_bidang', 'sub_koordinator'], 'unknown_choice'),
        title: filled(200),
        name: filled(120),
        rank: text(80),
        nip: text(40),
        from: z.union([z.null(), asDay]),
        until: z.union([z.null(), asDay]),
        acting: z.union([z.null(), z.enum(['plh', 'plt'])]),
      })
      .refine(({ from, until }) => from === null || until === null || from <= until, {
        message: 'order',
        path: ['until'],
      }),
  ),
  roleNames: z.object(
    Object.fromEntries(ROLES.map((role) => [role, local(60)])) as Record<
      (typeof ROLES)[number],
      ReturnType<typeof local>
    >,
  ),
  visitRules: z.object({
    repeat: z.union([
      z.object({ rule: z.literal('each') }),
      z.object({ rule: z.literal('once_a_day') }),
      z.object({ rule: z.literal('after_minutes'), minutes: whole(1, 1440) }),
    ]),
  }),
  gate: z.object({
    printed: z.enum(['yes', 'look', 'no'], 'unknown_choice'),
    picture: z.enum(['look', 'no'], 'unknown_choice'),
    listHours: whole(1, 720),
    attended: z.boolean(),
    purpose: z.union([z.null(), code]),
  }),
  signIn: z.object({
    secondFactor: z.object(
      Object.fromEntries(ROLES.map((role) => [role, z.boolean()])) as Record<
        (typeof ROLES)[number],
        z.ZodBoolean
      >,
    ),
    graceDays: whole(0, 90),
  }),
  retention: z.object({
    draftDays: whole(1, 365),
    lapseDays: whole(1, 365),
    scanUntil: z.enum(['verified', 'decided'], 'unknown_choice'),
    scanAfterDecision: z.union([z.literal('delete'), z.object({ days: whole(1, 365) })]),
    rejectedMonths: whole(1, 120),
    visitorMonths: whole(1, 120),
    endedMemberMonths: z.union([z.null(), whole(1, 600)]),
  }),
  auditAnchor: z.object({ email }),
  memberSignIn: z.object({ enabled: z.boolean() }),
  whatsApp: z.object({ enabled: z.boolean() }),
  sms: z
    .object({
      enabled: z.boolean(),
      gateway: text(120),
      most: whole(1, 100_000),
      numberHour: whole(1, 20),
      numberDay: whole(1, 50),
    })
    .refine((sms) => !sms.enabled || sms.gateway !== '', { error: 'required', path: ['gateway'] })
    .refine((sms) => sms.numberHour <= sms.numberDay, { error: 'order', path: ['numberDay'] }),
  card: z.object({
    rules: z.array(filled(160)).max(8, 'too_large'),
    photoRequired: z.boolean(),
    photoBackground: z.enum(['any', 'red', 'blue', 'birth_year'], 'unknown_choice'),
  }),
  cardDesigns: z
    .object({
      own: z
        .array(
          z.object({
            code,
            name: filled(80),
            design: z.object({ front: cardSide, back: cardSide }).superRefine((design, context) => {
              for (const { side, at, code: message } of designProblems(design as CardDesign))
                context.addIssue({ code: 'custom', message, path: [side, 'elements', at] });
            }),
            pictureFileId: z.union([z.null(), z.uuid()]),
          }),
        )
        .max(20, 'too_large')
        .superRefine(unique)
        .superRefine((list, context) => {
          list.forEach((one, index) => {
            if (CARD_DESIGN_NAMES.some((name) => name === one.code.toLowerCase()))
              context.addIssue({ code: 'custom', message: 'duplicate', path: [index, 'code'] });
          });
        }),
      usual: code,
      byType: z.record(z.string().max(40), code),
    })
    .superRefine((designs, context) => {
      const known = (named: string) => findDesign(designs as CardDesigns, named) !== undefined;
      if (!known(designs.usual))
        context.addIssue({ code: 'custom', message: 'unknown_choice', path: ['usual'] });
      for (const [type, named] of Object.entries(designs.byType))
        if (!known(named))
          context.addIssue({ code: 'custom', message: 'unknown_choice', path: ['byType', type] });
    }),
  crossCheck: z
    .object({
      wrongSame: cost('wrongSame'),
      missed: cost('missed'),
      limit: whole(1, 20),
    })
    .refine(leavesRoomToLook, { message: 'order', path: ['missed'] }),
  correctionReasons: coded,
  rejectionReasons: coded,
  noDocumentReasons: coded,
  revealReasons: coded,
  suspensionReasons: coded,
  replacementReasons: coded,
  homeRegion: z.union([z.null(), z.string().regex(/^\d{2}(\.\d{2})?$/, 'format')]),
  languages: z.array(z.enum(['id', 'en'])).min(1, 'needs_one'),
} as const satisfies Record<Exclude<SettingName, 'toConfirm'>, z.ZodType>;

export type ChangeableSetting = keyof typeof SETTING_SCHEMAS;

/** The value as it is stored, or everything that is wrong with it, each at its place. */
export function checkSetting<Name extends ChangeableSetting>(
  name: Name,
  value: unknown,
): { ok: true; value: LibrarySettings[Name] } | { ok: false; problems: readonly SettingProblem[] } {
  const schema: z.ZodType = SETTING_SCHEMAS[name];
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data as LibrarySettings[Name] };
  return { ok: false, problems: result.error.issues.map((issue) => settingProblem([name], issue)) };
}

/** An issue of a schema in the words of settings; `at` is where the schema's value stands. */
export function settingProblem(at: readonly (string | number)[], issue: z.core.$ZodIssue): SettingProblem {
  const known = isKnown(issue) ? issue : knownIn(issue);
  const inner = known === issue || known === undefined ? [] : known.path;
  const path = [...at, ...issue.path, ...inner].filter((part) => typeof part !== 'symbol');
  const limit = known && limitOf(known);
  return {
    path,
    code: SETTING_PROBLEMS.find((code) => code === known?.message) ?? 'format',
    ...(limit === undefined ? {} : { limit }),
  };
}

function isKnown(issue: z.core.$ZodIssue): boolean {
  return SETTING_PROBLEMS.some((code) => code === issue.message);
}

/** Of a value that may be one of several things, what is wrong with the one it tried to be. */
function knownIn(issue: z.core.$ZodIssue): z.core.$ZodIssue | undefined {
  return issue.code === 'invalid_union' ? issue.errors.flat().find(isKnown) : undefined;
}

function limitOf(issue: z.core.$ZodIssue): number | undefined {
  if (issue.code === 'too_big') return Number(issue.maximum);
  return issue.code === 'too_small' ? Number(issue.minimum) : undefined;
}
