export interface PaginationProps {
  /** 1 for the first. */
  readonly page: number;
  readonly pages: number;
  readonly href: (page: number) => string;
  /** `41–60 dari 1.234` */
  readonly range?: string | undefined;
  readonly labels: {
    readonly label: string;
    readonly previous: string;
    readonly next: string;
    readonly page: (page: number) => string;
  };
}

/** First, last, and the neighbours of the current page; `undefined` where some are left out. */
export function pageList(page: number, pages: number): readonly (number | undefined)[] {
  const shown = [...new Set([1, page - 1, page, page + 1, pages])]
    .filter((number) => number >= 1 && number <= pages)
    .sort((a, b) => a - b);
  return shown.flatMap((number, index) => {
    const before = shown[index - 1] ?? number - 1;
    if (number - before === 2) return [number - 1, number];
    return number - before > 2 ? [undefined, number] : [number];
  });
}

export function Pagination({ page, pages, href, range, labels }: PaginationProps) {
  const near = (target: number) => Math.abs(target - page) === 1 && target !== 1 && target !== pages;
  const link = (target: number, text: string, label: string, current = false) => (
    <li data-near={/\d/.test(text) && near(target) ? '' : undefined}>
      <a
        class="ds-button"
        data-variant="tertiary"
        href={href(target)}
        aria-label={label}
        aria-current={current ? 'page' : undefined}
      >
        {text}
      </a>
    </li>
  );
  return (
    <nav class="dp-pages" aria-label={labels.label}>
      {range ? <p class="dp-small dp-muted">{range}</p> : <span />}
      {pages > 1 && (
        <ul>
          {page > 1 && link(page - 1, '‹', labels.previous)}
          {pageList(page, pages).map((number) =>
            number === undefined ? (
              <li aria-hidden="true">…</li>
            ) : (
              link(number, String(number), labels.page(number), number === page)
            ),
          )}
          {page < pages && link(page + 1, '›', labels.next)}
        </ul>
      )}
    </nav>
  );
}
