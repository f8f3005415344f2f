// Where cached answers are found by what was asked for: nothing that a touch may mean is missed, nothing stays behind.
import { describe, expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { createAskedIndex } from '../../../src/cache/asked-index.ts'
import type { Indexed } from '../../../src/cache/asked-index.ts'
import { createCache } from '../../../src/cache/cache.ts'
import type { ReadOperation } from '../../../src/aurora/reads.ts'
import { buildCall, buildReply, buildScope } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { countHeldBytes } from '../../support/memory.ts'

const { key: sun } = buildScope('sk_of_sun')
const { key: moon } = buildScope('sk_of_moon')

const hold = (operation: ReadOperation, path: Record<string, string>, scope = sun): Indexed => ({
  is: 'answer',
  scope,
  asked: { endpoint: READS[operation], path },
})

describe('the index of what was asked for', () => {
  const index = createAskedIndex()
  index.add('one', hold('retrieveProject', { project_id: 'p-1' }))
  index.add('other case', hold('retrieveProject', { project_id: 'P-1' }))
  index.add('two', hold('retrieveProject', { project_id: 'p-2' }))
  index.add('of moon', hold('retrieveProject', { project_id: 'p-1' }, moon))
  index.add('page 1', hold('listProjects', {}))
  index.add('page 2', hold('listProjects', {}))
  index.add('summary', hold('retrieveDesignSummary', { design_id: 'd-1' }))
  index.add('item', { is: 'listed' })

  it.each<[ReadOperation, Record<string, string>, string[]]>([
    ['retrieveProject', { project_id: 'p-1' }, ['one', 'other case']],
    ['retrieveProject', { project_id: 'P-2' }, ['two']],
    ['retrieveProject', { project_id: 'p-3' }, []],
    ['retrieveProject', {}, ['one', 'other case', 'two']],
    ['listProjects', {}, ['page 1', 'page 2']],
    ['listProjects', { project_id: 'p-1' }, ['page 1', 'page 2']],
    ['retrieveDesignSummary', { project_id: 'p-1' }, ['summary']],
    ['retrieveDesignSummary', { design_id: 'd-2' }, []],
    ['retrieveDesignPricing', {}, []],
  ])('%s below %j may mean %j', (operation, path, keys) => {
    expect([...index.find(sun, { operation, path })].toSorted()).toEqual(keys)
  })

  it('one answer is found by its id alone, and of several none is', () => {
    const found = (id: string, scope = sun) => index.keyOf(scope, 'retrieveProject', id)
    expect([found('p-1'), found('p-2'), found('P-2'), found('p-3')]).toEqual([
      undefined,
      'two',
      undefined,
      undefined,
    ])
    expect([found('p-1', moon), found('p-2', moon)]).toEqual(['of moon', undefined])
  })

  it('an answer that has left is not found any more, and those beside it are', () => {
    const few = createAskedIndex()
    const held = hold('listProjects', {})
    for (const key of ['a', 'b', 'b']) few.add(key, held)
    few.remove('a', held)
    expect(few.find(sun, { operation: 'listProjects', path: {} })).toEqual(['b'])
    few.remove('c', held)
    few.remove('b', held)
    few.remove('b', held)
    expect(few.find(sun, { operation: 'listProjects', path: {} })).toEqual([])
  })

  it('answers that were evicted leave nothing behind', () => {
    const clock = createManualClock(1000)
    const cache = createCache({ maxBytes: 50_000, clock })
    const scope = buildScope('sk_of_sun')
    const store = (id: number): void =>
      cache.store(buildCall({ path: { project_id: `p-${id}` }, scope }), buildReply({ id: `p-${id}` }))
    for (let id = 0; id < 1000; id += 1) store(id)
    const before = countHeldBytes()
    for (let id = 0; id < 20_000; id += 1) store(id)
    expect(cache.size().entries).toBeLessThan(200)
    expect(countHeldBytes() - before).toBeLessThan(1_000_000)
  })
})
