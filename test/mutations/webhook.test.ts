// Webhooks: their changes, events that this version does not know, and the secret of their header.
import { describe, expect, it } from 'vitest'
import { createTestGateway } from '../support/test-gateway.ts'

/** Stands nowhere but in what the test sends. */
const SECRET = 'hook-secret-5d1a'
const HOOK = { event: 'DESIGN_CREATED', urlTemplate: 'https://hooks.example.org/<DESIGN_ID>?kind=design' }
const WITH_HEADER = { ...HOOK, headerAuthKey: 'X-Token', headerAuthValue: SECRET }

const CREATE = `mutation ($input: CreateWebhookInput!) {
  createWebhook(input: $input) {
    webhook { auroraId event eventRaw urlTemplate headerAuthKey enabled filters }
    errors { code message outcome ... on UnprocessableError { messages } }
  }
}`
const UPDATE = `mutation ($id: ID!, $input: UpdateWebhookInput!) {
  updateWebhook(id: $id, input: $input) { webhook { auroraId event enabled } errors { code message outcome } }
}`
const LIST = '{ webhooks { auroraId eventRaw } }'
const LIST_CALL = '1 GET /tenants/{}/webhooks?page=1&per_page=250'

interface Payload {
  readonly webhook: Readonly<Record<string, unknown>> | null
  readonly errors: readonly { code: string; message: string; outcome: string; messages?: string[] }[]
}
interface Data {
  readonly createWebhook: Payload
  readonly updateWebhook: Payload
  readonly webhooks: readonly { auroraId: string; eventRaw: string }[]
}

describe('a webhook', () => {
  it('can be of an event that the gateway does not know, which goes in and comes out as it is', async () => {
    await using gateway = await createTestGateway()
    const input = { eventRaw: 'roof_painted', urlTemplate: HOOK.urlTemplate, filters: { STATUS: ['dry'] } }
    const { data } = await gateway.ask<Data>(CREATE, { input })
    expect(data?.createWebhook).toEqual({
      webhook: {
        auroraId: expect.any(String),
        event: 'UNRECOGNIZED',
        eventRaw: 'roof_painted',
        urlTemplate: HOOK.urlTemplate,
        headerAuthKey: null,
        enabled: true,
        // As they came: their inner names are Aurora's.
        filters: { STATUS: ['dry'] },
      },
      errors: [],
    })
  })

  it('can be moved to another event, of either kind', async () => {
    await using gateway = await createTestGateway()
    const id = gateway.simulator.data.webhooks[0]?.id ?? ''
    const move = async (input: object) =>
      (await gateway.ask<Data>(UPDATE, { id: `Webhook:${id}`, input })).data?.updateWebhook
    expect(await move({ event: 'ORDER_CREATED' })).toEqual({
      webhook: { auroraId: id, event: 'ORDER_CREATED', enabled: expect.any(Boolean) },
      errors: [],
    })
    expect(await move({ eventRaw: 'roof_painted' })).toMatchObject({ webhook: { event: 'UNRECOGNIZED' } })
  })

  it.each([
    ['an event in both forms', { ...HOOK, eventRaw: '' }, /not both/],
    ['a blank event', { eventRaw: ' ', urlTemplate: HOOK.urlTemplate }, /`eventRaw` is empty/],
    ['an address without its slashes', { ...HOOK, urlTemplate: 'https:hooks' }, /begins with/],
    ['an address with a space before it', { ...HOOK, urlTemplate: ` ${HOOK.urlTemplate}` }, /begins with/],
    ['an address on two lines', { ...HOOK, urlTemplate: 'https://hooks.example.org/a\nb' }, /begins with/],
    ['a path alone', { ...HOOK, urlTemplate: '/hooks/<DESIGN_ID>' }, /begins with/],
    ['a place that Aurora does not fill, as the host', { ...HOOK, urlTemplate: 'https://<x>/' }, /begins/],
    ['a header without a name', { ...HOOK, headerAuthValue: SECRET }, /belong together/],
    ['a header that begins another', { ...WITH_HEADER, headerAuthKey: 'X\r\nY' }, /name of a header/],
    [
      'a value that begins another header',
      { ...WITH_HEADER, headerAuthValue: `${SECRET}\r\nY: z` },
      /one line/,
    ],
  ])('is not made with %s, for no call', async (_what, input, says) => {
    await using gateway = await createTestGateway()
    const { data, text } = await gateway.ask<Data>(CREATE, { input })
    expect(data?.createWebhook).toEqual({
      webhook: null,
      errors: [{ code: 'BAD_USER_INPUT', outcome: 'NOT_DONE', message: expect.stringMatching(says) }],
    })
    expect(gateway.takeCalls()).toEqual([])
    expect(text).not.toContain(SECRET)
  })

  it('has its header changed as a whole', async () => {
    await using gateway = await createTestGateway()
    const id = gateway.simulator.data.webhooks[0]?.id ?? ''
    for (const input of [{ headerAuthValue: SECRET }, { headerAuthKey: 'X', headerAuthValue: null }]) {
      const { data } = await gateway.ask<Data>(UPDATE, { id, input })
      expect(data?.updateWebhook.errors[0]?.message).toMatch(/belong together/)
    }
    expect(gateway.takeCalls()).toEqual([])
  })

  it('is in the list that was empty before, and the last one leaves it empty', async () => {
    await using gateway = await createTestGateway()
    const remove = (id: string) =>
      gateway.ask(`mutation ($id: ID!) { deleteWebhook(id: $id) { errors { code } } }`, { id })
    for (const { id } of gateway.simulator.data.webhooks) await remove(id)
    expect((await gateway.ask<Data>(LIST)).data?.webhooks).toEqual([])
    gateway.takeCalls()

    await gateway.ask(CREATE, { input: HOOK })
    gateway.takeCalls()
    const [made, ...others] = (await gateway.ask<Data>(LIST)).data?.webhooks ?? []
    expect([made?.eventRaw, others]).toEqual(['design_created', []])
    expect(gateway.takeCalls()).toEqual([LIST_CALL])

    await remove(made?.auroraId ?? '')
    expect((await gateway.ask<Data>(LIST)).data?.webhooks).toEqual([])
  })

  it('is refused by Aurora where its event has five already', async () => {
    await using gateway = await createTestGateway()
    let last: Payload | undefined
    for (let count = 0; count <= 5; count += 1)
      last = (await gateway.ask<Data>(CREATE, { input: HOOK })).data?.createWebhook
    expect(last?.errors).toEqual([
      expect.objectContaining({
        code: 'UNPROCESSABLE',
        messages: [expect.stringContaining('subscriptions')],
      }),
    ])
  })

  it('that is gone takes the list with it, which has shown it', async () => {
    await using gateway = await createTestGateway()
    await gateway.ask(LIST)
    gateway.takeCalls()
    const { data } = await gateway.ask<Data>(UPDATE, { id: 'gone', input: { enabled: true } })
    expect(data?.updateWebhook.errors).toEqual([expect.objectContaining({ code: 'NOT_FOUND' })])
    gateway.takeCalls()
    await gateway.ask(LIST)
    expect(gateway.takeCalls()).toEqual([LIST_CALL])
  })
})

