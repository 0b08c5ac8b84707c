import type { Db } from '../../db/connection.ts';
import type { ApplicationId, OfficerId } from '../../domain/ids.ts';
import { addDays } from '../../domain/plain-date.ts';
import { actsInOrder } from '../../domain/procedure.ts';
import { approveApplication } from '../../usecases/approve-application.ts';
import { attachPhoto } from '../../usecases/attach-photo.ts';
import type { Deps } from '../../usecases/context.ts';
import { escalate } from '../../usecases/escalate.ts';
import { issueTicket } from '../../usecases/queue-ticket.ts';
import { handOverCard, recordPrint } from '../../usecases/record-card.ts';
import { requestCorrection } from '../../usecases/request-correction.ts';
import { seeIdentity } from '../../usecases/see-identity.ts';
import { submitApplication } from '../../usecases/submit-application.ts';
import { scanTicket } from '../../usecases/take-case.ts';
import type { SamplePerson } from './people.ts';
import { applicantScope, type DemoPlace, officerScope } from './place.ts';

type Step = 'identity' | 'photo' | 'approve' | 'hand_over';
const MINUTE = 60_000;

/**
 * What lies on the counter today, made by the use cases themselves: sent from home, waiting for a guardian, in an
 * officer's hands, waiting for a correction, before the Sub Koordinator, approved, and some done this morning.
 * @param lastOpen when the library closed, where it is closed now: what is done was done before
 */
export async function openCases(db: Db, deps: Deps, place: DemoPlace, lastOpen: Date): Promise<void> {
  const { chance, now, officers, today } = place;
  const [first = officers[0] as OfficerId, second = first, third = first] = officers;
  const ago = (minutes: number) => new Date(now.getTime() - minutes * MINUTE);
  const desk = openDesk(db, deps, place);

  // Sent from home: days ago, last evening, this morning.
  for (const minutes of [9400, 6100, 4300, 2900, 1500, 1390, 1320, 240, 150, 95, 41, 12]) {
    const person = place.personFor({ on: addDays(today, -Math.floor(minutes / 1440)), age: [18, 62] });
    const id = await desk.send(person, ago(minutes));
    if (chance.often(0.45)) await desk.photo(id, person, ago(minutes - 4), null);
  }
  // Children who began alone.
  for (const minutes of [3100, 1250, 70]) {
    await desk.send(place.personFor({ on: today, age: [9, 16], guardianConsents: false }), ago(minutes));
  }
  // Done today.
  for (const minutes of [230, 200, 176, 131, 104]) {
    const officer = chance.pick([first, second]);
    const at = new Date(Math.min(ago(minutes).getTime(), lastOpen.getTime() - minutes * MINUTE));
    await desk.serve(at, officer, ['identity', 'photo', 'approve', 'hand_over']);
  }
  // The card is made and lies there: until its officer takes the next case, which hands it over.
  await desk.serve(ago(37), place.coordinator, ['identity', 'photo', 'approve']);
  await desk.serve(ago(21), third, ['identity', 'photo', 'approve']);
  // Asked for something.
  for (const [minutes, index] of [
    [2800, 4],
    [1600, 0],
    [180, 3],
  ] as const) {
    const id = await desk.serve(ago(minutes), first, []);
    const reason = place.library.settings.correctionReasons[index]?.code ?? 'differs';
    must(
      await requestCorrection(db, deps, officerScope(place, first, ago(minutes - 4)), {
        applicationId: id,
        fields:
          reason === 'photo' ? ['photo'] : index === 3 ? ['present_line', 'present_village'] : ['birth_date'],
        reason,
        message: '',
      }),
    );
  }
  // Before the Sub Koordinator.
  for (const [minutes, kind, code] of [
    [1700, 'no_document', place.library.settings.noDocumentReasons[1]?.code ?? ''],
    [160, 'duplicate', ''],
    [52, 'refuse', place.library.settings.rejectionReasons[1]?.code ?? ''],
  ] as const) {
    const id = await desk.serve(ago(minutes), first, []);
    must(
      await escalate(db, deps, officerScope(place, first, ago(minutes - 3)), {
        applicationId: id,
        kind,
        code,
      }),
    );
  }
  // In an officer's hands just now.
  await desk.serve(ago(9), second, ['identity']);
  await desk.serve(ago(4), first, []);
  // Numbers drawn at the door, one of them with priority.
  for (const [minutes, priority] of [
    [16, null],
    [11, 'lansia'],
    [5, null],
  ] as const)
    await issueTicket(db, deps, officerScope(place, first, ago(minutes)), priority);
}

