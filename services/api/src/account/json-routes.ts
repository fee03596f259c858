import type { Routes } from '../http/routes.ts';
import { jsonFormat } from '../http/wire-format.ts';
import { type ApiKeysDeps, createApiKey, deleteApiKey, listApiKeys } from './api-keys.ts';
import { listDomains, type ListDomainsDeps } from './domains.ts';
import {
  changeIdentity,
  createIdentity,
  deleteIdentity,
  type IdentitiesDeps,
  listIdentities,
  readIdentity,
  replaceIdentity,
} from './identities.ts';
import { readAccount, type ReadAccountDeps, readOwner } from './read-account.ts';

export interface JsonApiDeps extends ApiKeysDeps, IdentitiesDeps, ListDomainsDeps, ReadAccountDeps {}

/** Mounts the JSON API's calls of programs about their account. */
export function mountJsonApi({ router }: Routes, deps: JsonApiDeps): void {
  const body = jsonFormat.readBody;
  router.get('/api/auth/user', readAccount(deps));
  router.get('/api/master', readOwner(deps));
  for (const kind of ['identity', 'management'] as const) {
    router.get(`/api/auth/keys/${kind}`, listApiKeys(deps, kind));
    router.post(`/api/auth/keys/${kind}`, body, createApiKey(deps, kind));
    router.delete(`/api/auth/keys/${kind}/:id`, deleteApiKey(deps, kind));
  }
  router.get('/api/identities', listIdentities(deps));
  router.post('/api/identities', body, createIdentity(deps));
  router.get('/api/identities/:uuid', readIdentity(deps));
  router.put('/api/identities/:uuid', body, replaceIdentity(deps));
  router.patch('/api/identities/:uuid', body, changeIdentity(deps));
  router.delete('/api/identities/:uuid', deleteIdentity(deps));
  router.get('/api/domains', listDomains(deps));
}
