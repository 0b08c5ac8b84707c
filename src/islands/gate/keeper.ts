import { type Admission, judgeOffline } from '../../domain/admission.ts';
import { type GateClock, type KnownOffset, openGateClock } from '../../domain/gate-clock.ts';
import { decodeGateList, type GateList } from '../../domain/gate-list.ts';
import { type GateState, keysTagOfJwks } from '../../domain/gate-protocol.ts';
import type { LibraryId } from '../../domain/ids.ts';
import { plainDateIn } from '../../domain/plain-date.ts';
import { type Jwks, keysOfJwks } from '../../domain/published-keys.ts';
import { type AsyncCodeVerifier, type ScannedCode, verifyCodeAsync } from '../../domain/scanned-code.ts';
import { type SlowSignatures, webVerifier } from '../../domain/web-verifier.ts';
import { deliverVisits } from './outbox.ts';
import type { GateServer } from './server.ts';
import type { GateStore } from './store.ts';

interface KeptKeys {
  readonly jwks: Jwks;
}
interface KeptList {
  readonly tag: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** When the server last said that it holds, in seconds. */
  readonly asOf: number;
}

/** What the gate knows, kept fresh while there is a server. */
export interface GateKeeper {
  readonly clock: GateClock;
  state(): GateState | null;
  /** With the time at which it last was the server's. */
  list(): GateList | null;
  line(): 'checking' | 'online' | 'offline';
  /** The verdict of the device alone; undefined before it was ever told which library it belongs to. */
  judge(code: ScannedCode): Promise<Admission | undefined>;
  /** Keeps that a code was taken; false where it was before. */
  take(key: string, until: number): Promise<boolean>;
  /** Asks the server for what is new, and sends what waits. Called again meanwhile, it is done once more after. */
  refresh(): Promise<void>;
  /** Sends what waits, and what comes meanwhile. */
  send(): Promise<void>;
  /** A request has shown that the server is not there. */
  lost(): void;
}

/**
 * @param gate.judges whether this device judges; else it needs neither keys nor list
 * @param told called after anything of it has changed; `stranger`: the device is no gate any more
 */
