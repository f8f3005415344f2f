import { describe, expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { buildRefusal, buildReply, buildScope } from '../../support/builders.ts'
import { openCache } from '../../support/open-cache.ts'

const PROJECT = { project_id: 'p-1' }
const OTHER = { project_id: 'p-2' }
const { key: scope } = buildScope()

describe('a write of which nobody can tell whether it was carried out', () => {
  it.each([408, 410, 421, 425, 444, 460, 499, 500, 502, 503, 504, 302])(
    'drops what it may have changed after a %i',
    async (status) => {
      const { keep, send } = openCache()
      const isThere = keep(READS.retrieveProject, PROJECT, { id: 'p-1' })
      const isOtherThere = keep(READS.retrieveProject, OTHER, { id: 'p-2' })
      await send('updateProject', { path: PROJECT }, buildRefusal(status))
      expect([isThere(), isOtherThere()]).toEqual([false, true])
    },
  )

  it('drops it after a fault that nobody foresaw too', async () => {
    const { keep, send } = openCache()
    const isThere = keep(READS.retrieveProject, PROJECT, { id: 'p-1' })
    await send('updateProject', { path: PROJECT }, new TypeError('a fault'))
    expect(isThere()).toBe(false)
  })

  it('drops nothing where its client has left before it was sent', async () => {
    const { keep, send } = openCache()
    const isThere = keep(READS.retrieveProject, PROJECT, { id: 'p-1' })
    const left = new Error('left')
    await send('updateProject', { path: PROJECT, signal: AbortSignal.abort(left) }, left)
    expect(isThere()).toBe(true)
  })
})

describe('a write that is answered with another object', () => {
  it('fails with an unknown outcome, and what may have changed of both is read again', async () => {
    const { cache, keep, begin } = openCache()
    const areThere = [PROJECT, OTHER].map((path) =>
      keep(READS.retrieveProject, path, { id: path.project_id }),
    )
    const isThirdThere = keep(READS.retrieveProject, { project_id: 'p-3' }, { id: 'p-3' })
    const { arrival, result } = begin('updateProject', { path: PROJECT })
    arrival.answer(buildReply({ id: 'p-2', name: 'of another' }))

    await expect(result).rejects.toMatchObject({ code: 'UPSTREAM_INVALID', details: { outcome: 'UNKNOWN' } })
    expect(areThere.map((isThere) => isThere())).toEqual([false, false])
    expect(isThirdThere()).toBe(true)
    expect(cache.readListed(scope, 'project', 'p-1')).toBeNull()
    expect(cache.readListed(scope, 'project', 'p-2')).toBeNull()
  })

  it('is recognized by the id of the parent where the object has none of its own', async () => {
    const { begin } = openCache()
    const { arrival, result } = begin('updateConsumptionProfile', { path: PROJECT })
    arrival.answer(buildReply({ id: 'c-1', project_id: 'p-2' }))
    await expect(result).rejects.toMatchObject({ code: 'UPSTREAM_INVALID' })
  })

  it.each([
    ['in capitals', { id: 'P-1', name: 'new' }],
    ['left out', { name: 'new' }],
    ['not readable', { id: null, name: 'new' }],
  ])('is none where the id is %s', async (_, answer) => {
    const { cache, send } = openCache()
    await send('updateProject', { path: PROJECT }, buildReply(answer))
    expect(cache.readListed(scope, 'project', 'p-1')).toMatchObject({ name: 'new' })
  })

  it('is none where the answer is new and names what it was made from', async () => {
    const { begin, cache } = openCache()
    const path = { design_id: 'd-1' }
    const { arrival, result } = begin('duplicateDesign', { path })
    arrival.answer(buildReply({ id: 'd-2', design_id: 'd-2', ...PROJECT }))
    await result
    expect(cache.readListed(scope, 'design', 'd-2')).not.toBeNull()
  })
})
