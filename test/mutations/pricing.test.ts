// The design is shown with what is put on it, to read on from; a financing is found by either of its ids.
import { expect } from 'vitest'
import type { DataSet } from '../../src/simulator/data.ts'
import { describeMutation } from '../support/describe-mutation.ts'

const designsOf = (data: DataSet) => data.projects.slice(0, 100).flatMap(({ id }) => [...data.designsOf(id)])
const priced = (data: DataSet) => {
  const record = designsOf(data).find(({ financings }) => financings.some(({ financier }) => financier))
  const others = designsOf(data).filter(({ design }) => design.id !== record?.design.id)
  return {
    id: record?.design.id ?? '',
    otherId: others[0]?.design.id ?? '',
    financing: record?.financings.find(({ financier }) => financier)?.id ?? '',
    count: record?.financings.length ?? 0,
  }
}

const PRICE = 'query ($id: ID!) { design(id: $id) { pricing { systemPrice adders { adderName } } } }'
const PRICE_CALL = '1 GET /tenants/{}/designs/{}/pricing'
const OPTIONS = 'query ($id: ID!) { design(id: $id) { financings { financingOption } } }'
const SUMMARY = 'query ($id: ID!) { design(id: $id) { summary { billOfMaterials { name } } } }'
const SUMMARY_CALL = '1 GET /tenants/{}/designs/{}/summary'

describeMutation({
  name: 'createAdder',
  document: `mutation ($id: ID!, $input: CreateAdderInput!) {
    createAdder(designId: $id, input: $input) { adder { auroraId isDiscount } design { id } errors $ERRORS }
  }`,
  ids: priced,
  variables: ({ id }) => ({
    id: `Design:${id}`,
    input: { adderName: 'Referral', adderValue: 250, isDiscount: true },
  }),
  call: '1 POST /tenants/{}/designs/{}/pricing/adders',
  shows: ({ adder, design }, { id }) => {
    expect(design).toEqual({ id: `Design:${id}` })
    expect(adder).toEqual({ auroraId: expect.any(String), isDiscount: true })
  },
  reads: [
    {
      query: PRICE,
      variables: ({ id }) => ({ id }),
      callsAfter: [PRICE_CALL],
      shows: ({ design }) => expect(design.pricing.adders.at(-1).adderName).toBe('Referral'),
    },
    { query: PRICE, variables: ({ otherId }) => ({ id: otherId }), callsAfter: [] },
    { query: SUMMARY, variables: ({ id }) => ({ id }), callsAfter: [] },
  ],
  bad: [
    {
      variables: ({ id }) => ({ id, input: { adderName: 'a', adderValue: 1, other: [] } }),
      says: /`other` must be an object/,
    },
    {
      variables: ({ id }) => ({ id: `Project:${id}`, input: { adderName: 'a', adderValue: 1 } }),
      says: /not one of a Design/,
    },
  ],
})

describeMutation({
  name: 'updateRackingBillOfMaterials',
  document: `mutation ($id: ID!, $components: [RackingComponentInput!]!) {
    updateRackingBillOfMaterials(designId: $id, components: $components) {
      rackingComponents { name manufacturerName } design { id auroraId } errors $ERRORS
    }
  }`,
  ids: priced,
  variables: ({ id }) => ({
    id,
    components: [{ name: 'Rail', manufacturerName: 'TrueMount', quantity: 14 }],
  }),
  call: '1 PUT /tenants/{}/designs/{}/bill_of_materials/racking_components',
  shows: ({ rackingComponents, design }, { id }) => {
    expect(rackingComponents).toEqual([{ name: 'Rail', manufacturerName: 'TrueMount' }])
    expect(design).toEqual({ id: `Design:${id}`, auroraId: id })
  },
  reads: [
    {
      query: SUMMARY,
      variables: ({ id }) => ({ id }),
      callsAfter: [SUMMARY_CALL],
      shows: ({ design }) => expect(design.summary.billOfMaterials.at(-1).name).toBe('Rail'),
    },
    {
      query: 'query ($id: ID!) { design(id: $id) { assets { auroraId } } }',
      variables: ({ id }) => ({ id }),
      callsAfter: ['1 GET /tenants/{}/designs/{}/assets?page=1&per_page=250'],
    },
    { query: SUMMARY, variables: ({ otherId }) => ({ id: otherId }), callsAfter: [] },
  ],
  bad: [{ variables: () => ({ id: '../x', components: [] }), says: /An id is/ }],
})

describeMutation({
  name: 'pushFinancingToFinancier',
  document: `mutation ($id: ID!, $design: ID) {
    pushFinancingToFinancier(id: $id, designId: $design) {
      financing { id financier { status } design { id } } errors $ERRORS
    }
  }`,
  ids: priced,
  variables: ({ id, financing }) => ({ id: financing, design: `Design:${id}` }),
  call: '1 POST /tenants/{}/designs/{}/financings/{}/push_to_financier',
  shows: ({ financing }, { id, financing: own }) =>
    expect(financing).toEqual({
      id: `Financing:${id}/${own}`,
      financier: { status: 'SUBMITTED' },
      design: { id: `Design:${id}` },
    }),
  reads: [
    {
      query: OPTIONS,
      variables: ({ id }) => ({ id }),
      // The list, and the one that was pushed; the others are as they were.
      callsAfter: ['1 GET /tenants/{}/designs/{}/financings', '1 GET /tenants/{}/designs/{}/financings/{}'],
    },
    { query: PRICE, variables: ({ id }) => ({ id }), callsAfter: [] },
  ],
  bad: [
    { variables: ({ financing }) => ({ id: financing }), says: /give `designId` too/ },
    {
      variables: ({ id, otherId, financing }) => ({ id: `Financing:${id}/${financing}`, design: otherId }),
      says: /one of another design/,
    },
    { variables: ({ financing }) => ({ id: financing, design: 'Project:1' }), says: /not one of a Design/ },
  ],
})
