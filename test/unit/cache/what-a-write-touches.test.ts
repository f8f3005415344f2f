import { describe, expect, it } from 'vitest'
import { ALL_READS, READS } from '../../../src/aurora/reads.ts'
import type { ReadOperation } from '../../../src/aurora/reads.ts'
import { WRITES } from '../../../src/aurora/writes.ts'
import type { WriteOperation } from '../../../src/aurora/writes.ts'
import { carriedMembers } from '../../../src/aurora/members.ts'
import type { Members } from '../../../src/aurora/body.ts'
import type { Ids } from '../../../src/rest/call.ts'
import { buildCall, buildRefusal, buildReply, buildScope } from '../../support/builders.ts'
import { openCache } from '../../support/open-cache.ts'

const PROJECT = { project_id: 'p-1' }
const OTHER = { project_id: 'p-2' }
const D = { design_id: 'd-1' }
const { key: scope } = buildScope()

describe('what was read by its own id', () => {
  it.each<[WriteOperation, ReadOperation, Ids, Members]>([
    ['updateConsumptionProfile', 'retrieveDesignSummary', D, { design_id: 'd-1' }],
    ['updateConsumptionProfile', 'retrieveDesignBillSummary', D, { design_id: 'd-1' }],
    ['updateConsumptionProfile', 'retrieveFinancing', { ...D, financing_id: 'f-1' }, { id: 'f-1' }],
    ['deleteProject', 'retrieveDesign', D, { id: 'd-1' }],
    ['deleteProject', 'retrieveDesignSummary', D, { design_id: 'd-1' }],
    ['deleteProject', 'retrievePerformanceSimulationStatus', D, { job_id: 'j-1', status: 'succeeded' }],
    ['deleteProject', 'retrieveAgreement', { agreement_id: 'a-1' }, { id: 'a-1' }],
    ['deleteProject', 'retrieveAgreementDownloadUrlStatus', { agreement_id: 'a-1' }, { job_id: 'j-1' }],
    ['deleteProject', 'getSiteSurvey', { site_survey_id: 's-1' }, { id: 's-1' }],
    ['deleteProject', 'retrieveDesignRequest', { design_request_id: 'r-1' }, { id: 'r-1' }],
    ['deleteProject', 'retrieveUtilityBill', { ...PROJECT, utility_bill_id: 'b-1' }, { id: 'b-1' }],
  ])(
    'is dropped by %s of its project, be it known or not, and not by that of another: %s',
    async (write, operation, path, members) => {
      const endpoint = READS[operation]
      const answer = buildReply(write === 'deleteProject' ? null : { id: 'x' })
      const isIn = !Object.hasOwn(path, 'project_id')

      const named = openCache()
      const isNamedThere = named.keep(endpoint, path, { ...members, ...PROJECT })
      await named.send(write, { path: OTHER }, answer)
      expect(isNamedThere()).toBe(true)
      await named.send(write, { path: { project_id: 'P-1' } }, answer)
      expect(isNamedThere()).toBe(false)

      const nameless = openCache()
      const isNamelessThere = nameless.keep(endpoint, path, members)
      await nameless.send(write, { path: isIn ? OTHER : PROJECT }, answer)
      expect(isNamelessThere()).toBe(false)
    },
  )

  it('is dropped where an earlier answer, since forgotten by the cache, has named the project', async () => {
    const { cache, keep, send } = openCache()
    keep(READS.listDesigns, OTHER, [{ id: 'd-1' }])
    cache.drop(scope, [{ operation: 'listDesigns', path: {} }])
    const isThere = keep(READS.retrieveDesignPricing, D, { system_price: 1 })
    await send('deleteProject', { path: PROJECT }, buildReply(null))
    expect(isThere()).toBe(true)
    await send('deleteProject', { path: OTHER }, buildReply(null))
    expect(isThere()).toBe(false)
  })

  it('is dropped with the project that a write has moved it to, and with no project that it left', async () => {
    const { keep, send } = openCache()
    const path = { site_survey_id: 's-1' }
    keep(READS.getSiteSurvey, path, { id: 's-1', ...PROJECT })
    const body = { json: { site_survey: OTHER } }
    await send('updateSiteSurvey', { path, body }, buildReply({ id: 's-1', ...OTHER }))
    const isThere = keep(READS.getSiteSurveyRequest, path, { who: 'x' })
    await send('deleteProject', { path: PROJECT }, buildReply(null))
    expect(isThere()).toBe(true)
    await send('deleteProject', { path: OTHER }, buildReply(null))
    expect(isThere()).toBe(false)
  })

  it('and was refused is dropped, since nobody can tell where it belongs', async () => {
    const { cache, send } = openCache()
    const call = buildCall({ endpoint: READS.retrieveDesignBillSummary, path: D })
    cache.store(call, buildRefusal(404))
    await send('updateConsumptionProfile', { path: PROJECT }, buildReply({ id: 'x' }))
    expect(cache.read(call)).toBeNull()
  })

  it('is dropped by the end of a job of its project or design', async () => {
    const { keep, stored, arrivals, send } = openCache()
    const isSummaryThere = keep(READS.retrieveDesignSummary, D, { design_id: 'd-1', ...PROJECT })
    const endpoint = READS.retrieveUtilityBillUploadStatus
    const polled = stored(buildCall({ endpoint, path: PROJECT, query: { job_id: 'j-1' } }))
    arrivals[0]?.answer(buildReply({ job_id: 'j-1', status: 'succeeded' }))
    await polled
    expect(isSummaryThere()).toBe(false)

    const isAssetThere = keep(READS.retrieveAsset, { asset_id: 'as-1' }, { id: 'as-1', ...D })
    const isOtherThere = keep(READS.retrieveAsset, { asset_id: 'as-2' }, { id: 'as-2', design_id: 'd-2' })
    const areListsThere = [PROJECT, OTHER].map((path) => keep(READS.listProjectAssets, path, []))
    const ended = buildReply({ job_id: 'j-2', status: 'succeeded' })
    await send('runPerformanceSimulation', { path: D }, ended)
    expect([isAssetThere(), isOtherThere()]).toEqual([false, true])
    expect(areListsThere.map((isThere) => isThere())).toEqual([false, true])
  })
})

