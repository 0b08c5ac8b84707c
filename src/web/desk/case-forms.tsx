import { GUARDIAN_RELATIONS } from '../../domain/applicant.ts';
import { type CorrectableField, FORM_FIELDS } from '../../domain/form-fields.ts';
import type { FullNumbers } from '../../usecases/reveal-number.ts';
import { TAKE_OVER_REASONS } from '../../usecases/take-case.ts';
import { Button } from '../components/button.tsx';
import { CheckboxField, RadioGroup, SelectField } from '../components/choice-fields.tsx';
import { FileField } from '../components/file-field.tsx';
import { TextArea, TextField } from '../components/text-field.tsx';
import type { CasePanelProps } from './panel-props.ts';
import { codedText, valueText } from './words.ts';

/** Panels that open in the place of the steps, one at a time: `?buka=…`. */
export const OPENABLE = [
  'minta-perbaikan',
  'tolak',
  'koordinator',
  'ambil-alih',
  'nomor',
  'wali',
  'pindaian',
  'batal',
] as const;
export type Openable = (typeof OPENABLE)[number];

/** What was typed and refused comes back with what is wrong. */
export interface FormState {
  readonly values: Readonly<Record<string, string | readonly string[]>>;
  readonly errors: Readonly<Record<string, string>>;
}
export const CLEAN: FormState = { values: {}, errors: {} };

type Props = CasePanelProps & { readonly form: FormState };

const text = (form: FormState, name: string): string => {
  const value = form.values[name];
  return typeof value === 'string' ? value : '';
};
const list = (form: FormState, name: string): readonly string[] => {
  const value = form.values[name];
  return typeof value === 'string' ? [value] : (value ?? []);
};

function Version({ view }: Pick<CasePanelProps, 'view'>) {
  return <input type="hidden" name="versi" value={String(view.row.version)} />;
}

function FormError({ error }: { readonly error: string | undefined }) {
  return error === undefined ? null : (
    <p class="ds-validation-message" role="alert">
      {error}
    </p>
  );
}

/** Named fields and a reason by one key; a message of the officer's own as the exception. */
export function RequestCorrection({ view, texts, lang, library, base, form }: Props) {
  const { correction } = texts.desk;
  const asked: readonly CorrectableField[] = FORM_FIELDS.filter(
    (field) => field.kind !== 'hidden' && field.kind !== 'checkbox' && (view.values[field.name] ?? '') !== '',
  ).map((field) => field.name);
  const fields: readonly CorrectableField[] = [
    ...asked,
    ...(view.isChild
      ? (['guardian_name', 'guardian_relation'] as const).filter((name) => !asked.includes(name))
      : []),
    'photo',
  ];
  const reasons = library.settings.correctionReasons;
  return (
    <form method="post" action={`${base}/minta-perbaikan`} class="dp-stack" data-gap="s" data-keep="">
      <Version view={view} />
      <p class="dp-small dp-muted">{correction.about}</p>
      <fieldset class="ds-fieldset dp-ticks" id="bagian">
        <legend>{correction.fields}</legend>
        <FormError error={form.errors.bagian} />
        <div class="dp-ticks__list">
          {fields.map((field) => (
            <label>
              <input
                type="checkbox"
                name="bagian"
                value={field}
                checked={list(form, 'bagian').includes(field)}
              />{' '}
              {texts.form.fields[field]}
            </label>
          ))}
        </div>
      </fieldset>
      <TextArea
        name="pesan"
        label={correction.message}
        description={correction.messageAbout}
        rows={2}
        maxlength={500}
        value={text(form, 'pesan')}
        error={form.errors.pesan}
      />
      <FormError error={form.errors.alasan} />
      <p class="dp-small" id="alasan-perbaikan">
        {correction.reason}
      </p>
      <ReasonKeys name="alasan" reasons={reasons.map(({ code }) => [code, codedText(lang, reasons, code)])} />
    </form>
  );
}

/** One key a reason: the first nine have their number. */
function ReasonKeys(props: {
  readonly name: string;
  readonly reasons: readonly (readonly [string, string])[];
  readonly tone?: 'danger' | undefined;
}) {
  return (
    <div class="dp-reasons">
      {props.reasons.map(([code, label], index) => (
        <Button
          variant="secondary"
          tone={props.tone}
          name={props.name}
          value={code}
          shortcut={index < 9 ? String(index + 1) : undefined}
        >
          {label}
        </Button>
      ))}
    </div>
  );
}

