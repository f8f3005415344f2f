// What the headers of requests say is kept for those whose callers are known, and displaced by nobody else.
import { expect, it } from 'vitest'
import { createHeads } from '../../../src/http/heads.ts'

const fieldsOf = (prefer: string) => new Headers({ accept: 'application/json', prefer })

it('a combination keeps its name once its caller is known, whatever strangers send meanwhile', () => {
  const heads = createHeads()
  const own = heads.of('POST', fieldsOf('wait=1'))
  expect(own.isKept).toBe(false)
  heads.keep(own)
  for (let stranger = 0; stranger < 2000; stranger += 1) heads.of('POST', fieldsOf(`wait=${10 + stranger}`))
  expect(heads.of('POST', fieldsOf('wait=1'))).toBe(own)
  expect(own.isKept).toBe(true)
})

it('a combination that is too long for a usual client is never kept, and one that is displaced no longer', () => {
  const heads = createHeads()
  const long = heads.of('POST', fieldsOf('x'.repeat(3000)))
  heads.keep(long)
  expect(long.isKept).toBe(false)
  const first = heads.of('POST', fieldsOf('wait=1'))
  heads.keep(first)
  for (let other = 0; other < 2000; other += 1) heads.keep(heads.of('POST', fieldsOf(`wait=${10 + other}`)))
  expect(first.isKept).toBe(false)
})
