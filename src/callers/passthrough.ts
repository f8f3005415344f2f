// Callers who bring a token of Aurora: Aurora decides what the token allows, and two tokens share nothing.
import { createBearerAuthentication } from '../rest/authentication.ts'
import { createScope } from '../rest/scope.ts'
import { isSafeId } from '../rest/ids.ts'
import { bearerOf } from './caller.ts'
import type { Authenticate } from './caller.ts'

/** Names the tenant at Aurora to which the token belongs. */
const TENANT_HEADER = 'x-aurora-tenant-id'

/** Aurora's tokens have some 40 characters; a much longer text is no token. */
const TOKEN = /^[\x21-\x7e]{1,512}$/

export const withPassthrough =
  (baseUrl: URL): Authenticate =>
  async (headers) => {
    const token = bearerOf(headers)
    const tenantId = headers.get(TENANT_HEADER) ?? ''
    if (token === null || !TOKEN.test(token) || !isSafeId(tenantId)) return null
    const scope = createScope({ tenantId, baseUrl, authentication: createBearerAuthentication(token) })
    // Nothing but the token is known of a caller, so all requests with one token are one caller, whatever tenant they name.
    return { name: scope.budgetKey, scope, isReadOnly: false }
  }
