import type { LibrarySettings } from '../domain/library-settings.ts';
import type { Procedure } from '../domain/procedure.ts';

/** A library as it is delivered: its address, its procedure and its settings, all plain data. */
export interface LibraryPreset {
  /** First part of every address of the library. */
  readonly slug: string;
  readonly procedure: Procedure;
  readonly settings: LibrarySettings;
}
