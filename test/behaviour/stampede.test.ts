// P3: however many want the same at the same time, it is asked for once.
import { describe, expect, it } from 'vitest'
import { createTestGateway } from '../support/test-gateway.ts'

const CLIENTS = 1000
const WITHIN_MS = 1000

describe('1,000 clients who ask for the same 20 cold projects within one second', () => {
  it.each([
    ['each for one of them', 1],
    ['each for all of them', 20],
  ])(
    'cost 20 calls and the list at the most: %s',
    async (_, count) => {
      await using gateway = await createTestGateway({
        simulator: { latencyMs: 600 },
        // All of this is one process, which may be busy for seconds with a thousand clients: that is not what is tested.
        config: { rateLimit: 90, attemptTimeoutMs: 60_000, requestTimeoutMs: 60_000 },
      })
      const wanted = gateway.simulator.data.projects
        .filter((_project, index) => index % 30 === 0)
        .slice(0, 20)
      const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Project { auroraId name } } }'
      const askAs = async (index: number) => {
        await new Promise((resolve) => setTimeout(resolve, (index / CLIENTS) * WITHIN_MS))
        const mine = Array.from({ length: count }, (_one, nth) => wanted[(index + nth) % wanted.length])
        const { data, errors } = await gateway.ask(query, { ids: mine.map((one) => `Project:${one?.id}`) })
        const isRight =
          JSON.stringify(data) ===
          JSON.stringify({ nodes: mine.map((one) => ({ auroraId: one?.id, name: one?.name })) })
        return errors === undefined && isRight
      }
      const answers = await Promise.all(Array.from({ length: CLIENTS }, (_one, index) => askAs(index)))
      expect(answers.filter((isRight) => !isRight)).toEqual([])
      expect(gateway.simulator.calls.length).toBeLessThanOrEqual(21)
      expect(gateway.simulator.refusals).toBe(0)
    },
    30_000,
  )
})
