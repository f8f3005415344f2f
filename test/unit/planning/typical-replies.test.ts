import { describe, expect, it } from 'vitest'
import { createTypicalReplies } from '../../../src/planning/typical-replies.ts'
import { createListEnds } from '../../../src/loaders/list-ends.ts'
import { READS } from '../../../src/aurora/reads.ts'
import { aWrite, buildCall, buildRefusal, buildScope, buildReply } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const scope = buildScope()
const listEnds = createListEnds({ clock: createManualClock() })
const page = (page: number, perPage = 3) =>
  buildCall({
    scope,
    endpoint: READS.listDesigns,
    query: { page: String(page), per_page: String(perPage) },
  })
const items = (count: number) =>
  buildReply(Array.from({ length: count }, (_, index) => ({ id: `d-${index}` })))

describe('what answers are typically like', () => {
  it('a list is learned when its end is seen, over all of its pages', () => {
    const typical = createTypicalReplies(listEnds)
    typical.learn(page(1), items(3))
    expect(typical.of(scope.key, 'listDesigns')).toMatchObject({ lists: 0, longest: 3 })
    typical.learn(page(2), items(1))
    expect(typical.of(scope.key, 'listDesigns')).toMatchObject({ lists: 1, listed: 4, longest: 4 })
  })

  it('an answer that comes again, byte for byte, counts once', () => {
    const typical = createTypicalReplies(listEnds)
    const again = { ...items(2), isAgain: true }
    // Whoever was asked for last has no table any more, or has none yet.
    for (let times = 0; times < 2; times += 1) {
      typical.learn(page(1), again)
      expect(typical.of(scope.key, 'listDesigns')).toMatchObject({
        replies: 1,
        lists: 1,
        listed: 2,
        objects: 2,
      })
    }
    typical.learn(page(1), items(1))
    expect(typical.of(scope.key, 'listDesigns')).toMatchObject({
      replies: 2,
      lists: 2,
      listed: 3,
      objects: 3,
    })
  })

  it('a page behind the end of a list does not count, an empty first page does', () => {
    const typical = createTypicalReplies(listEnds)
    typical.learn(page(7), items(0))
    expect(typical.of(scope.key, 'listDesigns')).toMatchObject({ lists: 0 })
    typical.learn(page(1), items(0))
    expect(typical.of(scope.key, 'listDesigns')).toMatchObject({ lists: 1, listed: 0 })
  })

  it('counts the objects that carry a member, and the objects that links name', () => {
    const typical = createTypicalReplies(listEnds)
    const projects = [
      { id: 'p-1', ahj_id: 'a', name: 'x' },
      { id: 'p-2', ahj_id: 'a', name: null },
      { id: 'p-3', ahj_id: null },
    ]
    typical.learn(buildCall({ scope, endpoint: READS.listProjects }), buildReply(projects))
    const members = typical.of(scope.key, 'listProjects')?.members
    expect(members?.get('name')).toMatchObject({ carried: 2 })
    expect(members?.get('ahj_id')).toEqual({ carried: 3, filled: 2, distinct: 1 })
  })

  it('counts the members of objects that have others, or the same in another order', () => {
    const typical = createTypicalReplies(listEnds)
    const projects = [
      { id: 'p-1', ahj_id: 'a', name: 'x' },
      { name: 'x', id: 'p-2', ahj_id: 'b' },
      { id: 'p-3', owner_id: 'u', tags: [] },
    ]
    typical.learn(buildCall({ scope, endpoint: READS.listProjects }), buildReply(projects))
    const members = typical.of(scope.key, 'listProjects')?.members
    expect(Object.fromEntries(members ?? [])).toEqual({
      id: { carried: 3, filled: 0, distinct: 0 },
      ahj_id: { carried: 2, filled: 2, distinct: 2 },
      name: { carried: 2, filled: 0, distinct: 0 },
      owner_id: { carried: 1, filled: 1, distinct: 1 },
      tags: { carried: 1, filled: 0, distinct: 0 },
    })
  })

  it('counts absences where absence is ordinary, and nothing else that failed, nor what was written', () => {
    const typical = createTypicalReplies(listEnds)
    const profile = buildCall({ scope, endpoint: READS.retrieveConsumptionProfile })
    typical.learn(profile, buildRefusal(404))
    typical.learn(profile, buildRefusal(500))
    expect(typical.of(scope.key, 'retrieveConsumptionProfile')).toMatchObject({ replies: 1, absences: 1 })
    typical.learn(buildCall({ scope }), buildRefusal(404))
    expect(typical.of(scope.key, 'retrieveProject')).toBeNull()
    typical.learn(buildCall({ scope, endpoint: aWrite() }), buildReply())
    expect(typical.of(scope.key, aWrite().operation)).toBeNull()
  })

  it('shows nothing to another credential', () => {
    const typical = createTypicalReplies(listEnds)
    typical.learn(buildCall({ scope }), buildReply())
    expect(typical.of(buildScope('sk_other').key, 'retrieveProject')).toBeNull()
  })

  it('halves its sums after many answers, so that the growth of a company shows', () => {
    const typical = createTypicalReplies(listEnds)
    for (let index = 0; index < 1000; index += 1) typical.learn(page(1, 250), items(2))
    for (let index = 0; index < 1000; index += 1) typical.learn(page(1, 250), items(8))
    const { listed = 0, lists = 1 } = typical.of(scope.key, 'listDesigns') ?? {}
    expect(lists).toBeLessThanOrEqual(1000)
    expect(listed / lists).toBeGreaterThan(5.5)
  })

  it('stores a bounded number of members, whatever names answers contain', () => {
    const typical = createTypicalReplies(listEnds)
    const odd = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`m${index}`, index]))
    typical.learn(buildCall({ scope }), buildReply(odd))
    expect(typical.of(scope.key, 'retrieveProject')?.members.size).toBe(100)
  })
})
