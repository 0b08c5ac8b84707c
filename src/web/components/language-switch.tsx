import type { Lang } from '../../i18n/index.ts';

export interface LanguageSwitchProps {
  readonly lang: Lang;
  /** What the list is: `Bahasa`. */
  readonly label: string;
  /** Each language in its own words, with the address of this page in it. */
  readonly options: readonly { readonly lang: Lang; readonly label: string; readonly href: string }[];
}

export function LanguageSwitch({ lang, label, options }: LanguageSwitchProps) {
  if (options.length < 2) return null;
  return (
    <nav aria-label={label}>
      <ul class="dp-langs">
        {options.map((option) => (
          <li>
            {option.lang === lang ? (
              <span aria-current="true" lang={option.lang}>
                {option.label}
              </span>
            ) : (
              <a href={option.href} hreflang={option.lang} lang={option.lang} rel="nofollow">
                {option.label}
              </a>
            )}
          </li>
        ))}
      </ul>
    </nav>
  );
}
