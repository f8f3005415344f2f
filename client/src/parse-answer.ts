// Whether the text of a response is an answer of GraphQL.
import type { Answer } from './transport.ts'

/** Null for a text that is no answer of GraphQL. */
export function parseAnswer(text: string): Answer | null {
  try {
    const answer: unknown = JSON.parse(text)
    return typeof answer === 'object' && answer && ('data' in answer || 'errors' in answer)
      ? (answer as Answer)
      : null
  } catch {
    return null
  }
}

/** Of a proxy, or of a server that starts. */
export const notGraphQL = ({ status }: Response): string =>
  `The gateway did not answer with GraphQL (HTTP ${status}).`
