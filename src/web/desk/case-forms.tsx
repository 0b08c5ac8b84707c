import type { FullNumbers } from '../../usecases/reveal-number.ts';
import { TAKE_OVER_REASONS } from '../../usecases/take-case.ts';
import { Button } from '../components/button.tsx';
import { FileField } from '../components/file-field.tsx';
import { TextArea } from '../components/text-field.tsx';
import { type CaseFormProps, FormError, ReasonKeys, text, Version } from './form-parts.tsx';
import type { CasePanelProps } from './panel-props.ts';
import { codedText } from './words.ts';

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

export function RejectForm({ view, texts, lang, library, base, form }: CaseFormProps) {
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

export function EscalateForm({ view, texts, lang, library, base, form }: CaseFormProps) {
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

export function TakeOverForm({ view, texts, base }: CaseFormProps) {
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

export function RevealForm({ texts, lang, library, base, form }: CaseFormProps) {
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

export function ScanForm({ texts, base, form }: CaseFormProps) {
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

export function WithdrawForm({ view, texts, base }: CaseFormProps) {
  const { withdraw } = texts.desk;
  return (
    <form method="post" action={`${base}/batal`} class="dp-stack" data-gap="s">
      <Version view={view} />
      <p>{withdraw.about}</p>
      <Button tone="danger">{withdraw.submit}</Button>
    </form>
  );
}