it('a deleted project drops every read that names a project or a design, in its route or in what it carries', () => {
  const { reads = [], below = [] } = WRITES.deleteProject.touches
  const touched = new Set<string>([...reads, ...below])
  const naming = ALL_READS.filter(({ operation, parameters }) =>
    [...parameters, ...carriedMembers(operation)].some((name) => ['project_id', 'design_id'].includes(name)),
  ).map(({ operation }) => operation)
  // A job of an order names the project that it has made, and remains the answer of that order.
  expect(naming.filter((operation) => !touched.has(operation))).toEqual(['retrieveCreateProjectStatus'])
})

describe('two writes of one object whose answers cross', () => {
  const readName = (cache: ReturnType<typeof openCache>['cache']): unknown =>
    cache.readListed(scope, 'project', 'p-1')?.['name']

  it('show neither answer, since the first that came may be of the later write', async () => {
    const { cache, begin } = openCache()
    const first = begin('updateProject', { path: PROJECT })
    const second = begin('updateProject', { path: { project_id: 'P-1' } })
    second.arrival.answer(buildReply({ id: 'p-1', name: 'second' }))
    await second.result
    expect(readName(cache)).toBeUndefined()
    expect(cache.readListed(scope, 'project', 'P-1')?.['name']).toBe('second')

    first.arrival.answer(buildReply({ id: 'p-1', name: 'first' }))
    expect(await first.result).toMatchObject({ value: { name: 'first' } })
    expect([readName(cache), cache.readListed(scope, 'project', 'P-1')]).toEqual([undefined, null])
  })

  it('do not bring a deleted project back, nor anything below it', async () => {
    const { cache, begin } = openCache()
    const update = begin('updateProject', { path: PROJECT })
    const create = begin('createDesign', { path: {} })
    const deletion = begin('deleteProject', { path: PROJECT })
    deletion.arrival.answer(buildReply(null))
    await deletion.result
    update.arrival.answer(buildReply({ id: 'p-1', name: 'late' }))
    create.arrival.answer(buildReply({ id: 'd-1', ...PROJECT }))
    await Promise.all([update.result, create.result])
    expect(readName(cache)).toBeUndefined()
    expect(cache.readListed(scope, 'design', 'd-1')).toBeNull()
  })

  it('show the one that was sent after the other was answered', async () => {
    const { cache, send } = openCache()
    await send('updateProject', { path: PROJECT }, buildReply({ id: 'p-1', name: 'first' }))
    await send('updateProject', { path: PROJECT }, buildReply({ id: 'p-1', name: 'second' }))
    expect(readName(cache)).toBe('second')
  })
})

it('an older list takes no place of an object that a newer answer has shown', () => {
  const { cache } = openCache()
  const page = (number: string) => buildCall({ endpoint: READS.listUsers, path: {}, query: { page: number } })
  cache.store(page('1'), buildReply([{ id: 'u-1', first_name: 'new' }], { answeredAtMs: 1000 }))
  cache.store(page('2'), buildReply([{ id: 'u-1', first_name: 'old' }], { answeredAtMs: 900 }))
  expect(cache.readListed(scope, 'user', 'u-1')).toMatchObject({ first_name: 'new' })
})

it('an answer from a file is not put back once its object was touched', () => {
  const { cache } = openCache()
  const call = {
    ...buildCall({ endpoint: READS.retrieveDesignPricing, path: D }),
    scope,
    above: PROJECT_ABOVE,
  }
  cache.drop(scope, [{ operation: 'retrieveDesignPricing', path: OTHER }])
  cache.restore({ call, reply: buildReply({ system_price: 1 }) })
  expect(cache.read(call)).not.toBeNull()

  cache.drop(scope, [{ operation: 'retrieveDesignPricing', path: PROJECT }])
  cache.restore({ call, reply: buildReply({ system_price: 1 }) })
  expect(cache.read(call)).toBeNull()
})
const PROJECT_ABOVE = { project_id: ['p-1'] }
