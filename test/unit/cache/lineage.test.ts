import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../../../src/aurora/endpoint.ts'
import { READS } from '../../../src/aurora/reads.ts'
import { createLineage } from '../../../src/cache/lineage.ts'
import type { Asked } from '../../../src/cache/parents.ts'
import type { Ids, Reply } from '../../../src/rest/call.ts'
import { tenantOf } from '../../../src/rest/scope.ts'
import { buildReply, buildScope } from '../../support/builders.ts'

const { key: scope } = buildScope()

function open(maxBytes = 1_000_000) {
  const lineage = createLineage(maxBytes)
  const asked = (endpoint: Endpoint, path: Ids): Asked => ({ endpoint, path })
  return {
    lineage,
    learn: (endpoint: Endpoint, path: Ids, value: Reply['value']) =>
      lineage.learn(scope, asked(endpoint, path), buildReply(value)),
    above: (endpoint: Endpoint, path: Ids) => lineage.aboveOf(scope, asked(endpoint, path)),
  }
}

const D = { design_id: 'd-1' }
const A = { agreement_id: 'a-1' }

describe('what lies above an object is known', () => {
  it.each<[string, Endpoint, Ids, Reply['value']]>([
    ['from the list below its project', READS.listDesigns, { project_id: 'p-1' }, [{ id: 'd-1' }]],
    ['from its own read', READS.retrieveDesign, D, { id: 'd-1', project_id: 'p-1' }],
    ['from a part of it', READS.retrieveDesignSummary, D, { project_id: 'p-1' }],
    [
      'from something below it',
      READS.retrieveFinancing,
      { ...D, financing_id: 'f-1' },
      { id: 'f-1', project_id: 'p-1' },
    ],
    ['whatever the case of its id', READS.retrieveDesign, { design_id: 'D-1' }, { project_id: 'P-1' }],
  ])('%s', (_, endpoint, path, value) => {
    const { learn, above } = open()
    expect(above(READS.retrieveDesignPricing, D)).toEqual({})
    learn(endpoint, path, value)
    expect(above(READS.retrieveDesignPricing, D)).toEqual({ project_id: ['p-1'] })
    expect(above(READS.retrieveDesignPricing, { design_id: 'd-2' })).toEqual({})
  })

  it('through the design that lies between', () => {
    const { learn, above } = open()
    learn(READS.listDesignAssets, D, [{ id: 'as-1' }])
    expect(above(READS.retrieveAsset, { asset_id: 'as-1' })).toEqual({ design_id: ['d-1'] })
    learn(READS.retrieveDesign, D, { id: 'd-1', project_id: 'p-1' })
    expect(above(READS.retrieveAsset, { asset_id: 'as-1' })).toEqual({
      design_id: ['d-1'],
      project_id: ['p-1'],
    })
  })

  it('as one of several, where a late answer names another parent than the newest', () => {
    const { learn, above } = open()
    learn(READS.retrieveAgreement, A, { id: 'a-1', project_id: 'p-2' })
    learn(READS.retrieveAgreement, A, { id: 'a-1', project_id: 'p-1' })
    expect(above(READS.retrieveAgreementDownloadLink, A)).toEqual({ project_id: ['p-2', 'p-1'] })
  })

  it('for the credential that has read it only', () => {
    const { lineage, learn } = open()
    learn(READS.retrieveDesign, D, { id: 'd-1', project_id: 'p-1' })
    const other = buildScope('sk_sand_other').key
    expect(lineage.aboveOf(other, { endpoint: READS.retrieveDesign, path: D })).toEqual({})
  })
})

it('the scopes are found in which something is known of an object, until that is forgotten', () => {
  const { lineage, learn } = open()
  const other = buildScope('sk_sand_other').key
  const elsewhere = buildScope('sk_sand_other', 'another-tenant').key
  const asked = { endpoint: READS.retrieveDesign, path: D }
  learn(READS.retrieveDesign, D, { id: 'd-1', project_id: 'p-1' })
  for (const each of [other, elsewhere]) lineage.take(each, asked, { project_id: ['p-2'] })
  const found = (design_id = 'D-1') =>
    lineage.scopesOf(tenantOf(other), { ...asked, path: { design_id } }).map((each) => each === other)
  expect([found(), found('d-2')]).toEqual([[false, true], []])
  expect(lineage.scopesOf(elsewhere, asked)).toEqual([elsewhere])
  lineage.forget(other, asked)
  expect(found()).toEqual([false])
})

describe('what lies above an object is not known', () => {
  it('where it was seen below very many: then it may be below any', () => {
    const { learn, above } = open()
    for (const project_id of ['p-1', 'p-2', 'p-3', 'p-4', 'p-5'])
      learn(READS.retrieveAgreement, A, { id: 'a-1', project_id })
    expect(above(READS.retrieveAgreement, A)).toEqual({})
  })

  it('after so many others were seen that the memory for them is used up', () => {
    const { lineage, learn, above } = open(4000)
    learn(READS.retrieveDesign, D, { id: 'd-1', project_id: 'p-1' })
    expect(lineage.bytes()).toBeGreaterThan(0)
    const ids = Array.from({ length: 50 }, (_, index) => ({ id: `d-many-${index}` }))
    learn(READS.listDesigns, { project_id: 'p-2' }, ids)
    expect(lineage.bytes()).toBeLessThanOrEqual(4000)
    expect(above(READS.retrieveDesign, D)).toEqual({})
    expect(above(READS.retrieveDesign, { design_id: 'd-many-49' })).toEqual({ project_id: ['p-2'] })
  })

  it('after it may have been moved', () => {
    const { lineage, learn, above } = open()
    learn(READS.retrieveAgreement, A, { id: 'a-1', project_id: 'p-1' })
    lineage.forget(scope, { endpoint: READS.retrieveAgreement, path: A })
    expect(above(READS.retrieveAgreement, A)).toEqual({})
  })

  it('from the bill of a project, which names one of its designs', () => {
    const { learn, above } = open()
    learn(READS.retrieveProjectBillSummary, { project_id: 'p-1' }, { project_id: 'p-1', design_id: 'd-1' })
    expect(above(READS.retrieveProjectBillSummary, { project_id: 'p-1' })).toEqual({})
  })
})
