// A Relay network for this gateway.
import { Network } from 'relay-runtime'
import type { GraphQLResponse, RequestParameters, Variables } from 'relay-runtime'
import { retryAtOf } from './limited.ts'
import type { AnswerError } from './limited.ts'

export interface Connection {
  readonly url: string
  readonly headers: Record<string, string>
  readonly fetch?: typeof fetch
  /** Called if fields of a query were refused; ask for it again at this time with `fetchPolicy: 'network-only'`. */
  readonly onLimited: (name: string, retryAt: Date) => void
}

export function createRelayNetwork({ url, headers, fetch: send = fetch, onLimited }: Connection) {
  return Network.create(async ({ text, name }: RequestParameters, variables: Variables) => {
    const search = new URLSearchParams({
      query: text ?? '',
      operationName: name,
      variables: JSON.stringify(variables),
    })
    const response = await send(`${url}?${search}`, { headers })
    const answer = (await response.json()) as GraphQLResponse & { readonly errors?: readonly AnswerError[] }
    const retryAt = retryAtOf(answer.errors)
    if (retryAt) onLimited(name, retryAt)
    // With its errors: @catch and @throwOnFieldError depend on them.
    return answer
  })
}
