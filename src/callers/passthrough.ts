// Callers who bring a token of Aurora's own: Aurora decides what it is worth, and nothing is shared between two tokens.
import { createBearerAuthentication } from '../rest/authentication.ts'
import { createScope } from '../rest/scope.ts'
import { isSafeId } from '../rest/ids.ts'
import { bearerOf } from './caller.ts'
import type { Authenticate } from './caller.ts'

/** Names the tenant at Aurora that the token is for. */
const TENANT_HEADER = 'x-aurora-tenant-id'

/** Aurora's tokens have some 40 characters; what is much longer is none. */
const TOKEN = /^[\x21-\x7e]{1,512}$/

export const withPassthrough =
  (baseUrl: URL): Authenticate =>
  async (headers) => {
    const token = bearerOf(headers)
    const tenantId = headers.get(TENANT_HEADER) ?? ''
    if (token === null || !TOKEN.test(token) || !isSafeId(tenantId)) return null
    const scope = createScope({ tenantId, baseUrl, authentication: createBearerAuthentication(token) })
    // The token is all that is known of a caller, so all who bring it are one.
    return { name: scope.key, scope, isReadOnly: false }
  }
