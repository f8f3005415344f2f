// Reads from the headers about a limit when its window ends. Aurora sends none as far as documented; gateways before services do.
import type { AnswerHeaders } from '../network/read-bytes.ts'

/** `RateLimit-Reset` of the older drafts of the IETF, and two other names that are in use. */
const NAMES = ['ratelimit', 'x-ratelimit', 'x-rate-limit'] as const

/** The parameters of `RateLimit` (draft-ietf-httpapi-ratelimit-headers): `"minute";r=0;t=30`. */
const LEFT = /;\s*r=(\d+)/
const UNTIL = /;\s*t=(\d+)/

/** When the window of a limit ends. */
export interface Reset {
  /** The time as it was sent: seconds or a moment. */
  readonly until: string
  /** Whether the answer says that no call of this limit is left. Otherwise another limit may have been reached. */
  readonly isUsedUp: boolean
}

/** A limit with calls left is not the one that was reached. */
export function readResets(headers: AnswerHeaders): readonly Reset[] {
  const textOf = (name: string): string => String([headers[name]].flat()[0] ?? '').trim()
  const named = NAMES.map((name) => ({ until: textOf(`${name}-reset`), left: textOf(`${name}-remaining`) }))
  // Several lines are one list (RFC 9110, 5.3).
  const policies = [headers['ratelimit'] ?? []]
    .flat()
    .join()
    .split(',')
    .map((policy) => ({ until: UNTIL.exec(policy)?.[1] ?? '', left: LEFT.exec(policy)?.[1] ?? '' }))
  return [...named, ...policies]
    .filter(({ until, left }) => until !== '' && !(Number(left) > 0))
    .map(({ until, left }) => ({ until, isUsedUp: left !== '' && Number(left) <= 0 }))
}
