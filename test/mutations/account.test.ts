// Users, webhooks, single sign-on and orders, changed.
import { expect, it } from 'vitest'
import { SECRET_CANARY } from '../../src/simulator/connection-data.ts'
import { describeMutation } from '../support/describe-mutation.ts'
import { createTestGateway } from '../support/test-gateway.ts'

const USERS = '{ users { auroraId email firstName accountStatus } }'
const USERS_CALL = '1 GET /tenants/{}/users?page=1&per_page=250'
const PROJECTS = '{ projects(first: 1) { nodes { name } } }'
const NEW_USER = { email: 'new@example.org', firstName: 'Noor', lastName: 'Newcomer' }

for (const [name, path] of [
  ['createUser', 'users'],
  ['inviteUser', 'users/invite'],
] as const)
  describeMutation({
    name,
    document: `mutation ($input: CreateUserInput!) {
      ${name}(input: $input) { user { auroraId email firstName } errors $ERRORS }
    }`,
    ids: (data) => ({ roleId: data.roles[0]?.id ?? '', email: data.users[0]?.email ?? '' }),
    variables: ({ roleId }) => ({ input: { ...NEW_USER, roleId: `Role:${roleId}`, phone: null } }),
    call: `1 POST /tenants/{}/${path}`,
    shows: ({ user }) => expect(user).toMatchObject({ email: NEW_USER.email, firstName: 'Noor' }),
    reads: [
      {
        query: USERS,
        callsAfter: [USERS_CALL],
        shows: ({ users }) => expect(users[0].email).toBe(NEW_USER.email),
      },
      { query: PROJECTS, callsAfter: [] },
    ],
    bad: [
      { variables: () => ({ input: { ...NEW_USER, email: 'nobody' } }), says: /`email` must be/ },
      { variables: () => ({ input: { ...NEW_USER, firstName: ' ' } }), says: /`firstName` is empty/ },
      { variables: () => ({ input: { ...NEW_USER, teamIds: ['Role:1'] } }), says: /not one of a Team/ },
    ],
    refused: {
      variables: ({ email }) => ({ input: { ...NEW_USER, email } }),
      messages: /already been taken/,
    },
  })

describeMutation({
  name: 'updateUser',
  document: `mutation ($id: ID!, $input: UpdateUserInput!) {
    updateUser(id: $id, input: $input) { user { auroraId title } errors $ERRORS }
  }`,
  ids: (data) => ({ id: data.users[2]?.id ?? '', otherId: data.users[3]?.id ?? '' }),
  variables: ({ id }) => ({ id, input: { title: 'Lead' } }),
  call: '1 PUT /tenants/{}/users/{}',
  shows: ({ user }, { id }) => expect(user).toEqual({ auroraId: id, title: 'Lead' }),
  reads: [
    {
      query: 'query ($id: ID!) { user(id: $id) { title } }',
      variables: ({ id }) => ({ id }),
      callsAfter: [],
      isShown: true,
      shows: ({ user }) => expect(user.title).toBe('Lead'),
    },
    {
      query: 'query ($id: ID!) { user(id: $id) { title } }',
      variables: ({ otherId }) => ({ id: otherId }),
      callsAfter: [],
    },
    { query: USERS, callsAfter: [USERS_CALL] },
  ],
  bad: [
    { variables: ({ id }) => ({ id, input: {} }), says: /nothing to change/ },
    { variables: ({ id }) => ({ id, input: { email: 'x' } }), says: /`email`/ },
  ],
  refused: { variables: ({ id }) => ({ id, input: { title: null } }), messages: /title must be a string/ },
})

const WEBHOOKS = '{ webhooks { auroraId event enabled } }'
const WEBHOOKS_CALL = '1 GET /tenants/{}/webhooks?page=1&per_page=250'
const HOOK = { event: 'DESIGN_CREATED', urlTemplate: 'https://hooks.example.org/?design=<DESIGN_ID>' }

