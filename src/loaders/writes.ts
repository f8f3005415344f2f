// One request's way to change something: one call, sent once, its answer as members or a typed error.
import { isGatewayError } from '../errors/errors.ts'
import { fromReply } from '../errors/from-reply.ts'
import { assertSafeId } from '../rest/call.ts'
import type { CallBody, Members, Terms, Upload, Upstream } from '../rest/call.ts'
import type { Endpoint } from '../rest/endpoint.ts'
import { WRITE_ENDPOINTS } from '../rest/write-endpoints.ts'
import type { WriteOperation } from '../rest/write-endpoints.ts'

export { assertSafeId }

export interface WriteInput {
  /** Ids that the route holds; others tell what is changed by it besides. */
  readonly path?: Readonly<Record<string, string>>
  /** By Aurora's names, without the wrapper; nothing where the operation takes none. */
  readonly members?: Members
  readonly file?: Upload
}

/**
 * Sends a write, once: it is never repeated. Resolves to what came back without its wrapper, null where nothing did.
 * Rejects with a GatewayError, whose details tell the `outcome` where the write may have been carried out all the same.
 */
export type Write = (operation: WriteOperation, input?: WriteInput) => Promise<Members | null>

export function createWrite(terms: Terms, upstream: Upstream): Write {
  return async (operation, input = {}) => {
    const endpoint: Endpoint = WRITE_ENDPOINTS[operation]
    const { path = {} } = input
    Object.values(path).forEach(assertSafeId)
    try {
      const reply = await upstream({
        ...terms,
        callClass: 'mutation',
        endpoint,
        path,
        query: {},
        ...bodyOf(endpoint, input),
      })
      if (reply.isSuccess) return reply.value as Members | null
      const messages = reply.messages.map((message) => withoutSecrets(message, input))
      throw fromReply({ ...endpoint, ...reply, messages })
    } catch (error) {
      if (isGatewayError(error) && error.code === 'RATE_LIMITED') terms.tally.refused += 1
      throw error
    }
  }
}

function bodyOf({ bodyWrapper }: Endpoint, { members, file }: WriteInput): { body?: CallBody } {
  if (file) return { body: { file } }
  if (members === undefined) return {}
  return { body: { json: bodyWrapper ? { [bodyWrapper]: members } : members } }
}

/** Members that are sent and never shown. */
const SECRET_MEMBERS = ['header_auth_value', 'openid_secret'] as const

/** Aurora's words are for the user, and may quote what they are about. */
function withoutSecrets(message: string, { members = {} }: WriteInput): string {
  const secrets = SECRET_MEMBERS.map((name) => members[name])
  return secrets.reduce<string>(
    (text, secret) => (typeof secret === 'string' && secret !== '' ? text.replaceAll(secret, '…') : text),
    message,
  )
}
