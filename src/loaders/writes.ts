// Sends the writes of one request: each is one call, sent once; returns the members of the answer or rejects.
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import { writeEndpoint } from '../aurora/writes.ts'
import type { WriteOperation } from '../aurora/writes.ts'
import { isRateLimited } from '../errors/errors.ts'
import { countRefused } from '../rest/accounting.ts'
import { isAttemptError, withDetails } from '../rest/attempt-error.ts'
import { createCall } from '../rest/call.ts'
import type { CallBody, Upload, Upstream } from '../rest/call.ts'
import { assertSafeId } from '../rest/ids.ts'
import type { Terms } from '../rest/terms.ts'

export interface WriteInput {
  /** Ids of the route; further ids name other objects that the write changes. */
  readonly path?: Readonly<Record<string, string>>
  /** With Aurora's names, without the wrapper; left out if the operation takes none. */
  readonly members?: Members
  readonly file?: Upload
}

/**
 * Sends a write, and never repeats it. Resolves to the answer without its wrapper, null if there is none. Rejects with
 * a GatewayError; its details have the `outcome` if the write may have been carried out in spite of the error.
 */
export type Write = (operation: WriteOperation, input?: WriteInput) => Promise<Members | null>

export function createWrite(requestTerms: Terms, upstream: Upstream): Write {
  return async (operation, input = {}) => {
    const terms: Terms = { ...requestTerms, callClass: 'mutation' }
    const endpoint = writeEndpoint(operation)
    const { path = {} } = input
    Object.values(path).forEach(assertSafeId)
    try {
      const call = createCall(terms, { endpoint, path, query: {} }, bodyOf(endpoint, input))
      return (await upstream(call)).value as Members | null
    } catch (error) {
      if (isRateLimited(error)) countRefused(terms.tally)
      throw withoutSecrets(error, input)
    }
  }
}

function bodyOf({ bodyWrapper }: Endpoint, { members, file }: WriteInput): CallBody | undefined {
  if (file) return { file }
  return members && { json: bodyWrapper ? { [bodyWrapper]: members } : members }
}

/** Members that are sent and never shown again. */
const SECRET_MEMBERS = ['header_auth_value', 'openid_secret'] as const

/** Aurora's messages are meant for the user, and may quote sent values. */
function withoutSecrets(error: unknown, { members = {} }: WriteInput): unknown {
  if (!isAttemptError(error) || !error.details.messages) return error
  const secrets = SECRET_MEMBERS.map((name) => members[name])
  const messages = error.details.messages.map((message) =>
    secrets.reduce<string>(
      (text, secret) => (typeof secret === 'string' ? hide(text, secret) : text),
      message,
    ),
  )
  return withDetails(error, { messages })
}

function hide(text: string, secret: string): string {
  if (secret === '') return text
  const hidden = text.replaceAll(secret, '…')
  // A long message is shortened, perhaps in the middle of the secret.
  for (let length = Math.min(secret.length, hidden.length) - 1; length > 0; length -= 1)
    if (hidden.endsWith(`${secret.slice(0, length)}…`)) return `${hidden.slice(0, -length - 1)}…`
  return hidden
}
