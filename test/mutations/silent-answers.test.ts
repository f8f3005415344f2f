// Writes that Aurora acknowledges without an object: what is asked of the object is read, and nothing else is.
import { describe, expect, it } from 'vitest'
import { askFixedAurora } from '../support/fixed-aurora.ts'
import type { Fixed } from '../support/fixed-aurora.ts'

const PROFILE = { monthly_energy: Array(12).fill(100), utility: 'Grid' }

interface Silent {
  readonly write: string
  readonly document: (shown: string) => string
  /** Which members are asked for, and what they are. */
  readonly shown: string
  readonly value: object
  readonly read: string
  readonly body: Fixed
}

const CASES: Readonly<Record<string, Silent>> = {
  consumptionProfile: {
    write: 'PUT /projects/p1/consumption_profile',
    document: (shown) => `mutation { done: updateConsumptionProfile(
      projectId: "p1", input: { monthlyEnergy: [1,1,1,1,1,1,1,1,1,1,1,1] }
    ) { object: consumptionProfile { ${shown} } errors { code outcome } } }`,
    shown: 'id utility monthlyEnergy',
    value: { id: 'ConsumptionProfile:p1', utility: 'Grid', monthlyEnergy: PROFILE.monthly_energy },
    read: 'GET /projects/p1/consumption_profile',
    body: { consumption_profile: PROFILE },
  },
  pricing: {
    write: 'PUT /designs/d1/pricing',
    document: (shown) =>
      `mutation { done: updateDesignPricing(designId: "d1", input: { pricePerWatt: 3 }) { object: pricing { ${shown} } errors { code outcome } } }`,
    shown: 'id systemPrice',
    value: { id: 'Pricing:d1', systemPrice: 7 },
    read: 'GET /designs/d1/pricing',
    body: { pricing: { system_price: 7 } },
  },
  proposal: {
    write: 'POST /designs/d1/proposals/default',
    document: (shown) =>
      `mutation { done: createProposal(designId: "d1") { object: proposal { ${shown} } errors { code outcome } } }`,
    shown: 'proposalLink',
    value: { proposalLink: 'https://example.com/p' },
    read: 'GET /designs/d1/proposals/default',
    body: { proposal: { id: 'x', proposal_link: 'https://example.com/p' } },
  },
  webProposal: {
    write: 'POST /designs/d1/web_proposal/generate_url',
    document: (shown) =>
      `mutation { done: generateWebProposalUrl(designId: "d1") { object: webProposal { ${shown} } errors { code outcome } } }`,
    shown: 'url',
    value: { url: 'https://example.com/w' },
    read: 'GET /designs/d1/web_proposal',
    body: { web_proposal: { url: 'https://example.com/w' } },
  },
  project: {
    write: 'PUT /projects/p1',
    document: (shown) =>
      `mutation { done: updateProject(id: "p1", input: { name: "n" }) { object: project { ${shown} } errors { code outcome } } }`,
    shown: 'name',
    value: { name: 'n' },
    read: 'GET /projects/p1',
    body: { project: { id: 'p1', name: 'n' } },
  },
}

describe.each(Object.entries(CASES))('a write of a %s that is answered {}', (name, each) => {
  const { write, document, shown, value, read, body } = each

  it('shows the object by one read', async () => {
    await using aurora = await askFixedAurora({ [write]: {}, [read]: body })

    const { data, errors } = await aurora.ask(document(shown))

    expect(errors).toBe(undefined)
    expect(data).toEqual({ done: { object: value, errors: [] } })
    expect(aurora.takeCalls()).toEqual([read, write].toSorted())
  })

  it('is not read where only ids are asked for', async () => {
    await using aurora = await askFixedAurora({ [write]: {}, [read]: body })

    const { data } = await aurora.ask(document('id'))

    expect(data).toMatchObject({ done: { object: { id: expect.stringMatching(/:[pd]1$/) }, errors: [] } })
    expect(aurora.takeCalls()).toEqual([write])
  })

  it('is told as done where the read fails', async () => {
    await using aurora = await askFixedAurora({ [write]: {}, [read]: { status: 403, body: {} } })

    const { data, errors } = await aurora.ask(document(shown))

    const outcome = name === 'project' ? [] : [{ code: 'FORBIDDEN', outcome: 'DONE' }]
    expect(data).toMatchObject({ done: { errors: outcome } })
    // An object with an id of its own is there, and its members have the error.
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(
      name === 'project' ? ['FORBIDDEN'] : undefined,
    )
    expect(aurora.takeCalls()).toEqual([read, write].toSorted())
  })
})

it('a profile that is absent after its update is null', async () => {
  const { write, document, read } = CASES['consumptionProfile'] as Silent
  await using aurora = await askFixedAurora({ [write]: {} })

  const { data, errors } = await aurora.ask(document('utility'))

  expect(errors).toBe(undefined)
  expect(data).toEqual({ done: { object: null, errors: [] } })
  expect(aurora.takeCalls()).toEqual([read, write])
})
