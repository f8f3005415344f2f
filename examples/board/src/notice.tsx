import type { ErrorLike } from '@apollo/client'
import { CombinedGraphQLErrors } from '@apollo/client'
import { sentenceOf } from 'aurora-graphql-client/limited'
import { useMemo } from 'react'

interface NoticeProps {
  readonly error: ErrorLike | undefined
}

/**
 * One sentence for all that is missing in an answer. Where calls are missing it names the time of the rest. The kit then sends the
 * query again by itself, and the notice disappears with the error.
 */
export function Notice({ error }: NoticeProps) {
  // Computed once for each error, because its time is counted from now.
  const sentence = useMemo(() => wordsOf(error), [error])
  return (
    <p role="status" className="notice">
      {sentence}
    </p>
  )
}

function wordsOf(error: ErrorLike | undefined): string | null {
  if (!error) return null
  if (CombinedGraphQLErrors.is(error)) return sentenceOf(error.errors)
  return 'There is no connection to the gateway.'
}
