// Which posted bodies may ask for a stream: whoever names streams in Accept sends ordinary queries, too.
import { expect, it } from 'vitest'
import { mayBeStreamed } from '../../../src/graphql/streamed-operation.ts'

const posted = (body: string): boolean => mayBeStreamed({ method: 'POST', body: Buffer.from(body) })

it.each([
  '{"query":"query @live { tenant { name } }"}',
  '{"query":"query @ live { tenant { name } }"}',
  String.raw`{"query":"query @l\u0069ve { tenant { name } }"}`,
  '{"query":"subscription { changes(kinds: [PROJECT]) { ids } }"}',
  '{"documentId":"board"}',
  '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"0"}}}',
])('%s may', (body) => {
  expect(posted(body)).toBe(true)
})

it('an ordinary query does not, and an address is read', () => {
  expect(posted('{"query":"{ tenant { name } }","variables":{"id":"p-1"}}')).toBe(false)
  expect(mayBeStreamed({ method: 'GET', body: new Uint8Array() })).toBe(true)
})
