// What is shown where Aurora, or a proxy before it, answers with 206: a part of what was asked for.
import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import { createTestGateway } from '../support/test-gateway.ts'
import { listenLocally } from '../support/local-server.ts'

/** Its list of users has three of them; as often as `parts` says, it answers with the first one alone. */
async function openAurora(parts: number) {
  let left = parts
  let calls = 0
  const server = createServer((_, response) => {
    calls += 1
    const isPart = left > 0
    left -= 1
    const users = [{ id: 'u1' }, { id: 'u2' }, { id: 'u3' }].slice(0, isPart ? 1 : 3)
    response.writeHead(isPart ? 206 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ users }))
  })
  const local = await listenLocally(server)
  return {
    url: local.url,
    calls: () => calls,
    async [Symbol.asyncDispose]() {
      await local[Symbol.asyncDispose]()
    },
  }
}

const USERS = '{ users { auroraId } }'

it('a part of a list is asked for again, and the whole list is shown', async () => {
  await using aurora = await openAurora(1)
  await using gateway = await createTestGateway({ baseUrl: aurora.url })

  const { data, errors } = await gateway.ask<{ users: unknown[] }>(USERS)

  expect(errors).toBe(undefined)
  expect(data?.users).toHaveLength(3)
  expect(aurora.calls()).toBe(2)
})

it('a list of which only a part comes is an error, and is not cached', async () => {
  await using aurora = await openAurora(Infinity)
  await using gateway = await createTestGateway({ baseUrl: aurora.url })

  const { data, errors } = await gateway.ask(USERS)
  const calls = aurora.calls()
  await gateway.ask(USERS)

  expect(data).toEqual({ users: null })
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UPSTREAM_INVALID'])
  expect(aurora.calls()).toBeGreaterThan(calls)
})