export function RejectForm({ view, texts, lang, library, base, form }: Props) {
  const { rejection } = texts.desk;
  const reasons = library.settings.rejectionReasons;
  return (
    <form method="post" action={`${base}/tolak`} class="dp-stack" data-gap="s" data-keep="">
      <Version view={view} />
      <p class="dp-small dp-muted">{rejection.about}</p>
      <TextArea
        name="catatan"
        label={rejection.note}
        description={rejection.noteAbout}
        rows={2}
        maxlength={500}
        value={text(form, 'catatan')}
      />
      <FormError error={form.errors.alasan} />
      <p class="dp-small">{rejection.reason}</p>
      <ReasonKeys
        name="alasan"
        tone="danger"
        reasons={reasons.map(({ code }) => [code, codedText(lang, reasons, code)])}
      />
    </form>
  );
}

export function EscalateForm({ view, texts, lang, library, base, form }: Props) {
  const { escalation } = texts.desk;
  const { rejectionReasons } = library.settings;
  return (
    <div class="dp-stack" data-gap="s">
      <p class="dp-small dp-muted">{escalation.about}</p>
      <FormError error={form.errors.alasan} />
      <form method="post" action={`${base}/ke-koordinator`} class="dp-reasons">
        <Version view={view} />
        <Button variant="secondary" name="jenis" value="duplicate" shortcut="1">
          {escalation.kinds.duplicate}
        </Button>
        <Button variant="secondary" name="jenis" value="other" shortcut="2">
          {escalation.kinds.other}
        </Button>
      </form>
      <form method="post" action={`${base}/ke-koordinator`} class="dp-stack" data-gap="s">
        <Version view={view} />
        <input type="hidden" name="jenis" value="refuse" />
        <p class="dp-small">{escalation.kinds.refuse}</p>
        <div class="dp-reasons">
          {rejectionReasons.map(({ code }, index) => (
            <Button
              variant="secondary"
              name="alasan"
              value={code}
              shortcut={index < 7 ? String(index + 3) : undefined}
            >
              {codedText(lang, rejectionReasons, code)}
            </Button>
          ))}
        </div>
      </form>
    </div>
  );
}

export function TakeOverForm({ view, texts, base }: Props) {
  const { takeOver } = texts.desk;
  const holder = view.officers.get(view.row.held_by ?? '') ?? '';
  return (
    <form method="post" action={`${base}/ambil-alih`} class="dp-stack" data-gap="s">
      <Version view={view} />
      <p>{takeOver.about(holder)}</p>
      <ReasonKeys
        name="alasan"
        reasons={TAKE_OVER_REASONS.map((reason) => [reason, takeOver.reasons[reason]])}
      />
    </form>
  );
}

export function RevealForm({ texts, lang, library, base, form }: Props) {
  const { reveal } = texts.desk;
  const reasons = library.settings.revealReasons;
  return (
    <div class="dp-stack" data-gap="s">
      <p class="dp-small dp-muted">{reveal.about}</p>
      <FormError error={form.errors.tujuan} />
      <form method="post" action={`${base}/nomor`} class="dp-reasons">
        <ReasonKeys
          name="tujuan"
          reasons={reasons.map(({ code }) => [code, codedText(lang, reasons, code)])}
        />
      </form>
      <form method="post" action={`${base}/nomor`} class="dp-scan__row">
        <input
          class="ds-input"
          name="tujuan"
          aria-label={reveal.other}
          placeholder={reveal.other}
          maxlength={200}
          value={text(form, 'tujuan')}
        />
        <Button variant="secondary">{texts.common.action.show}</Button>
      </form>
    </div>
  );
}

/** Numbers that were asked for with a purpose; on this answer only. */
export function RevealedNumbers({
  texts,
  numbers,
}: Pick<CasePanelProps, 'texts'> & { readonly numbers: FullNumbers }) {
  const { reveal } = texts.desk;
  const lines = [
    [reveal.documentNumber, numbers.documentNumber],
    [reveal.nik, numbers.nik === numbers.documentNumber ? null : numbers.nik],
    [reveal.kk, numbers.kk === numbers.documentNumber ? null : numbers.kk],
  ] as const;
  const shown = lines.filter(([, number]) => number !== null);
  return (
    <div class="dp-stack" data-gap="s">
      {shown.length === 0 && <p>{reveal.none}</p>}
      <dl class="dp-data__list">
        {shown.map(([label, number]) => (
          <div data-wide="">
            <dt>{label}</dt>
            <dd class="dp-code">{number}</dd>
          </div>
        ))}
      </dl>
      <p class="dp-small dp-muted">{reveal.shown}</p>
    </div>
  );
}

