// Orders, where more is to be said than that they are changed and declined.
import { describe, expect, it } from 'vitest'
import { createTestGateway } from '../support/test-gateway.ts'

const UPDATE = `mutation ($id: ID!, $members: JSON!) {
  updateOrder(id: $id, members: $members) { order { auroraId status raw } errors { code message } }
}`

interface Data {
  readonly updateOrder: {
    readonly order: { raw: Readonly<Record<string, unknown>>; status: string } | null
    readonly errors: readonly { code: string; message: string }[]
  }
}

const open = async () => {
  const gateway = await createTestGateway()
  const project = gateway.simulator.data.projects.find(({ order_id: id }) => id)
  return { gateway, id: project?.order_id ?? '', projectId: project?.id ?? '' }
}

describe('an order', () => {
  it('takes members that nobody here knows, under the names they have', async () => {
    const { gateway, id } = await open()
    await using _gateway = gateway
    const members = { call_first: true, installCrew: { size: 4 } }
    const { data } = await gateway.ask<Data>(UPDATE, { id: `Order:${id}`, members })
    expect(data?.updateOrder.errors).toEqual([])
    expect(data?.updateOrder.order?.raw).toMatchObject({ id, ...members })
    // The whole body costs its own read, as the answer to a write may have left something out.
    expect(gateway.takeCalls()).toEqual(['1 GET /tenants/{}/orders/{}', '1 PUT /tenants/{}/orders/{}'])
  })

  it.each([
    ['a list', ['status'], /must be an object/],
    ['a text', 'declined', /must be an object/],
    ['nothing in it', {}, /nothing to change/],
  ])('is not changed by %s, for no call', async (_what, members, says) => {
    const { gateway, id } = await open()
    await using _gateway = gateway
    const { data } = await gateway.ask<Data>(UPDATE, { id, members })
    expect(data?.updateOrder).toEqual({
      order: null,
      errors: [{ code: 'BAD_USER_INPUT', message: expect.stringMatching(says) }],
    })
    expect(gateway.takeCalls()).toEqual([])
  })

  it('that is declined leaves its project as it is', async () => {
    const { gateway, id, projectId } = await open()
    await using _gateway = gateway
    const query = 'query ($id: ID!) { project(id: $id) { name order { auroraId status } } }'
    await gateway.ask(query, { id: projectId })
    gateway.takeCalls()
    await gateway.ask('mutation ($id: ID!) { declineOrder(id: $id) { errors { code } } }', { id })
    const { data } = await gateway.ask(query, { id: projectId })
    expect(data).toMatchObject({ project: { order: { auroraId: id, status: 'declined' } } })
    expect(gateway.takeCalls()).toEqual(['1 POST /tenants/{}/orders/{}/decline'])
  })
})