describe('the secret of a webhook', () => {
  it('comes out nowhere: not with what was made, nor with what is read of it, nor in the log', async () => {
    await using gateway = await createTestGateway()
    const made = await gateway.ask<Data>(CREATE, { input: WITH_HEADER })
    expect(made.data?.createWebhook.webhook).toMatchObject({ headerAuthKey: 'X-Token' })
    const read = await gateway.ask('{ webhooks { auroraId headerAuthKey urlTemplate filters } }')
    gateway.simulator.faults.set('/webhooks', 'not-json')
    const lost = await gateway.ask(CREATE, { input: WITH_HEADER })
    expect([made.text, read.text, lost.text, ...gateway.logged].join('\n')).not.toContain(SECRET)
  })

  it.each([
    ['in a list', { ...WITH_HEADER, headerAuthValue: [SECRET] }],
    ['in an object', { ...WITH_HEADER, headerAuthValue: { is: SECRET } }],
    ['beside a member that there is not', { ...WITH_HEADER, event_type: 'x' }],
    ['without an address', { headerAuthKey: 'X', headerAuthValue: SECRET }],
  ])('is not quoted where it was sent in a wrong form: %s', async (_what, input) => {
    await using gateway = await createTestGateway()
    const { errors, text } = await gateway.ask(CREATE, { input })
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringMatching(/\w/) })])
    expect(text).not.toContain(SECRET)
  })

  it('is not quoted from the document either', async () => {
    await using gateway = await createTestGateway()
    const { errors, text } = await gateway.ask(`mutation {
      createWebhook(input: { event: DESIGN_CREATED, urlTemplate: "https://a.example", headerAuthValue: ["${SECRET}"] }) {
        errors { code }
      }
    }`)
    expect(errors?.map(({ message }) => message)).toEqual(['String cannot represent a non string value.'])
    expect(text).not.toContain(SECRET)
  })
})
