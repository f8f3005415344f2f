// What an event has outdated: kept for the case that nothing newer can be had, in no file, and gone with what a write deletes.
import { expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { createCache } from '../../../src/cache/cache.ts'
import type { Touch } from '../../../src/cache/invalidation.ts'
import { tenantOf } from '../../../src/rest/scope.ts'
import { buildCall, buildRefusal, buildReply, buildScope } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const { key: scope } = buildScope()
const tenant = tenantOf(scope)
const touches: readonly Touch[] = [{ operation: 'retrieveProject', path: { project_id: 'P-1' } }]

function open() {
  const cache = createCache({ maxBytes: 1_000_000, clock: createManualClock(1000) })
  const call = buildCall()
  const changes: string[] = []
  cache.store(call, buildReply({ id: 'p-1', name: 'old' }, { answeredAtMs: 1000 }))
  cache.listen(call.key, { changed: () => void changes.push(call.key) })
  return { cache, call, changes }
}

it('what is outdated is of the age that is served only if no call is left or Aurora fails, and who listens is notified once', () => {
  const { cache, call, changes } = open()
  const before = cache.read(call)?.answer
  expect(cache.read(call)?.age).toBe('fresh')
  cache.outdate(tenant, touches)
  cache.outdate(tenant, touches)
  expect(cache.read(call)).toMatchObject({ age: 'old', answer: { value: { name: 'old' } } })
  // Whoever has used it finds that it is not the same any more.
  expect(cache.read(call)?.answer).not.toBe(before)
  expect(changes).toEqual([call.key])
  expect(cache.entries()).toEqual([])
  cache.store(call, buildReply({ id: 'p-1', name: 'new' }, { answeredAtMs: 1000 }))
  expect(cache.read(call)).toMatchObject({ age: 'fresh', answer: { value: { name: 'new' } } })
  expect(cache.entries()).toHaveLength(1)
})

it('what is outdated is deleted by a write, and by nothing of another tenant', () => {
  const { cache, call } = open()
  cache.outdate(tenantOf(buildScope('sk', 'another-tenant').key), touches)
  expect(cache.read(call)?.age).toBe('fresh')
  cache.outdate(tenant, touches)
  cache.drop(scope, touches)
  expect(cache.read(call)).toBeNull()
  expect(cache.size().entries).toBe(0)
})

it('a refusal is deleted, since it says nothing any more', () => {
  const { cache } = open()
  const call = buildCall({ endpoint: READS.retrieveProject, path: { project_id: 'p-1' } })
  cache.store(call, buildRefusal(404, { answeredAtMs: 1000 }))
  cache.outdate(tenant, touches)
  expect(cache.read(call)).toBeNull()
})
