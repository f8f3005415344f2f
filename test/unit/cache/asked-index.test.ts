// Where cached answers are found by what was asked for: nothing that a touch may mean is missed, nothing stays behind.
import { describe, expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { createAskedIndex } from '../../../src/cache/asked-index.ts'
import type { Indexed } from '../../../src/cache/asked-index.ts'
import { createCache } from '../../../src/cache/cache.ts'
import type { ReadOperation } from '../../../src/aurora/reads.ts'
import { createLineage } from '../../../src/cache/lineage.ts'
import type { LineageListener } from '../../../src/cache/lineage.ts'
import { tenantOf } from '../../../src/rest/scope.ts'
import { buildCall, buildReply, buildScope } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { countHeldBytes } from '../../support/memory.ts'

const { key: sun } = buildScope('sk_of_sun')
const { key: moon } = buildScope('sk_of_moon')

const hold = (operation: ReadOperation, path: Record<string, string>, scope = sun): Indexed => ({
  is: 'answer',
  scope,
  asked: { endpoint: READS[operation], path },
  answer: buildReply({}),
})

const knowsNothing = () => ({})

describe('the index of what was asked for', () => {
  const index = createAskedIndex(knowsNothing)
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

  it.each<[ReadOperation, Record<string, string>, readonly string[]]>([
    ['retrieveProject', { project_id: 'P-1' }, [sun, moon]],
    ['retrieveProject', { project_id: 'p-2' }, [sun]],
    ['retrieveProject', { project_id: 'p-3' }, []],
    ['retrieveProject', {}, [sun, moon]],
    ['listProjects', { project_id: 'p-1' }, [sun]],
    ['retrieveDesignSummary', { project_id: 'p-1' }, [sun]],
    ['retrieveDesignPricing', {}, []],
  ])('of %s below %j, the scopes of a tenant are found that have it', (operation, path, scopes) => {
    expect(index.scopesWith(tenantOf(sun), { operation, path })).toEqual(scopes)
  })

  it('a scope is found until its last answer has left', () => {
    const few = createAskedIndex(knowsNothing)
    const scopes = (id: string) =>
      few.scopesWith(tenantOf(sun), { operation: 'retrieveProject', path: { project_id: id } })
    const [one, other] = ['p-1', 'P-1'].map((project_id) => hold('retrieveProject', { project_id }))
    if (!one || !other) throw new Error('two')
    few.add('one', one)
    few.add('other', other)
    few.add('two', hold('retrieveProject', { project_id: 'p-2' }))
    few.remove('one', one)
    expect([scopes('p-1'), scopes('p-2')]).toEqual([[sun], [sun]])
    few.remove('other', other)
    expect([scopes('p-1'), scopes('p-2')]).toEqual([[], [sun]])
    few.remove('two', hold('retrieveProject', { project_id: 'p-2' }))
    expect(few.scopesWith(tenantOf(sun), { operation: 'retrieveProject', path: {} })).toEqual([])
  })

  it('one answer is found by its id alone, and of several none is', () => {
    const found = (id: string, scope = sun) => index.keysOf(scope, 'retrieveProject')(id)
    expect([found('p-1'), found('p-2'), found('P-2'), found('p-3')]).toEqual([
      undefined,
      'two',
      undefined,
      undefined,
    ])
    expect([found('p-1', moon), found('p-2', moon)]).toEqual(['of moon', undefined])
  })

  it('an answer that has left is not found any more, and those beside it are', () => {
    const few = createAskedIndex(knowsNothing)
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

describe('what is said of a project', () => {
  const PARTS = [
    'retrieveDesign',
    'retrieveDesignSummary',
    'retrieveDesignPricing',
    'listFinancings',
  ] as const

  function open() {
    const listener: { to?: LineageListener } = {}
    const lineage = createLineage(10_000_000, {
      changed: (...object) => listener.to?.changed(...object),
      cleared: () => listener.to?.cleared(),
    })
    const index = createAskedIndex(lineage.aboveOf)
    listener.to = index.lineage
    const learn = (project_id: string, designIds: readonly string[]): void =>
      lineage.learn(
        sun,
        { endpoint: READS.listDesigns, path: { project_id } },
        buildReply(designIds.map((id) => ({ id }))),
      )
    const below = (project_id: string) =>
      PARTS.flatMap((operation) => index.find(sun, { operation, path: { project_id } }))
    return { lineage, index, learn, below }
  }

  it.each(['before', 'after'])(
    'looks at its own objects alone, where it was learned %s the answers',
    (when) => {
      const { index, learn, below } = open()
      const designs = Array.from({ length: 3000 }, (_, count) => `d-${count}`)
      const learnAll = (): void => {
        for (let count = 0; count < 3000; count += 3) learn(`p-${count / 3}`, designs.slice(count, count + 3))
      }
      if (when === 'before') learnAll()
      for (const design_id of designs)
        for (const operation of PARTS) index.add(`${operation} ${design_id}`, hold(operation, { design_id }))
      if (when === 'after') {
        expect(below('p-7')).toHaveLength(12_000)
        learnAll()
      }
      expect(below('p-none')).toEqual([])
      expect(below('P-7')).toHaveLength(12)
      for (const design_id of designs)
        for (const operation of PARTS)
          index.remove(`${operation} ${design_id}`, hold(operation, { design_id }))
      expect(below('p-7')).toEqual([])
    },
  )

  it('looks at what may have moved to it, and at all once nothing is known any more', () => {
    const { lineage, index, learn, below } = open()
    learn('p-1', ['d-1', 'd-2'])
    for (const design_id of ['d-1', 'd-2']) index.add(design_id, hold('retrieveDesignSummary', { design_id }))
    expect(below('p-2')).toEqual([])
    lineage.forget(sun, { endpoint: READS.retrieveDesign, path: { design_id: 'D-1' } })
    expect(below('p-2')).toEqual(['d-1'])
    learn('p-2', ['d-1'])
    expect([below('p-1').toSorted(), below('p-2')]).toEqual([['d-1', 'd-2'], ['d-1']])
    lineage.clear()
    expect(below('p-3').toSorted()).toEqual(['d-1', 'd-2'])
  })

  it('looks at what lies below its designs, too', () => {
    const { lineage, index, learn } = open()
    const asset = { endpoint: READS.retrieveAsset, path: { asset_id: 'a-1' } }
    lineage.learn(sun, asset, buildReply({ id: 'a-1', design_id: 'd-1' }))
    index.add('a-1', hold('retrieveAsset', { asset_id: 'a-1' }))
    const below = (path: Record<string, string>) => index.find(sun, { operation: 'retrieveAsset', path })
    expect(below({ project_id: 'p-2' })).toEqual(['a-1'])
    learn('p-1', ['d-1'])
    expect([below({ project_id: 'p-1' }), below({ project_id: 'p-2' })]).toEqual([['a-1'], []])
    expect([below({ design_id: 'D-1' }), below({ design_id: 'd-2' })]).toEqual([['a-1'], []])
    learn('p-2', ['d-1'])
    expect(below({ project_id: 'p-2' })).toEqual(['a-1'])
  })
})
