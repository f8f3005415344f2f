// A client that leaves before its answer: no fault of the gateway, so no line at error and no count that fires an alert.
import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'
import { waitUntil } from '../support/wait-until.ts'

const ask = (url: string, query: string, signal: AbortSignal): Promise<unknown> =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal,
  }).catch((error: unknown) => error)

it.each([
  '{ tenant { name } projects(first: 1) { nodes { owner { firstName } } } }',
  '{ nodeResult(id: "Project:p-1") { node { id ... on Project { name } } } }',
])('a client that leaves during %s is neither logged as a fault nor counted as one', async (query) => {
  const metrics = createMetrics({ operations: [], isWithProcess: false })
  await using gateway = await createTestGateway({ metrics })
  await using server = await serveOnLoopback(gateway)
  gateway.simulator.faults.set(/./, { latency: 60_000 })
  const leaver = new AbortController()
  const left = ask(server.url, query, leaver.signal)
  await expect.poll(() => gateway.simulator.calls.length).toBeGreaterThan(0)
  leaver.abort()
  await left
  await expect.poll(() => gateway.logged.filter((line) => line.includes('isCutShort')).length).toBe(1)

  expect(gateway.logged.filter((line) => line.includes('failed inside the gateway'))).toEqual([])
  const { text } = await metrics.render()
  expect(text.split('\n').filter((line) => /INTERNAL_SERVER_ERROR"\} [1-9]/.test(line))).toEqual([])
})

/** More turns of the event loop than such a request has from its first byte on. */
const TURNS = 60

it('a request whose client leaves in any turn of its execution ends, so that its place is free again', async () => {
  await using gateway = await createTestGateway()
  await gateway.ask('{ projects(first: 250) { nodes { id } } }')
  const { handlePlain } = gateway.gateway
  let begun = 0
  let ended = 0
  await using server = await serveOnLoopback(gateway, {
    async handlePlain(...request) {
      begun += 1
      try {
        return await handlePlain(...request)
      } finally {
        ended += 1
      }
    },
  })
  for (let turns = 0; turns < TURNS; turns += 1) {
    const leaver = new AbortController()
    // The look-up by id waits until the list that is executed in turns is whole.
    const query = `{
      list: projects(first: 250) { nodes { id name status projectType createdAt tags externalProviderId } }
      one: project(id: "${randomUUID()}") { name status }
    }`
    const left = ask(server.url, query, leaver.signal)
    for (let turn = 0; turn < turns; turn += 1) await nextTurn()
    leaver.abort()
    await left
  }
  expect(begun).toBeGreaterThan(0)
  await waitUntil(() => ended === begun)
})