describeMutation({
  name: 'createWebhook',
  document: `mutation ($input: CreateWebhookInput!) {
    createWebhook(input: $input) { webhook { auroraId event urlTemplate headerAuthKey } errors $ERRORS }
  }`,
  ids: () => ({}),
  variables: () => ({ input: { ...HOOK, headerAuthKey: 'X-Token', headerAuthValue: 'secret' } }),
  call: '1 POST /tenants/{}/webhooks',
  shows: ({ webhook }) => {
    expect(webhook).toMatchObject({ ...HOOK, headerAuthKey: 'X-Token' })
    expect(JSON.stringify(webhook)).not.toContain('secret')
  },
  reads: [
    {
      query: WEBHOOKS,
      callsAfter: [WEBHOOKS_CALL],
      shows: ({ webhooks }) => expect(webhooks[0].event).toBe('DESIGN_CREATED'),
    },
    { query: USERS, callsAfter: [] },
  ],
  bad: [
    { variables: () => ({ input: { urlTemplate: HOOK.urlTemplate } }), says: /needs an `event`/ },
    { variables: () => ({ input: { ...HOOK, eventRaw: 'x' } }), says: /not both/ },
    { variables: () => ({ input: { ...HOOK, event: 'UNRECOGNIZED' } }), says: /no event/ },
    { variables: () => ({ input: { ...HOOK, urlTemplate: 'ftp://a' } }), says: /`urlTemplate` must be/ },
    { variables: () => ({ input: { ...HOOK, headerAuthKey: 'X' } }), says: /belong together/ },
  ],
  refused: {
    variables: () => ({
      input: {
        ...HOOK,
        description: 'x',
        urlTemplate: `https://a/${'x'.repeat(300)}`,
        headerAuthKey: 'k'.repeat(300),
        headerAuthValue: 'v',
      },
    }),
    messages: /header_auth_key/,
  },
})

describeMutation({
  name: 'updateWebhook',
  document: `mutation ($id: ID!, $input: UpdateWebhookInput!) {
    updateWebhook(id: $id, input: $input) { webhook { auroraId enabled } errors $ERRORS }
  }`,
  ids: (data) => ({ id: data.webhooks[0]?.id ?? '' }),
  variables: ({ id }) => ({ id, input: { enabled: false } }),
  call: '1 PUT /tenants/{}/webhooks/{}',
  shows: ({ webhook }) => expect(webhook.enabled).toBe(false),
  reads: [
    {
      query: 'query ($id: ID!) { webhook(id: $id) { enabled description } }',
      variables: ({ id }) => ({ id }),
      callsAfter: [],
      isShown: true,
    },
    { query: WEBHOOKS, callsAfter: [WEBHOOKS_CALL] },
  ],
  bad: [{ variables: ({ id }) => ({ id, input: {} }), says: /nothing to change/ }],
  refused: { variables: ({ id }) => ({ id, input: { description: null } }), messages: /description/ },
})

describeMutation({
  name: 'deleteWebhook',
  document: 'mutation ($id: ID!) { deleteWebhook(id: $id) { deletedWebhookId errors $ERRORS } }',
  ids: (data) => ({ id: data.webhooks[0]?.id ?? '' }),
  variables: ({ id }) => ({ id: `Webhook:${id}` }),
  call: '1 DELETE /tenants/{}/webhooks/{}',
  shows: ({ deletedWebhookId }, { id }) => expect(deletedWebhookId).toBe(id),
  reads: [
    {
      query: WEBHOOKS,
      callsAfter: [WEBHOOKS_CALL],
      shows: ({ webhooks }, { id }) =>
        expect(webhooks.map(({ auroraId }: { auroraId: string }) => auroraId)).not.toContain(id),
    },
  ],
  bad: [{ variables: () => ({ id: 'User:1' }), says: /not one of a Webhook/ }],
})

const SSO = {
  authUri: 'https://login.example.org/a',
  tokenUri: 'https://login.example.org/t',
  openidKey: 'key',
  openidSecret: SECRET_CANARY,
  openidDiscoveryDocUrl: 'https://login.example.org/.well-known/openid-configuration',
}

