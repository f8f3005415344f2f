import { expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { isFollowed, itemsOf } from '../../../src/rest/answer.ts'
import { readAnswer } from '../../../src/rest/read-answer.ts'
import { buildCall } from '../../support/builders.ts'

const FURTHER = buildCall({ endpoint: READS.listUsers, path: {}, query: { page: '2', per_page: '250' } })

/** The items of a reply that has this body. */
function itemsIn(body: object) {
  const bytes = Buffer.from(JSON.stringify(body))
  const read = readAnswer(FURTHER, { status: 200, bytes, parse: () => body })
  if (read === null) throw new Error('not the shape of the contract')
  return itemsOf({ ...read, status: 200, bytes: bytes.length, answeredAtMs: 0 })
}

it('that more follows one empty page is not taken for a word about another one', () => {
  expect(isFollowed(itemsIn({ users: null, has_more: true }))).toBe(true)
  expect(isFollowed(itemsIn({ users: null }))).toBe(false)
})
