import { readClientLogin } from '../domain/client.ts';
import type { RequestOf } from '../domain/sip2-grammar/message.ts';
import { signInClient } from '../usecases/client-session.ts';
import type { SignedInLine, Sip2Deps } from './parts.ts';

/** Checks of a slow hash at one time, so that answers to others keep half of the processors of a small library. */
const MOST_CHECKS = 2;
/** Beyond so many that wait, a try is refused unchecked. */
const MOST_WAITING = 64;

/** Lets devices in. */
export interface Door {
  /** @returns undefined for whoever is not let in, for whatever reason */
  signIn(request: RequestOf<'93'>, address: string, requestId: string): Promise<SignedInLine | undefined>;
}

/**
 * Wrong passwords are counted by address and login together: somebody who tries the login of a device from elsewhere
 * locks nobody out. A password that was right a while ago passes in any case.
 */
export function openDoor(deps: Sip2Deps): Door {
  let checking = 0;
  const waiting: (() => void)[] = [];

  async function oneByOne<T>(work: () => Promise<T>): Promise<T> {
    if (checking >= MOST_CHECKS) await new Promise<void>((resolve) => waiting.push(resolve));
    checking++;
    try {
      return await work();
    } finally {
      checking--;
      waiting.shift()?.();
    }
  }

  return {
    async signIn(request, address, requestId) {
      const login = readClientLogin(request.fields.get('CN') ?? '');
      const password = request.fields.get('CO') ?? '';
      const { loginAlgorithm, passwordAlgorithm } = request.fixed;
      // 0 is "not encrypted"; there is no other algorithm that both sides could know.
      if (login === undefined || password === '' || loginAlgorithm !== '0' || passwordAlgorithm !== '0')
        return undefined;
      const key = `${address}|${login.slug}.${login.name}`;
      const library = await deps.libraries.find(login.slug);
      const tryIt = (quick: boolean) =>
        signInClient(deps.db, deps, library, {
          kind: 'sip2',
          name: login.name,
          password,
          address,
          requestId,
          quick,
        });
      const fast = await tryIt(true);
      if (fast.ok && library) return { client: fast.client, library, requestId };
      if (deps.refusals.look(key) !== null || waiting.length >= MOST_WAITING) return undefined;
      const outcome = await oneByOne(() => tryIt(false));
      if (!outcome.ok || !library) {
        deps.refusals.take(key);
        return undefined;
      }
      deps.refusals.forget(key);
      return { client: outcome.client, library, requestId };
    },
  };
}
