// Where a design may lack an object, Aurora may answer 404, or null in the place of the object.
import { expect, it } from 'vitest'
import { createSimulator, DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'
import { openRewritingProxy } from '../support/rewriting-proxy.ts'
import { createTestGateway } from '../support/test-gateway.ts'

it('a null in the place of an object that may be absent is no error, and is cached', async () => {
  const simulator = createSimulator({ limit: Infinity })
  const { url } = await simulator.listen()
  await using proxy = await openRewritingProxy(url, { authorization: `Bearer ${DEFAULT_TOKEN}` })
  await using gateway = await createTestGateway({ baseUrl: proxy.url })
  const { projects, designsOf, proposal } = simulator.data
  const designs = projects.slice(0, 50).flatMap(({ id }) => [...designsOf(id)])
  const id = designs.find(({ design }) => proposal(design.id))?.design.id
  proxy.setRewrite((body, place) => {
    if (place.endsWith('/pricing')) return { pricing: null }
    return place.endsWith('/proposals/default') ? { proposal: null } : body
  })
  const ask = () =>
    gateway.ask('query ($id: ID!) { design(id: $id) { proposal { id } pricing { systemPrice } } }', { id })

  const first = await ask()
  const second = await ask()

  expect(first).not.toHaveProperty('errors')
  expect(first.data).toEqual({ design: { proposal: null, pricing: null } })
  expect(first.extensions.upstream.calls).toBe(3)
  expect(second.data).toEqual(first.data)
  expect(second.extensions.upstream.calls).toBe(0)
  await simulator.close()
})
