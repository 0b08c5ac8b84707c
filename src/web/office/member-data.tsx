import type { FieldName } from '../../domain/form-fields.ts';
import { may } from '../../domain/permissions.ts';
import { DefinitionList } from '../components/definition-list.tsx';
import { Icon } from '../components/icon.tsx';
import { addressText, valueText } from '../desk/words.ts';
import { textsOf } from '../frame.tsx';
import type { Child } from '../jsx/jsx-runtime.ts';
import type { MemberProps } from './member-page.tsx';

/** Everything stored about the person, numbers masked. */
export function MemberData({ c, member, base }: MemberProps) {
  const texts = textsOf(c);
  const { view } = texts.members;
  const words = { lang: c.get('lang'), texts, library: c.get('library') };
  const { values, villages } = member;
  const text = (name: FieldName) => valueText(words, name, values, villages);
  const joined = (...parts: readonly string[]) => parts.filter((part) => part !== '').join(', ');
  const none = <span class="dp-muted">{view.none}</span>;
  if (member.erased) return null;
  const number = text('document_number');
  const nik = text('nik');
  const guardian = joined(text('guardian_name'), text('guardian_relation'), text('guardian_phone'));
  const age = member.age === null || member.masked ? '' : ` (${view.age(member.age)})`;
  const items: { label: string; value: Child }[] = [
    {
      label: texts.form.fields.name,
      value: (
        <>
          <strong>{text('name')}</strong>
          {member.renamed && !member.masked && <span class="dp-small dp-muted"> {view.renamed}</span>}
        </>
      ),
    },
    { label: texts.form.fields.member_type, value: text('member_type') },
    { label: texts.form.fields.sex, value: text('sex') || none },
    {
      label: view.document,
      value: (
        <>
          {joined(text('document_type'), text('no_document_reason')) || none}
          {number !== '' && <span class="dp-code"> {number}</span>}
          {nik !== '' && <span class="dp-code"> NIK {nik}</span>}
        </>
      ),
    },
    ...(member.masked
      ? []
      : [
          { label: view.born, value: `${joined(text('birth_place'), text('birth_date')) || '–'}${age}` },
          { label: view.contact, value: joined(text('phone'), text('email')) || none },
          { label: view.address, value: addressText('address', values, villages) || none },
          ...(values.present_same === 'different'
            ? [{ label: view.present, value: addressText('present', values, villages) || none }]
            : []),
        ]),
    { label: view.work, value: joined(text('occupation'), text('institution')) || none },
    { label: texts.form.fields.education, value: text('education') || none },
    ...(guardian === '' ? [] : [{ label: view.guardian, value: guardian }]),
  ];
  const mayReveal = may(c.get('officer')?.roles ?? [], 'identity.reveal') && (number !== '' || nik !== '');
  return (
    <section class="dp-panel" aria-labelledby="data">
      <h2 id="data">{view.data}</h2>
      <DefinitionList items={items} />
      {!member.masked && (
        <p class="dp-small dp-muted dp-locked">
          <Icon name="lock" /> {view.numbersMasked} {mayReveal && <a href={`${base}/nomor`}>{view.reveal}</a>}
        </p>
      )}
    </section>
  );
}
