// Who the caller of an open stream is now: its key may have been removed, and its token may have expired.

import { whenThere } from '../turns/at-once.ts'
import type { Soon } from '../turns/at-once.ts'
import { CallerOutdated } from '../callers/caller.ts'
import type { Authenticate, Caller } from '../callers/caller.ts'
import type { StreamAnswer } from './stream-answer.ts'

/** `unchecked`: an identity provider does not answer, so the check is made again later. */
export type CallerNow = 'same' | 'other' | 'unknown' | 'unchecked'

export function recheckCaller(
  { caller, credential }: Pick<StreamAnswer, 'caller' | 'credential'>,
  authenticate: Authenticate,
): Soon<CallerNow> {
  const found = authenticate(credential)
  const compared = whenThere(found, (now) => compare(now, caller))
  return compared instanceof Promise
    ? compared.catch((error: unknown) => (error instanceof CallerOutdated ? 'unknown' : 'unchecked'))
    : compared
}

function compare(now: Caller | null, before: Caller): CallerNow {
  if (now === null || now.credential?.standing() === 'refused') return 'unknown'
  return isSame(now, before) ? 'same' : 'other'
}

const isSame = (one: Caller, other: Caller): boolean =>
  one.name === other.name &&
  one.scope.key === other.scope.key &&
  one.isReadOnly === other.isReadOnly &&
  (one.router === undefined) === (other.router === undefined)
