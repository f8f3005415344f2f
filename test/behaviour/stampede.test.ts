// P3: any number of clients that ask for the same at the same time cost one call.
import { describe, expect, it } from 'vitest'
import { createTestGateway } from '../support/test-gateway.ts'

const CLIENTS = 1000
const WITHIN_MS = 1000

describe('1,000 clients who ask for the same 20 cold projects within one second', () => {
  it('cost 20 calls and the list at most, and each client gets its answer', async () => {
    await using gateway = await createTestGateway({
      simulator: { latencyMs: 600 },
      // One process runs everything and may be busy for seconds with a thousand clients; the test is not about that.
      config: { rateLimit: 90, attemptTimeoutMs: 60_000, requestTimeoutMs: 60_000 },
    })
    const wanted = gateway.simulator.data.projects.filter((_one, index) => index % 30 === 0).slice(0, 20)
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Project { name } } }'
    const variables = { ids: wanted.map(({ id }) => `Project:${id}`) }
    const expected = JSON.stringify({ nodes: wanted.map(({ name }) => ({ name })) })
    const askAs = async (index: number): Promise<boolean> => {
      await new Promise((resolve) => setTimeout(resolve, (index / CLIENTS) * WITHIN_MS))
      const { data, errors } = await gateway.ask(query, variables)
      return errors === undefined && JSON.stringify(data) === expected
    }
    const answers = await Promise.all(Array.from({ length: CLIENTS }, (_one, index) => askAs(index)))
    expect(answers.filter((isRight) => !isRight)).toEqual([])
    expect(gateway.simulator.calls.length).toBeLessThanOrEqual(21)
    expect(gateway.simulator.refusals).toBe(0)
  }, 120_000)
})
