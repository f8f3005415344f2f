// Designs made and copied, their price, their proposal, their mounting.
import { expect, it } from 'vitest'
import type { DataSet } from '../../src/simulator/data.ts'
import { describeMutation } from '../support/describe-mutation.ts'
import { createTestGateway } from '../support/test-gateway.ts'

const designsOf = (data: DataSet) => data.projects.slice(0, 100).flatMap(({ id }) => [...data.designsOf(id)])
const find = (data: DataSet, isMeant: (record: ReturnType<typeof designsOf>[number]) => boolean) => {
  const record = designsOf(data).find(isMeant)
  if (!record) throw new Error('the data set has no such design')
  return { id: record.design.id, projectId: record.design.project_id }
}
const built = (data: DataSet) =>
  find(data, ({ summary, financings }) => summary.arrays.length > 0 && financings.length > 1)

const byId = ({ id }: { id: string }) => ({ id })
const DESIGNS = 'query ($id: ID!) { project(id: $id) { designs { auroraId name } } }'
const DESIGNS_CALL = '1 GET /tenants/{}/projects/{}/designs?page=1&per_page=250'
const SUMMARY = 'query ($id: ID!) { design(id: $id) { summary { billOfMaterials { name } } } }'
const SUMMARY_CALL = '1 GET /tenants/{}/designs/{}/summary'
const PRICE = 'query ($id: ID!) { design(id: $id) { pricing { systemPrice adders { auroraId adderName } } } }'
const PRICE_CALL = '1 GET /tenants/{}/designs/{}/pricing'
const FINANCINGS = 'query ($id: ID!) { design(id: $id) { financings { name upToDate } } }'
const FINANCINGS_CALLS = (count: number) => [
  '1 GET /tenants/{}/designs/{}/financings',
  `${count} GET /tenants/{}/designs/{}/financings/{}`,
]

describeMutation({
  name: 'createDesign',
  document: `mutation ($input: CreateDesignInput!) {
    createDesign(input: $input) { design { auroraId name project { auroraId } } errors $ERRORS }
  }`,
  ids: (data) => ({
    // None yet: an empty list is dropped too.
    projectId: data.projects.find(({ id }) => data.designsOf(id).length === 0)?.id ?? '',
    otherId: data.projects.find(({ id }) => data.designsOf(id).length > 1)?.id ?? '',
  }),
  variables: ({ projectId }) => ({
    input: { projectId: `Project:${projectId}`, name: 'East', externalProviderId: null },
  }),
  call: '1 POST /tenants/{}/designs',
  shows: ({ design }, { projectId }) =>
    expect(design).toMatchObject({ name: 'East', project: { auroraId: projectId } }),
  reads: [
    {
      query: DESIGNS,
      variables: ({ projectId }) => ({ id: projectId }),
      callsAfter: [DESIGNS_CALL],
      shows: ({ project }) => expect(project.designs).toHaveLength(1),
    },
    { query: DESIGNS, variables: ({ otherId }) => ({ id: otherId }), callsAfter: [] },
  ],
  bad: [{ variables: () => ({ input: { projectId: 'Design:1' } }), says: /not one of a Project/ }],
  refused: { variables: () => ({ input: { projectId: 'nowhere' } }), messages: /project_id/ },
})

describeMutation({
  name: 'duplicateDesign',
  document: `mutation ($id: ID!, $name: String) {
    duplicateDesign(id: $id, name: $name) { design { auroraId name } errors $ERRORS }
  }`,
  ids: built,
  variables: ({ id }) => ({ id, name: 'Twin' }),
  call: '1 POST /tenants/{}/designs/{}/duplicate',
  shows: ({ design }, { id }) => {
    expect(design.name).toBe('Twin')
    expect(design.auroraId).not.toBe(id)
  },
  reads: [
    {
      query: DESIGNS,
      variables: ({ projectId }) => ({ id: projectId }),
      callsAfter: [DESIGNS_CALL],
      shows: ({ project }) => expect(project.designs[0].name).toBe('Twin'),
    },
    {
      query: 'query ($id: ID!) { project(id: $id) { assets { auroraId } billSummary { raw } } }',
      variables: ({ projectId }) => ({ id: projectId }),
      callsAfter: [
        '1 GET /tenants/{}/projects/{}/assets?page=1&per_page=250',
        '1 GET /tenants/{}/projects/{}/bill_summary',
      ],
    },
    { query: SUMMARY, variables: byId, callsAfter: [] },
  ],
  bad: [{ variables: () => ({ id: '' }), says: /An id is/ }],
  refused: { variables: ({ id }) => ({ id, name: 'x'.repeat(300) }), messages: /name/ },
})

