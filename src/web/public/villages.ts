import type { Db } from '../../db/connection.ts';
import { findRegion, type RegionHit, searchRegions } from '../../db/region.ts';
import type { FormValues } from '../../domain/form-fields.ts';
import type { LibraryContext } from '../../usecases/context.ts';
import type { VillageView } from './form-fields.tsx';

const VILLAGE_LEVEL = 4;
/** A handful: what fits on a phone without scrolling. */
const MOST = 8;

/** At most eight villages for what was typed, those near the library first. */
export async function searchVillages(
  db: Db,
  library: LibraryContext,
  text: string,
): Promise<readonly RegionHit[]> {
  const near = await regencyOf(db, library);
  const hits = await searchRegions(db, text.slice(0, 80), { limit: 3 * MOST, near });
  return hits.filter((hit) => hit.level === VILLAGE_LEVEL).slice(0, MOST);
}

export type VillageName = 'address_village' | 'present_village';
export const VILLAGE_NAMES: readonly VillageName[] = ['address_village', 'present_village'];

/**
 * What the two village fields show for these answers.
 * @param texts what stands in the search boxes
 * @param search boxes whose text is searched now
 */
export async function villageViews(
  db: Db,
  library: LibraryContext,
  values: FormValues,
  texts: Readonly<Record<VillageName, string>>,
  search: readonly VillageName[],
): Promise<Record<VillageName, VillageView>> {
  const [address, present] = await Promise.all(
    VILLAGE_NAMES.map(async (name): Promise<VillageView> => {
      const code = values[name] ?? '';
      const region = code === '' ? undefined : await findRegion(db, code);
      const chosen = region?.level === VILLAGE_LEVEL ? region : null;
      const hits = search.includes(name) ? await searchVillages(db, library, texts[name]) : null;
      // With a chosen village its name stands in the choice; the box is for another search.
      return { text: chosen && hits === null ? '' : texts[name], chosen, hits };
    }),
  );
  const empty: VillageView = { text: '', chosen: null, hits: null };
  return { address_village: address ?? empty, present_village: present ?? empty };
}

const regencies = new Map<string, Promise<string | null>>();

/** Code of the regency or city that the library's own place names; null where no region is called so. */
function regencyOf(db: Db, library: LibraryContext): Promise<string | null> {
  const city = library.settings.profile.city.trim().toLowerCase();
  if (city === '') return Promise.resolve(null);
  let code = regencies.get(city);
  if (!code) {
    code = db
      .selectFrom('region')
      .select('code')
      .where('level', '=', 2)
      .where((region) =>
        region(region.fn<string>('lower', ['name']), 'in', [
          city,
          `kota ${city}`,
          `kabupaten ${city}`,
          `kab. ${city}`,
        ]),
      )
      .orderBy('code', 'desc')
      .executeTakeFirst()
      .then((row) => row?.code ?? null);
    regencies.set(city, code);
    code.catch(() => regencies.delete(city));
  }
  return code;
}
