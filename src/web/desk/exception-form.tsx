import { Button } from '../components/button.tsx';
import { type CaseFormProps, FormError, Version } from './form-parts.tsx';
import { codedText } from './words.ts';

/** What the Sub Koordinator decides, with who asked and why. */
export function ExceptionForm({ view, texts, lang, library, base, form, now }: CaseFormProps) {
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
      <input type="hidden" name="mulai" value={now.toISOString()} />
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
