import type { PropsWithChildren } from '../jsx/jsx-runtime.ts';

export interface PageHeaderProps {
  readonly title: string;
  /** Short line above the title: the greeting, the section. */
  readonly eyebrow?: string | undefined;
  readonly lead?: string | undefined;
  /** Across the page in the library's colour; goes into the layout's `hero`. */
  readonly hero?: boolean | undefined;
  /** The title is in another language than the page: a greeting in Javanese, an official SOP title. */
  readonly eyebrowLang?: string | undefined;
}

/** The one h1 of a page; actions are its children. */
export function PageHeader(props: PropsWithChildren<PageHeaderProps>) {
  const inner = (
    <>
      {props.eyebrow && (
        <p class="dp-eyebrow" lang={props.eyebrowLang}>
          {props.eyebrow}
        </p>
      )}
      <h1>{props.title}</h1>
      {props.lead && <p class="dp-lead">{props.lead}</p>}
      {props.children && <div class="dp-row">{props.children}</div>}
    </>
  );
  if (!props.hero) return <div class="dp-page-header">{inner}</div>;
  return (
    <div class="dp-hero">
      <div class="dp-wrap dp-stack" data-gap="s">
        {inner}
      </div>
    </div>
  );
}
