import { Hono } from 'hono';
import { listLibraries } from '../../db/library.ts';
import { Emblem } from '../components/emblem.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { PublicLayout } from '../components/public-layout.tsx';
import type { SiteEnv, WebDeps } from '../env.ts';
import { layoutLibrary, siteFrame, textsOf } from '../frame.tsx';
import { openingSentence } from './opening-view.ts';

/** `/`: the libraries served here. */
export function siteRoutes(deps: WebDeps): Hono<SiteEnv> {
  const app = new Hono<SiteEnv>();
  app.get('/', async (c) => {
    const { service } = textsOf(c);
    const lang = c.get('lang');
    const rows = await listLibraries(deps.db);
    const found = await Promise.all(rows.map((row) => deps.libraries.find(row.slug)));
    const libraries = found.filter((library) => library !== undefined);
    const at = deps.now();
    return c.html(
      <PublicLayout
        {...siteFrame(c)}
        title={service.site.title}
        hero={<PageHeader hero title={service.site.title} lead={service.site.lead} />}
      >
        {libraries.length === 0 ? (
          <EmptyState title={service.site.none} text={service.site.noneText} />
        ) : (
          <ul class="dp-libraries">
            {libraries.map((library) => {
              const shown = layoutLibrary(library);
              return (
                <li>
                  <a class="ds-card dp-library" href={`/${library.slug}`}>
                    <Emblem name={shown.name} url={shown.emblemUrl} />
                    <span>
                      <strong class="dp-brand__name">{shown.name}</strong>
                      <span class="dp-brand__parent">{shown.parent}</span>
                      <span class="dp-small">{openingSentence(library, at, lang, service)}</span>
                    </span>
                  </a>
                </li>
              );
            })}
          </ul>
        )}
        <p class="dp-small dp-staff-link">
          <a href="/masuk">{service.site.staff}</a>
        </p>
      </PublicLayout>,
    );
  });
  return app;
}
