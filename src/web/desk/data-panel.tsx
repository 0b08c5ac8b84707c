import type { FieldName } from '../../domain/form-fields.ts';
import { LinkButton } from '../components/button.tsx';
import { Icon } from '../components/icon.tsx';
import type { Child } from '../jsx/jsx-runtime.ts';
import type { CasePanelProps } from './panel-props.ts';
import { addressText, ageText, groupDigits, valueText } from './words.ts';

/** All data of the applicant, compact enough to be compared with a document at one glance. */
export function DataPanel(props: CasePanelProps) {
  const { view, texts, base } = props;
  const { desk } = texts;
  return (
    <section class="dp-panel dp-data" aria-labelledby="data" id="panel-data" data-live="">
      <div class="dp-panel__head">
        <h2 id="data">{desk.case.data}</h2>
        {view.allowed.has('correct') && (
          <LinkButton href={`${base}/perbaiki`} variant="tertiary" shortcut="E">
            {desk.actions.correct}
          </LinkButton>
        )}
      </div>
      {view.masked && <p class="dp-small dp-muted">{desk.case.masked}</p>}
      <Warnings {...props} />
      <dl class="dp-data__list">
        {linesOf(props).map(({ label, value, fields, wide }) => (
          <div data-wide={wide ? '' : undefined} data-changed={isChanged(props, fields) ? '' : undefined}>
            <dt>
              {label}
              {isChanged(props, fields) && (
                <span class="dp-data__changed" title={desk.data.changed}>
                  <span class="dp-sr">({desk.data.changed})</span>
                  <span aria-hidden="true">✎</span>
                </span>
              )}
            </dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {!view.masked && (
        <p class="dp-small dp-muted dp-data__numbers">
          <Icon name="lock" /> {view.identityStep ? desk.identity.numbersShown : desk.identity.numbersMasked}
        </p>
      )}
    </section>
  );
}

function Warnings({ view, texts }: CasePanelProps) {
  if (view.warnings.length === 0) return null;
  const { warnings, fields } = texts.form;
  return (
    <div class="dp-warn">
      <p>
        <Icon name="warning" /> <strong>{texts.desk.warnings.title}</strong> {texts.desk.warnings.intro}
      </p>
      <ul>
        {view.warnings.map((warning) => (
          <li>
            {fields[warning.field]}: {warnings[warning.code]}
          </li>
        ))}
      </ul>
    </div>
  );
}

interface Line {
  readonly label: string;
  readonly value: Child;
  readonly fields: readonly FieldName[];
  readonly wide?: boolean;
}

function linesOf(props: CasePanelProps): readonly Line[] {
  const { view, texts, now } = props;
  const { values, regions } = view;
  const { data } = texts.desk;
  const text = (name: FieldName) => valueText(props, name, values, regions);
  const joined = (...parts: readonly (string | undefined)[]) =>
    parts.filter((part) => part !== undefined && part !== '').join(', ');
  const none = <span class="dp-muted">{data.none}</span>;
  const number = text('document_number');
  const nik = text('nik');
  const age = ageText(props, values.birth_date ?? '', now);
  const guardian = joined(text('guardian_name'), text('guardian_relation'), text('guardian_phone'));
  const lines: Line[] = [
    {
      label: data.name,
      value: <strong class="dp-data__name">{text('name')}</strong>,
      fields: ['name'],
      wide: true,
    },
    {
      label: data.document,
      value: joined(text('document_type'), text('no_document_reason')) || none,
      fields: ['document_type', 'no_document_reason'],
    },
    {
      label: data.number,
      value: number === '' ? none : <span class="dp-code">{groupDigits(number)}</span>,
      fields: ['document_number'],
    },
    ...(nik === ''
      ? []
      : [
          {
            label: data.nik,
            value: <span class="dp-code">{groupDigits(nik)}</span>,
            fields: ['nik'] as const,
          },
        ]),
    {
      label: data.born,
      value: (
        <>
          {joined(text('birth_place'), text('birth_date'))}
          {age && <span class="dp-muted"> ({age})</span>}
        </>
      ),
      fields: ['birth_place', 'birth_date'],
    },
    { label: data.sex, value: text('sex') || none, fields: ['sex'] },
    { label: data.type, value: text('member_type'), fields: ['member_type'] },
  ];
  if (view.masked) return lines;
  return [
    ...lines,
    {
      label: data.contact,
      value: joined(text('phone'), text('email')) || none,
      fields: ['phone', 'email'],
      wide: true,
    },
    {
      label: data.address,
      value: addressText('address', values, regions) || none,
      fields: ['address_line', 'address_rt', 'address_rw', 'address_village'],
      wide: true,
    },
    ...(values.present_same === 'different'
      ? [
          {
            label: data.present,
            value: addressText('present', values, regions),
            fields: ['present_line', 'present_rt', 'present_rw', 'present_village'] as const,
            wide: true,
          },
        ]
      : []),
    {
      label: data.work,
      value: joined(text('occupation'), text('institution')) || none,
      fields: ['occupation', 'institution'],
    },
    { label: data.education, value: text('education') || none, fields: ['education'] },
    ...(guardian === ''
      ? []
      : [
          {
            label: data.guardian,
            value: guardian,
            fields: ['guardian_name', 'guardian_relation', 'guardian_phone'] as const,
            wide: true,
          },
        ]),
  ];
}

function isChanged({ view }: CasePanelProps, fields: readonly FieldName[]): boolean {
  return view.history.revisions.some((revision) => revision.fields.some((field) => fields.includes(field)));
}
