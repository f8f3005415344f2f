// The same cache, with histories that note its stored and touched answers. It costs nothing for credentials whose changes no client reads.
import { ownReadOf } from '../aurora/reads.ts'
import type { Cache } from '../cache/cache.ts'
import type { Touch } from '../cache/invalidation.ts'
import type { Clock } from '../clock.ts'
import { isReply, itemsOf } from '../rest/answer.ts'
import type { Histories } from './histories.ts'

interface WithHistoriesOptions {
  readonly histories: Histories
  readonly clock: Pick<Clock, 'monotonicMs'>
  /** How long after an event Aurora may still answer with the state before it. */
  readonly settleMs: number
  /** The same after a write. */
  readonly writeSettleMs: number
}

export const withHistories = (
  cache: Cache,
  { histories, clock, settleMs, writeSettleMs }: WithHistoriesOptions,
): Cache => ({
  ...cache,
  store(call, answer, begun) {
    cache.store(call, answer, begun)
    if (call.endpoint.operation !== 'listProjects' || !isReply(answer)) return
    const history = histories.known(call.terms.scope.key)
    // An answer that was touched meanwhile was not stored.
    if (history && cache.glance.read(call)?.answer === answer) history.feed(itemsOf(answer))
  },
  drop(scope, touches) {
    cache.drop(scope, touches)
    const history = histories.known(scope)
    if (history) for (const id of projectsOf(touches)) history.touch(id, clock.monotonicMs() + writeSettleMs)
  },
  noteAbsence(scope, question) {
    cache.noteAbsence(scope, question)
    const id = question.endpoint.operation === OWN_READ ? question.path[OWN_ID] : undefined
    if (id !== undefined) histories.known(scope)?.remove(id)
  },
  outdate(tenant, touches, happenedAtMs = clock.monotonicMs()) {
    cache.outdate(tenant, touches, happenedAtMs)
    const ids = projectsOf(touches)
    if (ids.length === 0) return
    for (const history of histories.of(tenant))
      for (const id of ids) history.touch(id, happenedAtMs + settleMs)
  },
})

const { operation: OWN_READ, parameters } = ownReadOf('project') ?? { operation: null, parameters: [] }
const OWN_ID = parameters[0] ?? ''

/**
 * The projects among the touches are the objects of own reads; other touches are of what is below them, or of lists.
 */
const projectsOf = (touches: readonly Touch[]): readonly string[] =>
  touches.flatMap(({ operation, path }) => (operation === OWN_READ ? (path[OWN_ID] ?? []) : []))