describeMutation({
  name: 'updateDesignPricing',
  document: `mutation ($id: ID!, $input: UpdatePricingInput!) {
    updateDesignPricing(designId: $id, input: $input) { pricing { pricePerWatt systemPrice design { id } } errors $ERRORS }
  }`,
  ids: (data) => ({ ...built(data), count: data.design(built(data).id)?.financings.length ?? 0 }),
  variables: ({ id }) => ({ id, input: { pricePerWatt: 1.5, other: { note: 'sale' } } }),
  call: '1 PUT /tenants/{}/designs/{}/pricing',
  shows: ({ pricing }) => expect(pricing.pricePerWatt).toBe(1.5),
  reads: [
    { query: PRICE, variables: byId, callsAfter: [], isShown: true },
    { query: SUMMARY, variables: byId, callsAfter: [] },
  ],
  bad: [
    { variables: ({ id }) => ({ id, input: {} }), says: /nothing to change/ },
    { variables: ({ id }) => ({ id, input: { pricePerWatt: -1 } }), says: /`pricePerWatt` is at least 0/ },
    { variables: ({ id }) => ({ id, input: { other: 3 } }), says: /`other` must be an object/ },
  ],
  refused: {
    variables: ({ id }) => ({ id, input: { other: { system_price: 'much' } } }),
    messages: /system_price/,
  },
})

it('financings are read anew after their price was changed, all of them', async () => {
  await using gateway = await createTestGateway()
  const { id } = built(gateway.simulator.data)
  const count = gateway.simulator.data.design(id)?.financings.length ?? 0
  await gateway.ask(FINANCINGS, { id })
  gateway.takeCalls()
  await gateway.ask(
    'mutation ($id: ID!) { updateDesignPricing(designId: $id, input: { pricePerWatt: 1 }) { errors { code } } }',
    { id },
  )
  gateway.takeCalls()
  const { data } = await gateway.ask<{ design: { financings: { upToDate: boolean }[] } }>(FINANCINGS, { id })
  expect(gateway.takeCalls()).toEqual(FINANCINGS_CALLS(count))
  expect(data?.design.financings.map(({ upToDate }) => upToDate)).not.toContain(true)
})

describeMutation({
  name: 'createAdder',
  document: `mutation ($id: ID!, $input: CreateAdderInput!) {
    createAdder(designId: $id, input: $input) { adder { auroraId adderName adderValue isDiscount } errors $ERRORS }
  }`,
  ids: built,
  variables: ({ id }) => ({ id, input: { adderName: 'Trench', adderValue: 900 } }),
  call: '1 POST /tenants/{}/designs/{}/pricing/adders',
  shows: ({ adder }) =>
    expect(adder).toMatchObject({ adderName: 'Trench', adderValue: 900, isDiscount: false }),
  reads: [
    {
      query: PRICE,
      variables: byId,
      callsAfter: [PRICE_CALL],
      shows: ({ design }) => expect(design.pricing.adders.at(-1).adderName).toBe('Trench'),
    },
  ],
  bad: [
    {
      variables: ({ id }) => ({ id, input: { adderName: '', adderValue: 1 } }),
      says: /`adderName` is empty/,
    },
    { variables: ({ id }) => ({ id, input: { adderName: 'a', adderValue: -1 } }), says: /at least 0/ },
  ],
  refused: {
    variables: ({ id }) => ({ id, input: { adderName: 'x'.repeat(300), adderValue: 1 } }),
    messages: /adder_name/,
  },
})