/** A sample case that the rules refuse is a fault of the demonstration. */
function must<T extends { readonly ok: boolean; readonly reason?: string }>(outcome: T): void {
  if (!outcome.ok) throw new Error(`the demonstration was refused: ${JSON.stringify(outcome)}`);
}

interface Desk {
  send(person: SamplePerson, at: Date): Promise<ApplicationId>;
  photo(id: ApplicationId, person: SamplePerson, at: Date, officer: OfficerId | null): Promise<void>;
  /** A case sent from home whose holder comes to the counter, and the steps done there. */
  serve(at: Date, officer: OfficerId, steps: readonly Step[]): Promise<ApplicationId>;
}

function openDesk(db: Db, deps: Deps, place: DemoPlace): Desk {
  const { chance, library, today, photos } = place;
  const hasPhoto = actsInOrder(library.procedure).includes('photo');
  const prints = actsInOrder(library.procedure).includes('print_card');

  async function submit(person: SamplePerson, at: Date) {
    const submitted = await submitApplication(db, deps, applicantScope(place, at), {
      applicant: person.applicant,
      channel: 'phone',
      submitKey: Buffer.from(chance.bytes(16)).toString('base64url'),
      language: 'id',
      visit: null,
      familyOf: null,
      openedAt: new Date(at.getTime() - Math.round(chance.around(380) * 1000)),
    });
    return { id: submitted.applicationId, ticket: submitted.ticketCode };
  }

  async function photo(
    id: ApplicationId,
    person: SamplePerson,
    at: Date,
    officer: OfficerId | null,
  ): Promise<void> {
    const scope = officer === null ? applicantScope(place, at) : officerScope(place, officer, at);
    if (!hasPhoto) return;
    must(
      await attachPhoto(db, deps, scope, {
        applicationId: id,
        jpeg: chance.pick(photos[person.sex]),
        startedAt: new Date(at.getTime() - 20_000),
        source: officer === null ? 'status_page' : 'webcam',
      }),
    );
  }

  return {
    send: async (person, at) => (await submit(person, at)).id,
    photo,
    async serve(at, officer, steps) {
      const person = place.personFor({ on: today, age: [18, 60] });
      const { id, ticket } = await submit(person, new Date(at.getTime() - chance.int(90, 1100) * MINUTE));
      let now = at;
      const later = (seconds: number) => {
        now = new Date(now.getTime() + Math.round(chance.around(seconds) * 1000));
        return officerScope(place, officer, now);
      };
      must(await scanTicket(db, deps, officerScope(place, officer, at), ticket));
      if (steps.includes('identity')) {
        const { documentType } = person.applicant;
        const document = library.procedure.documents.find(({ type }) => type === documentType);
        if (document?.forms[0] !== undefined)
          must(
            await seeIdentity(db, deps, later(110), {
              applicationId: id,
              documentType: document.type,
              documentForm: document.forms[0],
            }),
          );
      }
      if (steps.includes('photo')) {
        later(40);
        await photo(id, person, now, officer);
      }
      if (steps.includes('approve'))
        must(await approveApplication(db, deps, later(15), { applicationId: id }));
      if (steps.includes('hand_over')) {
        if (prints) must(await recordPrint(db, deps, later(9), { applicationId: id, outcome: 'printed' }));
        must(
          await handOverCard(db, deps, later(30), { applicationId: id, how: prints ? 'card' : 'kta_online' }),
        );
      }
      return id;
    },
  };
}
