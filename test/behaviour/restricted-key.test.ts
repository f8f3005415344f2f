// Objects that a key may not read are null with FORBIDDEN, and cost no call for a while. Secrets are never shown.
import { expect, it } from 'vitest'
import { SECRET_CANARY } from '../../src/simulator/connection-data.ts'
import { UPSTREAM_CANARY } from '../../src/simulator/faults.ts'
import { createTestGateway } from '../support/test-gateway.ts'

it('a resource that is not provisioned is null with FORBIDDEN, and its repeat costs no call', async () => {
  await using gateway = await createTestGateway({
    simulator: { forbidden: ['listAgreements', 'retrieveSsoProvider'] },
  })
  const query = '{ projects(first: 3) { nodes { name agreements { status } } } ssoProvider { authUri } }'
  const { data, errors } = await gateway.ask(query)
  expect(JSON.stringify(data)).toMatch(/"agreements":null.*"ssoProvider":null/)
  expect(errors?.map(({ path, extensions }) => [path?.at(-1), extensions.code]).toSorted()).toEqual([
    ['agreements', 'FORBIDDEN'],
    ['agreements', 'FORBIDDEN'],
    ['agreements', 'FORBIDDEN'],
    ['ssoProvider', 'FORBIDDEN'],
  ])
  expect(gateway.takeCalls()).toHaveLength(3)
  const again = await gateway.ask(query)
  expect(again.errors).toHaveLength(4)
  expect(gateway.takeCalls()).toEqual([])
})

it('secrets of webhooks and of single sign-on have no field, and no answer contains them', async () => {
  await using gateway = await createTestGateway()
  const query = `{
    webhooks { id auroraId event urlTemplate description enabled headerAuthKey }
    ssoProvider { authUri tokenUri openidKey openidDiscoveryDocUrl }
  }`
  const answer = await gateway.ask(query)
  expect(answer.errors).toBeUndefined()
  for (const canary of [SECRET_CANARY, UPSTREAM_CANARY]) expect(answer.text).not.toContain(canary)
  const refused = await gateway.ask('{ webhooks { headerAuthValue } ssoProvider { openidSecret } }')
  expect(refused.errors?.map(({ extensions }) => extensions.code)).toEqual([
    'GRAPHQL_VALIDATION_FAILED',
    'GRAPHQL_VALIDATION_FAILED',
  ])
})
