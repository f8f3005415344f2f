// `Cache-Control: only-if-cached`: cached answers are served, the rest is refused, and no call is spent.
import { expect, it } from 'vitest'
import { createTestGateway } from '../support/test-gateway.ts'

it('serves cached answers and refuses the rest with NOT_CACHED, without a call', async () => {
  await using gateway = await createTestGateway()
  await gateway.ask('{ projects(first: 2) { nodes { name } } }')
  gateway.takeCalls()
  const response = await gateway.handle(
    new Request('http://gateway.test/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'cache-control': 'max-age=60, Only-If-Cached' },
      body: JSON.stringify({ query: '{ projects(first: 2) { nodes { auroraId } } tenant { name } }' }),
    }),
  )
  const { data, errors } = (await response.json()) as { data: unknown; errors: unknown }
  expect(data).toEqual({
    projects: { nodes: gateway.simulator.data.projects.slice(0, 2).map(({ id }) => ({ auroraId: id })) },
    tenant: null,
  })
  expect(errors).toMatchObject([{ path: ['tenant'], extensions: { code: 'NOT_CACHED' } }])
  expect(gateway.takeCalls()).toEqual([])
})
