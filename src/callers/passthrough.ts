// Callers who bring a token of Aurora. Aurora decides what the token allows, and callers with different tokens share no data.
import { createBearerAuthentication } from '../rest/authentication.ts'
import { createScope } from '../rest/scope.ts'
import { isSafeId } from '../rest/ids.ts'
import type { Scope, ScopeKey } from '../rest/scope.ts'
import type { Standings } from '../rest/standings.ts'
import { bearerOf } from './caller.ts'
import type { Authenticate, BroughtCredential } from './caller.ts'

/** Names the tenant at Aurora to which the token belongs. */
const TENANT_HEADER = 'x-aurora-tenant-id'

/** Aurora's tokens have some 40 characters; a much longer text is no token. */
const TOKEN = /^[\x21-\x7e]{1,512}$/

export interface PassthroughOptions {
  readonly standings: Standings
  /** Whether another replica has seen the credential accepted. */
  readonly isAcceptedElsewhere: (key: ScopeKey) => Promise<boolean>
}

export const withPassthrough =
  (baseUrl: URL, options: PassthroughOptions): Authenticate =>
  (headers) => {
    const token = bearerOf(headers)
    const tenantId = headers.get(TENANT_HEADER) ?? ''
    if (token === null || !TOKEN.test(token) || !isSafeId(tenantId)) return null
    const authentication = createBearerAuthentication(token)
    const scope = createScope({ tenantId, baseUrl, authentication, isBrought: true })
    // The token is all that identifies a caller, so all requests with one token are one caller, whatever tenant they name.
    return { name: scope.budgetKey, scope, isReadOnly: false, credential: toCredential(scope, options) }
  }

const toCredential = (
  scope: Scope,
  { standings, isAcceptedElsewhere }: PassthroughOptions,
): BroughtCredential => ({
  standing: () => standings.of(scope),
  isDoubtful: () => standings.isDoubtful(scope),
  async recall() {
    if (await isAcceptedElsewhere(scope.key)) standings.recall(scope)
  },
})
