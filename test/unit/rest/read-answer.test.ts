import { expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { isFollowed, itemsOf } from '../../../src/rest/answer.ts'
import { readAnswer } from '../../../src/rest/read-answer.ts'
import { buildCall } from '../../support/builders.ts'
import { haveSameLayout } from '../../support/same-layout.ts'

const FURTHER = buildCall({ endpoint: READS.listUsers, path: {}, query: { page: '2', per_page: '250' } })

function readBodyOf(body: object) {
  const bytes = Buffer.from(JSON.stringify(body))
  const read = readAnswer(FURTHER, { status: 200, bytes, parse: () => body })
  if (read === null) throw new Error('not the shape of the contract')
  return read
}

/** The items of a reply that has this body. */
const itemsIn = (body: object) => itemsOf({ ...readBodyOf(body), status: 200, bytes: 100, answeredAtMs: 0 })

it('that more follows one empty page is not taken for a word about another one', () => {
  expect(isFollowed(itemsIn({ users: null, has_more: true }))).toBe(true)
  expect(isFollowed(itemsIn({ users: null }))).toBe(false)
})

it('pages have one layout, so that V8 makes no hidden class for each of them', () => {
  expect(haveSameLayout(() => readBodyOf({ users: [{ id: 'u-1' }] }))).toBe(true)
})