export async function openGateKeeper(
  gate: { readonly slug: string; readonly library: LibraryId; readonly judges: boolean },
  store: GateStore,
  server: GateServer,
  told: (what: 'changed' | 'stranger') => void,
): Promise<GateKeeper> {
  const device = { wall: () => Date.now(), steady: () => performance.now() };
  const run = crypto.getRandomValues(new Uint32Array(4)).join();
  const clock = openGateClock(device, (await store.read<KnownOffset>('clock')) ?? null, run);
  const slow = gate.judges ? await slowWhereNeeded() : NEVER;
  let state = (await store.read<GateState>('state')) ?? null;
  let keys = (await store.read<KeptKeys>('keys')) ?? null;
  let kept = (await store.read<KeptList>('list')) ?? null;
  let list = kept && (decodeGateList(kept.bytes) ?? null);
  let verifier = verifierOf(keys);
  let line: 'checking' | 'online' | 'offline' = 'checking';
  let refreshing: Promise<void> | undefined;
  let again = false;
  let sending: Promise<void> | undefined;
  let sendAgain = false;
  const seen = new Map(await store.seenCodes());

  function verifierOf(from: KeptKeys | null): AsyncCodeVerifier | null {
    const known = from && keysOfJwks(from.jwks, gate.library);
    return known ? webVerifier(known, slow) : null;
  }

  function setLine(next: typeof line): void {
    if (line === next) return;
    line = next;
    told('changed');
  }

  async function refreshOnce(): Promise<void> {
    const asked = Date.now();
    const answered = await server.state();
    if (!answered.ok) {
      if (answered.reason === 'stranger') told('stranger');
      // Asked too often, it is there all the same.
      else if (answered.reason === 'away') setLine('offline');
      return;
    }
    const { value } = answered;
    clock.learn(asked, Date.now(), value.now);
    state = value;
    await store.write('clock', clock.known());
    await store.write('state', state);
    if (clock.state() === 'true') await store.tellTimes(clock.timeOf);
    if (gate.judges) {
      await freshKeys(value);
      await freshList(value);
    }
    line = 'online';
    told('changed');
    await send();
  }

  function send(): Promise<void> {
    // What happened meanwhile waits for its time: it is sent after the next word with the server.
    if (clock.state() !== 'true') return Promise.resolve();
    sendAgain = true;
    sending ??= (async () => {
      try {
        while (sendAgain) {
          sendAgain = false;
          const sent = await deliverVisits(store, server, gate.slug);
          if (sent === 'stranger') told('stranger');
          if (sent === 'away') setLine('offline');
        }
      } finally {
        sending = undefined;
      }
      told('changed');
    })();
    return sending;
  }

  async function freshKeys({ keysTag }: GateState): Promise<void> {
    if (keys && keysTagOfJwks(keys.jwks, gate.library) === keysTag) return;
    const fetched = await server.keys();
    if (!fetched.ok || !keysOfJwks(fetched.value, gate.library)) return;
    const jwks = fetched.value as Jwks;
    // Not yet those that hold now: asked for again at the next word with the server, and until then those of before.
    if (keysTagOfJwks(jwks, gate.library) !== keysTag) return;
    keys = { jwks };
    verifier = verifierOf(keys);
    await store.write('keys', keys);
  }

  async function freshList({ listTag, listAsOf }: GateState): Promise<void> {
    if (kept?.tag === listTag && list) {
      kept = { ...kept, asOf: Math.max(kept.asOf, listAsOf) };
    } else {
      const fetched = await server.list();
      const decoded = fetched.ok ? decodeGateList(fetched.value.bytes) : undefined;
      if (!fetched.ok || decoded?.library !== gate.library) return;
      const { bytes, tag } = fetched.value;
      kept = { bytes, tag, asOf: tag === listTag ? Math.max(decoded.asOf, listAsOf) : decoded.asOf };
      list = decoded;
    }
    await store.write('list', kept);
  }

  const keeper: GateKeeper = {
    clock,
    state: () => state,
    list: () => (list && kept ? { ...list, asOf: kept.asOf } : null),
    line: () => line,
    async judge(code) {
      if (!state) return undefined;
      const { library, policy, zone } = state;
      const now = clock.now();
      const today = plainDateIn(zone, new Date(now));
      const signature =
        'checks' in code && code.claims.library === library.id
          ? verifier
            ? await verifyCodeAsync(code, verifier)
            : 'unknown-key'
          : null;
      return judgeOffline({ code, signature, library, now, today, policy, seen, list: keeper.list() });
    },
    async take(key, until) {
      const isNew = await store.takeCode(key, until, clock.now());
      for (const [one, end] of seen) if (end <= clock.now() / 1000) seen.delete(one);
      seen.set(key, until);
      return isNew;
    },
    refresh() {
      if (refreshing !== undefined) {
        again = true;
        return refreshing;
      }
      refreshing = (async () => {
        try {
          do {
            again = false;
            await refreshOnce();
          } while (again);
        } finally {
          refreshing = undefined;
        }
      })();
      return refreshing;
    },
    send,
    lost: () => setLine('offline'),
  };
  return keeper;
}

const NEVER: SlowSignatures = { ed25519: () => false, p256: () => false };

/** WebCrypto has Ed25519 in browsers of 2025 on; the others load it as a script. */
async function slowWhereNeeded(): Promise<SlowSignatures> {
  try {
    await globalThis.crypto.subtle.importKey('raw', new Uint8Array(32), 'Ed25519', false, ['verify']);
    return NEVER;
  } catch {
    return (await import('./slow-signatures.ts')).slowSignatures;
  }
}
