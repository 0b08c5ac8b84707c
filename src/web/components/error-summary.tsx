export interface ErrorSummaryProps {
  readonly title: string;
  readonly intro?: string | undefined;
  /** In the order of the fields; `field` is the id that the link goes to. */
  readonly errors: readonly { readonly field: string; readonly text: string }[];
}

/**
 * All errors above the form, each a link to its field. It takes the focus when the page opens (`autofocus` on a
 * focusable element works without script in current browsers); the title of the page should begin with the word for error.
 */
export function ErrorSummary({ title, intro, errors }: ErrorSummaryProps) {
  if (errors.length === 0) return null;
  return (
    <div
      class="ds-error-summary"
      id="ralat"
      role="alert"
      aria-labelledby="ralat-judul"
      tabindex={-1}
      autofocus
      data-error-summary=""
    >
      <h2 id="ralat-judul">{title}</h2>
      {intro && <p>{intro}</p>}
      <ul>
        {errors.map((error) => (
          <li>
            <a href={`#${error.field}`}>{error.text}</a>
          </li>
        ))}
      </ul>
    </div>
  );
}
