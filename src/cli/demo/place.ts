import type { Vault } from '../../db/vault.ts';
import type { DeviceId, LibraryId, OfficerId, ServicePointId } from '../../domain/ids.ts';
import type { ServiceCalendar } from '../../domain/opening-hours.ts';
import type { PlainDate } from '../../domain/plain-date.ts';
import type { DocumentType } from '../../domain/procedure.ts';
import type { Deps, LibraryContext, Scope } from '../../usecases/context.ts';
import type { SamplePerson } from './people.ts';
import type { Chance } from './random.ts';

/** What the parts of the demonstration need to know of one library. */
export interface DemoPlace {
  readonly library: LibraryContext;
  readonly calendar: ServiceCalendar;
  readonly chance: Chance;
  readonly vault: Vault;
  /** The moment the demonstration stands at; nothing lies after it. */
  readonly now: Date;
  readonly today: PlainDate;
  readonly officers: readonly OfficerId[];
  readonly coordinator: OfficerId;
  /** The first is the largest. */
  readonly points: readonly ServicePointId[];
  readonly kioskId: DeviceId;
  /** Pictures of both sexes, as JPEG. */
  readonly photos: Readonly<Record<'L' | 'P', readonly Buffer[]>>;
  readonly personFor: (wanted: {
    readonly on: PlainDate;
    readonly age?: readonly [number, number];
    readonly guardianConsents?: boolean;
  }) => SamplePerson;
  readonly documents: readonly DocumentType[];
}

export function libraryIdOf(place: DemoPlace): LibraryId {
  return place.library.id;
}

/** Most work happens at the first service point. */
export function pointFor(place: DemoPlace): ServicePointId {
  const [first, ...others] = place.points;
  if (!first) throw new Error('a library has at least one service point');
  return others.length > 0 && place.chance.often(0.22) ? place.chance.pick(others) : first;
}

/** Dependencies of the use cases whose identifiers and codes come from the demonstration's own chance. */
export function demoDeps(deps: Deps, chance: Chance): Deps {
  return { ...deps, randomBytes: (length) => chance.bytes(length), uuid: chance.uuid };
}

export function officerScope(place: DemoPlace, officerId: OfficerId, at: Date): Scope {
  const isCoordinator = officerId === place.coordinator;
  return {
    library: place.library,
    actor: {
      kind: 'officer',
      id: officerId,
      roles: [isCoordinator ? 'sub_koordinator' : 'petugas'],
      servicePointId: place.points[0] as ServicePointId,
    },
    at,
    requestId: 'demo',
  };
}

export function applicantScope(place: DemoPlace, at: Date): Scope {
  return { library: place.library, actor: { kind: 'applicant' }, at, requestId: 'demo' };
}
