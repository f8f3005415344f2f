// Reads from the headers about a limit when its window ends. Aurora is not known to send any; gateways before services do.
import type { AnswerHeaders } from './read-bytes.ts'

/** `RateLimit-Reset` of the older drafts of the IETF, and two forms that are in use. */
const NAMES = ['ratelimit', 'x-ratelimit', 'x-rate-limit'] as const

/** The parameters of `RateLimit` (draft-ietf-httpapi-ratelimit-headers): `"minute";r=0;t=30`. */
const LEFT = /;\s*r=(\d+)/
const UNTIL = /;\s*t=(\d+)/

/** Each as it stands: seconds or a moment. A limit of which calls are left is not the one that was met. */
export function readResets(headers: AnswerHeaders): readonly string[] {
  const textOf = (name: string): string => String([headers[name]].flat()[0] ?? '').trim()
  const named = NAMES.filter((name) => !isLeft(textOf(`${name}-remaining`))).map((name) =>
    textOf(`${name}-reset`),
  )
  // Several lines are one list (RFC 9110, 5.3).
  const policies = [headers['ratelimit'] ?? []]
    .flat()
    .join()
    .split(',')
    .filter((policy) => !isLeft(LEFT.exec(policy)?.[1] ?? ''))
    .map((policy) => UNTIL.exec(policy)?.[1] ?? '')
  return [...named, ...policies].filter((text) => text !== '')
}

const isLeft = (remaining: string): boolean => Number(remaining) > 0