/** The guardian stands here, or gave a signed sheet, which is scanned as the proof. */
export function GuardianForm({ view, texts, base, form, ...words }: Props) {
  const { guardian } = texts.desk;
  const value = (name: string, stored: string) => text(form, name) || stored;
  const { values, regions } = view;
  return (
    <form
      method="post"
      action={`${base}/wali`}
      enctype="multipart/form-data"
      class="dp-stack"
      data-gap="s"
      data-keep=""
    >
      <Version view={view} />
      <p class="dp-small dp-muted">{guardian.about}</p>
      <TextField
        name="nama"
        label={guardian.name}
        value={value('nama', values.guardian_name ?? '')}
        error={form.errors.nama}
        autocomplete="off"
        required
      />
      <SelectField
        name="hubungan"
        label={guardian.relation}
        value={value('hubungan', values.guardian_relation ?? '')}
        error={form.errors.hubungan}
        placeholder={texts.common.field.choose}
        choices={GUARDIAN_RELATIONS.map((relation) => ({
          value: relation,
          label: texts.form.choices.guardian_relation[relation],
        }))}
        required
      />
      <TextField
        name="telepon"
        label={guardian.phone}
        type="tel"
        value={value('telepon', valueText({ texts, ...words }, 'guardian_phone', values, regions))}
        error={form.errors.telepon}
        optional={texts.common.field.optional}
        autocomplete="off"
      />
      <RadioGroup
        name="cara"
        label={guardian.how}
        outline={false}
        value={text(form, 'cara') || 'here'}
        choices={[
          { value: 'here', label: guardian.here },
          { value: 'paper', label: guardian.paper },
        ]}
      />
      <FileField
        name="lembar"
        label={guardian.letter}
        description={guardian.letterAbout}
        error={form.errors.lembar}
        accept="image/jpeg,image/png,image/webp,application/pdf"
      />
      <CheckboxField
        name="foto"
        label={guardian.photo}
        outline={false}
        checked={list(form, 'foto').includes('ya')}
      />
      <CheckboxField
        name="pesan"
        label={guardian.messages}
        outline={false}
        checked={list(form, 'pesan').includes('ya')}
      />
      <Button>{guardian.submit}</Button>
    </form>
  );
}

export function ScanForm({ texts, base, form }: Props) {
  const { scans, actions } = texts.desk;
  return (
    <form
      method="post"
      action={`${base}/pindaian`}
      enctype="multipart/form-data"
      class="dp-stack"
      data-gap="s"
    >
      <FileField
        name="berkas"
        label={scans.file}
        description={scans.about}
        error={form.errors.berkas}
        accept="image/jpeg,image/png,image/webp,application/pdf"
        capture="environment"
      />
      <Button>{actions.scan}</Button>
    </form>
  );
}

export function WithdrawForm({ view, texts, base }: Props) {
  const { withdraw } = texts.desk;
  return (
    <form method="post" action={`${base}/batal`} class="dp-stack" data-gap="s">
      <Version view={view} />
      <p>{withdraw.about}</p>
      <Button tone="danger">{withdraw.submit}</Button>
    </form>
  );
}

/** What the Sub Koordinator decides, with who asked and why. */
export function ExceptionForm({ view, texts, lang, library, base, form }: Props) {
  const { escalation } = texts.desk;
  const { settings } = library;
  const asked = view.escalation;
  if (asked === null) return null;
  const list = asked.kind === 'no_document' ? settings.noDocumentReasons : settings.rejectionReasons;
  const what = [escalation.kinds[asked.kind], asked.code === '' ? '' : codedText(lang, list, asked.code)]
    .filter((part) => part !== '')
    .join(', ');
  const officer = view.officers.get(view.row.escalated_by ?? '') ?? '';
  const sentence = <p>{escalation.asked(officer, what)}</p>;
  if (!view.allowed.has('decide_exception')) return sentence;
  return (
    <form method="post" action={`${base}/putusan`} class="dp-stack" data-gap="s">
      <Version view={view} />
      {sentence}
      <Button fullWidth name="putusan" value="allow" shortcut="Enter">
        {asked.kind === 'duplicate' ? escalation.allowNew : escalation.allow}
      </Button>
      {asked.kind === 'duplicate' &&
        view.candidates.flatMap((candidate, index) =>
          candidate.kind === 'member'
            ? [
                <Button
                  fullWidth
                  variant="secondary"
                  name="putusan"
                  value={`already_member:${candidate.id}`}
                  shortcut={index < 4 ? String(index + 5) : undefined}
                >
                  {texts.desk.crossCheck.member(candidate.number)}: {texts.desk.already.title}
                </Button>,
              ]
            : [],
        )}
      <Button fullWidth variant="secondary" name="putusan" value="return" shortcut="L">
        {escalation.back}
      </Button>
      <FormError error={form.errors.alasan} />
      <p class="dp-small">{escalation.refuse}</p>
      <div class="dp-reasons">
        {settings.rejectionReasons.map(({ code }) => (
          <Button variant="tertiary" tone="danger" name="putusan" value={`refuse:${code}`}>
            {codedText(lang, settings.rejectionReasons, code)}
          </Button>
        ))}
      </div>
    </form>
  );
}