describeMutation({
  name: 'createSsoProvider',
  document: `mutation ($input: CreateSsoProviderInput!) {
    createSsoProvider(input: $input) { ssoProvider { authUri openidKey } errors $ERRORS }
  }`,
  ids: () => ({}),
  variables: () => ({ input: SSO }),
  call: '1 POST /tenants/{}/sso_provider',
  shows: ({ ssoProvider }) => expect(ssoProvider).toEqual({ authUri: SSO.authUri, openidKey: 'key' }),
  reads: [
    {
      query: '{ ssoProvider { openidKey } }',
      callsAfter: [],
      isShown: true,
      shows: (data) => expect(data.ssoProvider.openidKey).toBe('key'),
    },
    { query: '{ tenant { name } }', callsAfter: [] },
  ],
  bad: [
    {
      variables: () => ({ input: { ...SSO, authUri: 'http://plain.example.org' } }),
      says: /`authUri` must be/,
    },
    { variables: () => ({ input: { ...SSO, openidSecret: ' ' } }), says: /are needed/ },
  ],
  refused: {
    variables: () => ({ input: { ...SSO, openidDiscoveryDocUrl: 'https://login.example.org/other' } }),
    messages: /jwks_uri/,
  },
})

const ORDER = 'query ($id: ID!) { order(id: $id) { status } }'

describeMutation({
  name: 'updateOrder',
  document: `mutation ($id: ID!, $members: JSON!) {
    updateOrder(id: $id, members: $members) { order { auroraId status } errors $ERRORS }
  }`,
  ids: (data) => ({ id: data.projects.find(({ order_id: id }) => id)?.order_id ?? '' }),
  variables: ({ id }) => ({ id, members: { status: 'on_hold' } }),
  call: '1 PUT /tenants/{}/orders/{}',
  shows: ({ order }) => expect(order.status).toBe('on_hold'),
  reads: [{ query: ORDER, variables: ({ id }) => ({ id }), callsAfter: [], isShown: true }],
  bad: [
    { variables: ({ id }) => ({ id, members: [] }), says: /`members` must be an object/ },
    { variables: ({ id }) => ({ id, members: {} }), says: /nothing to change/ },
  ],
  refused: { variables: ({ id }) => ({ id, members: { status: 3 } }), messages: /status must be a string/ },
})

describeMutation({
  name: 'declineOrder',
  document: 'mutation ($id: ID!) { declineOrder(id: $id) { order { status } errors $ERRORS } }',
  ids: (data) => ({ id: data.projects.find(({ order_id: id }) => id)?.order_id ?? '' }),
  variables: ({ id }) => ({ id }),
  call: '1 POST /tenants/{}/orders/{}/decline',
  shows: ({ order }) => expect(order.status).toBe('declined'),
  reads: [{ query: ORDER, variables: ({ id }) => ({ id }), callsAfter: [], isShown: true }],
  bad: [{ variables: () => ({ id: '%2e%2e' }), says: /An id is/ }],
})

it('what Aurora refuses for its own reasons is data with its code, and leaves what is cached', async () => {
  await using gateway = await createTestGateway()
  const id = gateway.simulator.data.projects.find(({ order_id: order }) => order)?.order_id ?? ''
  const decline = () =>
    gateway.ask<{ declineOrder: object }>(
      `mutation ($id: ID!) { declineOrder(id: $id) { errors { __typename code status outcome } } }`,
      { id },
    )
  await decline()
  expect((await decline()).data?.declineOrder).toEqual({
    errors: [{ __typename: 'UnprocessableError', code: 'UNPROCESSABLE', status: 422, outcome: 'NOT_DONE' }],
  })
  gateway.simulator.setForbidden(['declineOrder'])
  expect((await decline()).data?.declineOrder).toEqual({
    errors: [{ __typename: 'ForbiddenError', code: 'FORBIDDEN', status: 403, outcome: 'NOT_DONE' }],
  })
  gateway.simulator.faults.set('/decline', { status: 503 })
  expect((await decline()).data?.declineOrder).toEqual({
    errors: [{ __typename: 'UpstreamError', code: 'UPSTREAM_ERROR', status: 503, outcome: 'UNKNOWN' }],
  })
})
