// A document is refused by its size before anything reads it.
import { expect, it } from 'vitest'
import { createTestGateway } from '../support/test-gateway.ts'

it('of more than 16 KB is refused with QUERY_REJECTED, its limit and its size', async () => {
  await using gateway = await createTestGateway()
  const query = `{ tenant { ${'name '.repeat(4000)} } }`
  const answer = await gateway.ask(query)
  expect(answer.httpStatus).toBe(400)
  expect(answer.data).toBeUndefined()
  expect(answer.errors?.[0]?.extensions).toEqual({
    code: 'QUERY_REJECTED',
    limit: 16_384,
    actual: query.length,
  })
  expect(answer.extensions.upstream.calls).toBe(0)
})
