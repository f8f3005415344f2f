// Ids of requests are random UUIDs of version 4, each different from all others.
import { randomFillSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { createNewId } from '../../../src/http/new-id.ts'

it('each id is another UUID of version 4', () => {
  const newId = createNewId()
  const ids = Array.from({ length: 1000 }, newId)
  for (const id of ids) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
  expect(new Set(ids).size).toBe(1000)
})

it('an id has all random bits in their order, but for version and variant', () => {
  const filled: Uint8Array[] = []
  const newId = createNewId((bytes) => {
    randomFillSync(bytes)
    filled.push(Uint8Array.from(bytes))
  })
  const ids = Array.from({ length: 300 }, newId)
  const pools = Buffer.concat(filled)
  for (const [index, id] of ids.entries()) {
    const bytes = Buffer.from(id.replaceAll('-', ''), 'hex')
    const given = Buffer.from(pools.subarray(index * 16, index * 16 + 16))
    given[6] = ((given[6] ?? 0) & 0x0f) | 0x40
    given[8] = ((given[8] ?? 0) & 0x3f) | 0x80
    expect(bytes).toEqual(given)
  }
})
