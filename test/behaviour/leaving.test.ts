// A client that leaves before its answer: no fault of the gateway, so no line at error and no count that fires an alert.
import { expect, it } from 'vitest'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'

it.each([
  '{ tenant { name } projects(first: 1) { nodes { owner { firstName } } } }',
  '{ nodeResult(id: "Project:p-1") { node { id ... on Project { name } } } }',
])('a client that leaves during %s is neither logged as a fault nor counted as one', async (query) => {
  const metrics = createMetrics({ operations: [], isWithProcess: false })
  await using gateway = await createTestGateway({ metrics })
  await using server = await serveOnLoopback(gateway)
  gateway.simulator.faults.set(/./, { latency: 60_000 })
  const leaver = new AbortController()
  const left = fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal: leaver.signal,
  }).catch((error: unknown) => error)
  await expect.poll(() => gateway.simulator.calls.length).toBeGreaterThan(0)
  leaver.abort()
  await left
  await expect.poll(() => gateway.logged.filter((line) => line.includes('isCutShort')).length).toBe(1)

  expect(gateway.logged.filter((line) => line.includes('failed inside the gateway'))).toEqual([])
  const { text } = await metrics.render()
  expect(text.split('\n').filter((line) => /INTERNAL_SERVER_ERROR"\} [1-9]/.test(line))).toEqual([])
})
