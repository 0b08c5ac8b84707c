import type { Child } from '../jsx/jsx-runtime.ts';

export interface DefinitionListProps {
  readonly items: readonly {
    readonly label: string;
    readonly value: Child;
    /** `Ubah`, with where it leads. */
    readonly action?: { readonly href: string; readonly label: string } | undefined;
  }[];
}

/** Names and values of one thing: the summary before sending, a member's data. */
export function DefinitionList({ items }: DefinitionListProps) {
  return (
    <dl class="dp-list">
      {items.map((item) => (
        <div>
          <dt>{item.label}</dt>
          <dd>{item.value}</dd>
          {item.action && (
            <dd class="dp-list__action">
              <a href={item.action.href}>
                {item.action.label}
                <span class="dp-sr"> {item.label}</span>
              </a>
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}

export interface CompareProps {
  readonly caption: string;
  /** Heading of the column of field names. */
  readonly fieldLabel: string;
  /** Whose values stand in each column; the first is what the others are compared with. */
  readonly columns: readonly Child[];
  readonly rows: readonly {
    readonly label: string;
    readonly values: readonly Child[];
    readonly differs: readonly boolean[];
  }[];
  /** Beside what differs: `berbeda`. */
  readonly differsText: string;
}

/** The same fields of two or more people side by side, what differs marked. */
export function Compare(props: CompareProps) {
  return (
    <section class="dp-scroll dp-compare" tabindex={0} aria-label={props.caption}>
      <table class="ds-table">
        <caption>{props.caption}</caption>
        <thead>
          <tr>
            <th scope="col">{props.fieldLabel}</th>
            {props.columns.map((column) => (
              <th scope="col">{column}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr>
              <th scope="row">{row.label}</th>
              {row.values.map((value, index) => (
                <td data-differs={row.differs[index] ? '' : undefined}>
                  {value}
                  {row.differs[index] && <span class="dp-differs">{props.differsText}</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
