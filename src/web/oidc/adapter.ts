import type { Adapter, AdapterPayload } from 'oidc-provider';
import { isNative } from '../../domain/service.ts';
import type { LibraryContext } from '../../usecases/context.ts';
import type { RecordStore } from '../../usecases/oidc-record.ts';
import { findService, type Service, serviceKeysOf } from '../../usecases/service.ts';
import type { WebDeps } from '../env.ts';

/** Of what has no end of its own: as long as a grant. */
const LONGEST_S = 30 * 86_400;

/** What the provider keeps, in our database: records sealed, services as an admin has connected them. */
export function adapterOf(
  deps: WebDeps,
  library: LibraryContext,
  store: RecordStore,
  model: string,
  refusals: {
    /** A code or token that was used before. */
    readonly used: () => Error;
    /** A service's proof of who it is that was brought before. */
    readonly broughtAgain: () => Error;
  },
): Adapter {
  return {
    async upsert(id, payload, seconds = LONGEST_S) {
      if (model !== 'ReplayDetection') await store.put(model, id, { ...payload }, seconds);
      // The provider has looked a moment ago: of two at once neither would have found the other's.
      else if (!(await store.putNew(model, id, { ...payload }, seconds))) throw refusals.broughtAgain();
    },
    async find(id) {
      if (model !== 'Client') return (await store.find(model, id)) as AdapterPayload | undefined;
      const service = await findService(deps.db, library, id);
      return service && clientOf(service);
    },
    findByUid: async (uid) => (await store.findByUid(model, uid)) as AdapterPayload | undefined,
    // Device codes: there are none here.
    findByUserCode: async () => undefined,
    async consume(id) {
      // Two at once with the same code or token: the second gets nothing.
      if (!(await store.consume(model, id))) throw refusals.used();
    },
    destroy: (id) => store.drop(model, id),
    revokeByGrantId: (grantId) => store.dropGrant(grantId),
  };
}

/** A service in the words of OpenID Connect Dynamic Client Registration. */
function clientOf(service: Service): AdapterPayload {
  const { id, scopes, settings, secretHash } = service;
  const method = {
    none: 'none',
    basic: 'client_secret_basic',
    post: 'client_secret_post',
    jwt: 'private_key_jwt',
  } as const;
  const keys = serviceKeysOf(service);
  return {
    client_id: id,
    client_name: settings.title,
    application_type: isNative(settings) ? 'native' : 'web',
    redirect_uris: [...settings.redirects],
    post_logout_redirect_uris: [...settings.afterLogout],
    response_types: ['code'],
    grant_types: ['authorization_code', ...(settings.offline ? ['refresh_token'] : [])],
    token_endpoint_auth_method: method[settings.method],
    ...(secretHash === '' ? {} : { client_secret: secretHash }),
    ...(keys.length === 0 ? {} : { jwks: { keys: keys as never } }),
    id_token_signed_response_alg: settings.algorithm,
    subject_type: 'pairwise',
    scope: ['openid', ...scopes, ...(settings.offline ? ['offline_access'] : [])].join(' '),
  };
}
