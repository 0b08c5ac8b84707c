import { DataTable } from './data-table.tsx';
import { Details } from './details.tsx';

export interface ChartProps {
  readonly title: string;
  readonly kind: 'bar' | 'line';
  /** What the categories are: `Bulan`. */
  readonly categoryLabel: string;
  readonly categories: readonly string[];
  /** At most five; null where nothing was counted. */
  readonly series: readonly { readonly label: string; readonly values: readonly (number | null)[] }[];
  readonly format: (value: number) => string;
  /** A line to compare with: the standard time. */
  readonly standard?: { readonly value: number; readonly label: string } | undefined;
  /** `Lihat angkanya sebagai tabel` */
  readonly tableLabel: string;
  readonly empty: string;
}

const WIDTH = 720;
const HEIGHT = 260;
const LEFT = 52;
const RIGHT = 12;
const TOP = 14;
const BOTTOM = 34;

/** A round number at or above `value`, so that the axis has four even steps people can read. */
export function axisTop(value: number): number {
  if (value <= 0) return 4;
  const power = 10 ** Math.floor(Math.log10(value / 4));
  const step =
    [1, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5, 8, 10].find((factor) => factor * power * 4 >= value * 0.999) ?? 10;
  return Math.max(4, step * power * 4);
}

/** Figures as a picture with the same figures as a table under it; drawn on the server, coloured by the theme. */
export function Chart(props: ChartProps) {
  const { categories, series } = props;
  const known = series.flatMap(({ values }) => values.filter((value) => value !== null));
  const top = axisTop(Math.max(0, props.standard?.value ?? 0, ...known));
  const slot = (WIDTH - LEFT - RIGHT) / Math.max(1, categories.length);
  const y = (value: number): number => round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top));
  const middle = (index: number): number => round(LEFT + slot * (index + 0.5));
  /** Every label where they fit, else every second, third, … */
  const stride = Math.max(
    1,
    Math.ceil((Math.max(0, ...categories.map((name) => name.length)) * 6.6 + 10) / slot),
  );
  return (
    <figure class="dp-chart">
      <figcaption>{props.title}</figcaption>
      {series.length > 1 && (
        <ul class="dp-legend">
          {series.map(({ label }, index) => (
            <li data-series={index}>{label}</li>
          ))}
        </ul>
      )}
      <section class="dp-chart__scroll" tabindex={0} aria-label={props.title}>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={props.title}>
          {[0, 1, 2, 3, 4].map((step) => {
            const at = y((top / 4) * step);
            return (
              <>
                <line
                  class={step === 0 ? 'dp-chart__axis' : 'dp-chart__grid'}
                  x1={LEFT}
                  x2={WIDTH - RIGHT}
                  y1={at}
                  y2={at}
                />
                <text x={LEFT - 8} y={at + 4} text-anchor="end">
                  {props.format((top / 4) * step)}
                </text>
              </>
            );
          })}
          {categories.map(
            (name, index) =>
              index % stride === 0 && (
                <text x={middle(index)} y={HEIGHT - 12} text-anchor="middle">
                  {name}
                </text>
              ),
          )}
          {series.map(({ values }, index) => (
            <g data-series={index}>
              {props.kind === 'bar'
                ? bars(values, index, series.length, slot, y, categories, props.format)
                : line(values, middle, y, categories, props.format)}
            </g>
          ))}
          {props.standard && (
            <>
              <line
                class="dp-chart__standard"
                x1={LEFT}
                x2={WIDTH - RIGHT}
                y1={y(props.standard.value)}
                y2={y(props.standard.value)}
              />
              <text x={WIDTH - RIGHT} y={y(props.standard.value) - 5} text-anchor="end">
                {props.standard.label}
              </text>
            </>
          )}
        </svg>
      </section>
      <Details summary={props.tableLabel}>
        <DataTable
          caption={props.title}
          hiddenCaption
          rows={categories.map((name, index) => ({ name, index }))}
          empty={props.empty}
          columns={[
            { label: props.categoryLabel, rowHeader: true, cell: (row) => row.name },
            ...series.map(({ label, values }) => ({
              label,
              align: 'right' as const,
              cell: (row: { readonly index: number }) => cell(values[row.index], props.format),
            })),
          ]}
        />
      </Details>
    </figure>
  );
}

const round = (value: number): number => Math.round(value * 10) / 10;
const cell = (value: number | null | undefined, format: (value: number) => string): string =>
  value === null || value === undefined ? '–' : format(value);

function bars(
  values: readonly (number | null)[],
  series: number,
  count: number,
  slot: number,
  y: (value: number) => number,
  categories: readonly string[],
  format: (value: number) => string,
) {
  const width = Math.min(34, (slot * 0.72) / count);
  return values.map((value, index) => {
    if (value === null) return null;
    const left = LEFT + slot * (index + 0.5) - (width * count) / 2 + width * series;
    const height = Math.max(value > 0 ? 1.5 : 0, y(0) - y(value));
    return (
      <rect
        class="dp-chart__bar"
        x={round(left + 0.5)}
        y={round(y(0) - height)}
        width={round(width - 1)}
        height={round(height)}
        rx="2"
      >
        <title>{`${categories[index] ?? ''}: ${format(value)}`}</title>
      </rect>
    );
  });
}

function line(
  values: readonly (number | null)[],
  x: (index: number) => number,
  y: (value: number) => number,
  categories: readonly string[],
  format: (value: number) => string,
) {
  let pen = 'M';
  const path = values
    .map((value, index) => {
      if (value === null) {
        pen = 'M';
        return '';
      }
      const part = `${pen}${x(index)} ${y(value)}`;
      pen = 'L';
      return part;
    })
    .join('');
  return (
    <>
      <path class="dp-chart__line" d={path} />
      {values.map((value, index) =>
        value === null ? null : (
          <circle class="dp-chart__dot" cx={x(index)} cy={y(value)} r="3.5">
            <title>{`${categories[index] ?? ''}: ${format(value)}`}</title>
          </circle>
        ),
      )}
    </>
  );
}