describeMutation({
  name: 'deleteAdder',
  document: `mutation ($adder: ID!, $id: ID!) {
    deleteAdder(id: $adder, designId: $id) { deletedAdderId errors $ERRORS }
  }`,
  ids: (data) => {
    const one = find(data, ({ pricing }) => pricing.adders.length > 0)
    const { id: otherId } = find(data, ({ design }) => design.id !== one.id)
    return { ...one, otherId, adder: data.design(one.id)?.pricing.adders[0]?.id ?? '' }
  },
  variables: ({ id, adder }) => ({ id, adder }),
  call: '1 DELETE /tenants/{}/adders/{}',
  shows: ({ deletedAdderId }, { adder }) => expect(deletedAdderId).toBe(adder),
  reads: [
    {
      query: PRICE,
      variables: byId,
      callsAfter: [PRICE_CALL],
      shows: ({ design }, { adder }) => expect(JSON.stringify(design)).not.toContain(adder),
    },
    { query: PRICE, variables: ({ otherId }) => ({ id: otherId }), callsAfter: [] },
  ],
  bad: [{ variables: ({ adder }) => ({ adder, id: 'a b' }), says: /An id is/ }],
})

describeMutation({
  name: 'pushFinancingToFinancier',
  document: `mutation ($id: ID!) {
    pushFinancingToFinancier(id: $id) { financing { auroraId financier { status } } errors $ERRORS }
  }`,
  ids(data) {
    const { id } = find(data, ({ financings }) => financings.some(({ financier }) => financier))
    const financings = data.design(id)?.financings ?? []
    return {
      id,
      financing: `${id}/${financings.find(({ financier }) => financier)?.id}`,
      unsent: `${id}/${financings.find(({ financier }) => !financier)?.id}`,
    }
  },
  variables: ({ financing }) => ({ id: `Financing:${financing}` }),
  call: '1 POST /tenants/{}/designs/{}/financings/{}/push_to_financier',
  shows: ({ financing }) => expect(financing.financier.status).toBe('SUBMITTED'),
  reads: [
    {
      query: 'query ($id: ID!) { node(id: $id) { ... on Financing { financier { status } } } }',
      variables: ({ financing }) => ({ id: `Financing:${financing}` }),
      callsAfter: [],
      isShown: true,
    },
    {
      query: 'query ($id: ID!) { design(id: $id) { financings { auroraId } } }',
      variables: byId,
      callsAfter: ['1 GET /tenants/{}/designs/{}/financings'],
    },
    { query: PRICE, variables: byId, callsAfter: [] },
  ],
  bad: [
    { variables: ({ id }) => ({ id }), says: /does not say of which Design.*`designId`/ },
    { variables: ({ id }) => ({ id: `${id}/` }), says: /An id is/ },
  ],
})

const PROPOSAL = 'query ($id: ID!) { design(id: $id) { proposal { auroraId } } }'
const WEB = 'query ($id: ID!) { design(id: $id) { webProposal { url urlExpired } } }'

describeMutation({
  name: 'createProposal',
  document: `mutation ($id: ID!, $options: JSON) {
    createProposal(designId: $id, options: $options) { proposal { auroraId proposalTemplateId } errors $ERRORS }
  }`,
  ids: (data) => ({
    ...find(data, ({ design }) => !data.proposal(design.id)),
    template: data.proposalTemplates[0]?.id ?? '',
  }),
  variables: ({ id, template }) => ({ id, options: { proposal_template_id: template } }),
  call: '1 POST /tenants/{}/designs/{}/proposals/default',
  shows: ({ proposal }, { template }) => expect(proposal.proposalTemplateId).toBe(template),
  reads: [
    {
      // That there was none is forgotten.
      query: PROPOSAL,
      variables: byId,
      callsAfter: [],
      isShown: true,
      shows: ({ design }) => expect(design.proposal).not.toBeNull(),
    },
    { query: WEB, variables: byId, callsAfter: [] },
  ],
  bad: [{ variables: ({ id }) => ({ id, options: [] }), says: /`options` must be an object/ }],
  refused: { variables: ({ id }) => ({ id, options: { proposal_template_id: 'x' } }), messages: /template/ },
})

