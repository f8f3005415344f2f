// A connection may be open for hours, or take its answer slowly: what its request has read is not held in memory for as long.
import { expect, it } from 'vitest'
import type { RequestRecord } from '../../src/telemetry/request-record.ts'
import { nth } from '../support/builders.ts'
import { countHeldBytes } from '../support/memory.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'

const COUNT = 20
/** Its tree takes more than 200 KB. */
const FIELDS = 'name '.repeat(450)

it.each([
  ['an ordinary request', { isByYoga: false, accept: 'application/json', operation: 'query' }],
  ['a request that Yoga executes', { isByYoga: true, accept: 'application/json', operation: 'query' }],
  ['a stream', { isByYoga: false, accept: 'text/event-stream', operation: 'subscription' }],
] as const)('%s holds no document when it is answered', async (_what, { isByYoga, accept, operation }) => {
  await using gateway = await createTestGateway()
  const { handle, handlePlain } = gateway.gateway
  // What the server keeps of a request until its connection has taken the answer.
  const records: RequestRecord[] = []
  await using server = await serveOnLoopback(gateway, {
    handle(request, caller, record, onRepeatable) {
      records.push(record)
      return handle(request, caller, record, onRepeatable)
    },
    handlePlain: isByYoga
      ? null
      : (request, caller, record, onRepeatable) => {
          records.push(record)
          return handlePlain(request, caller, record, onRepeatable)
        },
  })
  const { id } = nth(gateway.simulator.data.projects, 0)
  const field = operation === 'query' ? `project(id: "${id}")` : 'projectChanged(id: "nothing-here")'
  for (let number = 0; number < COUNT; number += 1) {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify({ query: `${operation} Number${number} { ${field} { ${FIELDS} } }` }),
    })
    expect(await response.text()).toContain(operation === 'query' ? '"name"' : 'NOT_FOUND')
  }
  expect(records).toHaveLength(COUNT)
  // The first collection lets go of what only the second one frees.
  countHeldBytes()
  const withRecords = countHeldBytes()
  records.length = 0
  expect((withRecords - countHeldBytes()) / COUNT).toBeLessThan(100_000)
})
