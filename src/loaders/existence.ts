// Decides whether an object exists by the reads below it, which the request makes in any case, so that its own read is not needed.
import { allThere, atOnce, there, whenThere } from '../turns/at-once.ts'
import type { Soon, Steps } from '../turns/at-once.ts'
import { isUnreadable } from '../errors/errors.ts'
import { statusOf } from '../rest/attempt-error.ts'
import type { ReadOperation } from '../aurora/reads.ts'

/** A read below an object, which a field of the request needs. */
export interface Part {
  readonly operation: ReadOperation
  /** The key of the read: that of the object, or the key of a job. */
  readonly key: string
  /** The needed members of a job; none for other parts. */
  readonly members: readonly string[]
  /** Runs the read so that its call is counted for the field that needs it. */
  readonly inItsName: <Result>(read: () => Result) => Result
}

/**
 * `proven`: the answer to a part had content. `doubtful`: no answer had content, and one was a 404, was empty, or was
 * one that Aurora may also give for an object that does not exist. `unsaid`: every part failed in another way, such as
 * 403 or 429, which its own field reports.
 */
export type Existence = 'proven' | 'doubtful' | 'unsaid'

export interface PartSource {
  /** Begins or joins the read of a part; returns whether the answer has content. Rejects with the error of the read. */
  readonly read: (part: Part) => Soon<boolean>
  /** An object that exists may lack this part. */
  readonly mayBeNothing: (part: Part) => boolean
}

type Finding = 'something' | 'nothing' | 'absent' | 'failure'

const ABSENT: ReadonlySet<number | null> = new Set([404, 410])
/** Aurora may answer so for an id that it does not have, and for an object of which it cannot make the part. */
const REFUSED: ReadonlySet<number | null> = new Set([400, 422])

/**
 * Reads one part first, if possible one that every object has. So an object that does not exist costs only one call
 * more than its own read, even with many parts.
 */
export const decideExistence = (parts: readonly Part[], source: PartSource): Soon<Existence> =>
  atOnce(() => decidingExistence(parts, source))

function* decidingExistence(parts: readonly Part[], source: PartSource): Steps<Existence> {
  const [first, ...others] = parts.toSorted(
    (left, right) => Number(source.mayBeNothing(left)) - Number(source.mayBeNothing(right)),
  )
  if (first === undefined) return 'unsaid'
  const finding = yield* there(look(first, source))
  if (finding === 'something') return 'proven'
  if (finding === 'absent') return 'doubtful'
  const findings = [finding, ...(yield* there(allThere(others.map((part) => look(part, source)))))]
  if (findings.includes('something')) return 'proven'
  return findings.every((each) => each === 'failure') ? 'unsaid' : 'doubtful'
}

const look = (part: Part, { read }: PartSource): Soon<Finding> =>
  whenThere(
    part.inItsName(() => read(part)),
    toFinding,
    toFailure,
  )

const toFinding = (isThere: boolean): Finding => (isThere ? 'something' : 'nothing')

function toFailure(error: unknown): Finding {
  const status = statusOf(error)
  if (ABSENT.has(status)) return 'absent'
  return REFUSED.has(status) || isUnreadable(error) ? 'nothing' : 'failure'
}
