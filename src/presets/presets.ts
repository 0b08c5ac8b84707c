import { banyuwangi } from './banyuwangi.ts';
import { jateng } from './jateng.ts';
import type { LibraryPreset } from './preset.ts';

/** The libraries seeded at the first start. */
export const PRESETS: readonly LibraryPreset[] = [jateng, banyuwangi];
