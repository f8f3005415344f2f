// Whatever part of an answer is in memory already, the answer is the same, and each call is made once.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { RecordedCall } from '../../src/simulator/ledger.ts'
import { examplesOf } from '../support/examples.ts'
import { createTestGateway } from '../support/test-gateway.ts'

const SCREEN = `{
  projects(first: 4) { nodes { id name owner { email } team { name } partner { name }
    designs { id name milestone { milestone } summary { systemSizeStc } pricing { systemPrice } financings { id } }
    consumptionProfile { id } agreements { id status } } }
  users { email }
}`

/** Each brings a part of the screen into the cache, and some bring what the screen does not show. */
const PARTS = [
  '{ projects(first: 2) { nodes { name } } }',
  '{ projects(first: 20) { nodes { consumptionProfile { id } } } }',
  '{ users { firstName } }',
  '{ projects(first: 1) { nodes { owner { email } team { name } } } }',
  '{ projects(first: 3) { nodes { designs { name } } } }',
  '{ projects(first: 2) { nodes { designs { summary { systemSizeStc } } } } }',
  '{ projects(first: 4) { nodes { designs { pricing { systemPrice } } } } }',
  '{ projects(first: 3) { nodes { agreements { id } partner { name } } } }',
  SCREEN,
]

const nameOf = ({ method, path, query }: RecordedCall): string =>
  `${method} ${path}?${new URLSearchParams(query).toString()}`

it('a cold, a half warm and a warm gateway give the same data, and no call is made twice', async () => {
  await using cold = await createTestGateway({ config: { answersMaxBytes: 0 } })
  const { data } = await cold.ask(SCREEN)
  const needed = cold.simulator.calls.map(nameOf)
  const { saved } = (await cold.ask(SCREEN)).extensions.upstream
  expect(saved.cache).toBeGreaterThanOrEqual(needed.length)
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(PARTS), async (parts) => {
      await using gateway = await createTestGateway({ config: { answersMaxBytes: 0 } })
      for (const part of parts) await gateway.ask(part)
      const before = gateway.simulator.calls.map(nameOf)

      const answer = await gateway.ask(SCREEN)

      const made = gateway.simulator.calls.map(nameOf).slice(before.length)
      expect(answer.data).toEqual(data)
      expect(made.toSorted()).toEqual(needed.filter((name) => !before.includes(name)).toSorted())
      expect(answer.extensions.upstream.calls).toBe(made.length)
      // What is in memory is counted: however it came there, another request for the same saves the same calls.
      const again = await gateway.ask(SCREEN)
      expect(again.data).toEqual(data)
      expect(again.extensions.upstream).toMatchObject({ calls: 0, saved })
    }),
    { numRuns: examplesOf(25) },
  )
})