describeMutation({
  name: 'deleteDefaultProposal',
  document:
    'mutation ($id: ID!) { deleteDefaultProposal(designId: $id) { deletedProposalDesignId errors $ERRORS } }',
  ids: (data) => find(data, ({ design }) => data.proposal(design.id) !== undefined),
  variables: byId,
  call: '1 DELETE /tenants/{}/designs/{}/proposals/default',
  shows: ({ deletedProposalDesignId }, { id }) => expect(deletedProposalDesignId).toBe(id),
  reads: [
    {
      query: PROPOSAL,
      variables: byId,
      // The proposal has shown so far that there is a design.
      callsAfter: ['1 GET /tenants/{}/designs/{}', '1 GET /tenants/{}/designs/{}/proposals/default'],
      shows: ({ design }) => expect(design.proposal).toBeNull(),
    },
    { query: WEB, variables: byId, callsAfter: ['1 GET /tenants/{}/designs/{}/web_proposal'] },
    { query: PRICE, variables: byId, callsAfter: [] },
  ],
  bad: [{ variables: () => ({ id: '' }), says: /An id is/ }],
})

describeMutation({
  name: 'generateWebProposalUrl',
  document:
    'mutation ($id: ID!) { generateWebProposalUrl(designId: $id) { webProposal { url urlExpired } errors $ERRORS } }',
  ids: (data) => ({
    ...find(data, ({ design }) => data.proposal(design.id) !== undefined),
    unproposed: find(data, ({ design }) => !data.proposal(design.id)).id,
  }),
  variables: byId,
  call: '1 POST /tenants/{}/designs/{}/web_proposal/generate_url',
  shows: ({ webProposal }) =>
    expect(webProposal).toEqual({ url: expect.stringContaining('https://'), urlExpired: false }),
  reads: [
    { query: WEB, variables: byId, callsAfter: [], isShown: true },
    { query: PROPOSAL, variables: byId, callsAfter: [] },
  ],
  bad: [{ variables: () => ({ id: 'Project:1' }), says: /not one of a Design/ }],
  refused: { variables: ({ unproposed }) => ({ id: unproposed }), messages: /no proposal/ },
})

describeMutation({
  name: 'updateRackingBillOfMaterials',
  document: `mutation ($id: ID!, $components: [RackingComponentInput!]!) {
    updateRackingBillOfMaterials(designId: $id, components: $components) {
      rackingComponents { name quantity sku } errors $ERRORS
    }
  }`,
  ids: built,
  variables: ({ id }) => ({ id, components: [{ name: 'Rail 4 m', quantity: 12.5 }] }),
  call: '1 PUT /tenants/{}/designs/{}/bill_of_materials/racking_components',
  shows: ({ rackingComponents }) =>
    expect(rackingComponents).toEqual([{ name: 'Rail 4 m', quantity: 12.5, sku: null }]),
  reads: [
    {
      query: SUMMARY,
      variables: byId,
      callsAfter: [SUMMARY_CALL],
      shows: ({ design }) => expect(design.summary.billOfMaterials.at(-1).name).toBe('Rail 4 m'),
    },
    { query: PRICE, variables: byId, callsAfter: [] },
  ],
  bad: [
    {
      variables: ({ id }) => ({ id, components: [{ name: 'a', quantity: -1 }] }),
      says: /`quantity` is at least 0/,
    },
  ],
  refused: {
    variables: ({ id }) => ({ id, components: [{ name: 'x'.repeat(300), quantity: 1 }] }),
    messages: /name must be/,
  },
})

describeMutation({
  name: 'shareMilestone',
  document: `mutation ($id: ID!, $members: JSON) {
    shareMilestone(milestoneId: $id, members: $members) { shared errors $ERRORS }
  }`,
  ids: (data) => ({ id: designsOf(data).find(({ design }) => design.milestone)?.design.milestone?.id ?? '' }),
  variables: ({ id }) => ({ id, members: { with: 'a partner' } }),
  call: '1 POST /tenants/{}/milestones/{}/share',
  shows: ({ shared }, { id }) => expect(shared).toMatchObject({ milestone_id: id, with: 'a partner' }),
  reads: [
    {
      query: '{ sharedProjects(first: 1) { nodes { id } } }',
      callsAfter: ['1 GET /tenants/{}/shared_projects?page=1&per_page=250'],
    },
  ],
  bad: [{ variables: ({ id }) => ({ id, members: 1 }), says: /`members` must be an object/ }],
})
