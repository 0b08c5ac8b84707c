import type { Procedure, ProcedureStep, StepActor } from '../../../domain/procedure.ts';
import { formatDuration } from '../../../i18n/format.ts';

export interface FlowWords {
  readonly caption: string;
  readonly number: string;
  readonly activity: string;
  readonly actors: string;
  readonly standards: string;
  readonly completeness: string;
  readonly time: string;
  readonly output: string;
  readonly note: string;
  readonly empty: string;
  readonly inferred: string;
  readonly kinds: Readonly<Record<ProcedureStep['kind'], string>>;
}

/**
 * The flow table of SOP AP (PermenPANRB 35/2012): No, Kegiatan, one column per Pelaksana with its symbol, Mutu Baku
 * (Kelengkapan, Waktu, Output), Keterangan. Official words, so always Indonesian but for the symbols' names.
 */
export function FlowTable({
  procedure,
  words,
}: {
  readonly procedure: Procedure;
  readonly words: FlowWords;
}) {
  const { actorColumns, steps } = procedure;
  return (
    <section class="dp-flow" tabindex={0} aria-label={words.caption}>
      <table lang="id">
        <thead>
          <tr>
            <th scope="col" rowspan={2}>
              {words.number}
            </th>
            <th scope="col" rowspan={2} class="dp-flow__text">
              {words.activity}
            </th>
            {actorColumns.length > 0 && (
              <th scope="colgroup" colspan={actorColumns.length}>
                {words.actors}
              </th>
            )}
            <th scope="colgroup" colspan={3}>
              {words.standards}
            </th>
            <th scope="col" rowspan={2}>
              {words.note}
            </th>
          </tr>
          <tr>
            {actorColumns.map((column) => (
              <th scope="col" class="dp-flow__actor">
                {column.label || words.empty}
              </th>
            ))}
            <th scope="col">{words.completeness}</th>
            <th scope="col">{words.time}</th>
            <th scope="col">{words.output}</th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step, index) => (
            <tr>
              <td>{step.no}</td>
              <th scope="row" class="dp-flow__text">
                {step.text || words.empty}
              </th>
              {actorColumns.map(({ actor }, column) => (
                <td class="dp-flow__cell">
                  <Lines procedure={procedure} index={index} column={column} />
                  {step.actors.includes(actor) && <FlowSymbol step={step} words={words} />}
                </td>
              ))}
              <td>{step.completeness.join(', ')}</td>
              <td class="dp-nowrap">
                {step.standardSeconds === null ? '' : formatDuration('id', step.standardSeconds)}
              </td>
              <td>{step.output}</td>
              <td>
                {step.note}
                {step.branches.map((branch) => (
                  <span class="dp-flow__branch">
                    {branch.label || words.empty} → {branch.to === 0 ? words.empty : branch.to}
                  </span>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Capsule, box or diamond; dashed where the actor is inferred and printed blank until somebody confirms it. */
function FlowSymbol({ step, words }: { readonly step: ProcedureStep; readonly words: FlowWords }) {
  const name = `${words.kinds[step.kind]}${step.actorsInferred ? ` (${words.inferred})` : ''}`;
  return (
    <svg
      class="dp-flow__symbol"
      viewBox="0 0 48 28"
      role="img"
      aria-label={name}
      data-inferred={step.actorsInferred ? '' : undefined}
    >
      {step.kind === 'decision' ? (
        <path d="M24 2 46 14 24 26 2 14z" />
      ) : (
        <rect x="3" y="4" width="42" height="20" rx={step.kind === 'process' ? '1.5' : '10'} />
      )}
    </svg>
  );
}

/** The flow from the step before to this one, and on to the next: lines of this cell. */
function Lines(props: { readonly procedure: Procedure; readonly index: number; readonly column: number }) {
  const { procedure, index, column } = props;
  const { steps } = procedure;
  const here = columnsOf(procedure, steps[index]);
  const before = columnsOf(procedure, steps[index - 1]);
  const after = columnsOf(procedure, steps[index + 1]);
  const enter = here[0];
  const from = before.at(-1);
  const leave = here.at(-1);
  const lines: string[] = [];
  if (enter !== undefined && from !== undefined) {
    const [left, right] = from < enter ? [from, enter] : [enter, from];
    if (left !== right && column >= left && column <= right)
      lines.push(column === left ? 'top-right' : column === right ? 'top-left' : 'top');
    if (column === enter) lines.push('in');
    if (column === from && from !== enter) lines.push('down');
  }
  if (enter !== undefined && leave !== undefined && enter !== leave && column >= enter && column <= leave)
    lines.push(column === enter ? 'mid-right' : column === leave ? 'mid-left' : 'mid');
  if (leave === column && after.length > 0) lines.push('out');
  return (
    <>
      {lines.map((line) => (
        <span class="dp-flow__line" data-line={line} />
      ))}
    </>
  );
}

/** Columns of a step's actors from left to right. */
function columnsOf({ actorColumns }: Procedure, step: ProcedureStep | undefined): readonly number[] {
  const actors: readonly StepActor[] = step?.actors ?? [];
  return actorColumns.flatMap(({ actor }, index) => (actors.includes(actor) ? [index] : []));
}
