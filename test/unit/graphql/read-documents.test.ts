// What is remembered of the texts of documents, and what is not displaced by whom.
import { describe, expect, it } from 'vitest'
import { FIXED_LIMITS } from '../../../src/graphql/limits/query-limits.ts'
import { createReadDocuments } from '../../../src/graphql/read-documents.ts'
import { schema } from '../../../src/graphql/schema.ts'
import { countHeldBytes } from '../../support/memory.ts'

const limits = { ...FIXED_LIMITS, tokens: 20, depth: 3, fields: 10, aliases: 2 }
const openFor = () => createReadDocuments({ schema, limits, hasIntrospection: false })

/** Each read is a request of its own. */
function open() {
  const { read } = openFor()
  return { read: (text: string, caller: string, scope = 't') => read(text, { scope, caller }) }
}

/** Nearly 16 KB, of which each takes more than a megabyte of the memory. */
const large = (nr: number): string => `{ __typename } #${nr} ${'x'.repeat(15_000)}`

describe('a document', () => {
  it('is remembered from its second request on, with its errors', () => {
    const documents = open()
    const [first, second, third] = [1, 2, 3].map(() => documents.read('{ tenant { nothing } }', 'a'))
    for (const read of [first, second])
      expect(read?.errors.map(({ message }) => message)).toEqual([
        'Cannot query field "nothing" on type "Tenant".',
      ])
    expect([first?.isNew, second?.isNew]).toEqual([true, false])
    expect(second).not.toBe(first)
    expect(third).toBe(second)
    expect(documents.read('{ tenant { name } }', 'a').errors).toEqual([])
  })

  it('that was sent once is not kept in memory', async () => {
    const { read } = openFor()
    const document = new WeakRef(read('{ tenant { name } }', { scope: 't', caller: 'a' }).document)
    for (let round = 0; round < 50 && document.deref(); round += 1) {
      await new Promise((end) => setImmediate(end))
      // It collects garbage.
      countHeldBytes()
    }
    expect(document.deref()).toBeUndefined()
    expect(read('{ tenant { name } }', { scope: 't', caller: 'a' }).isNew).toBe(false)
  })

  it('that was sent once is not kept for a request that will not read again, however long that lasts', () => {
    const { read, forget } = openFor()
    const request = { scope: 't', caller: 'a' }
    const reads = [1, 2].map(() => read('{ tenant { name } }', request))
    expect(reads[1]).toBe(reads[0])
    forget(request)
    expect(read('{ tenant { name } }', request).isNew).toBe(false)
  })

  it.each([
    ['{ tenant { name }', 'Syntax Error: Expected Name, found <EOF>.'],
    [`{ ${'a '.repeat(30)} }`, 'A document may have 20 tokens.'],
    [`{ ${'a '.repeat(30)} ] }`, 'A document may have 20 tokens.'],
    ['{ a ] }', 'Syntax Error: Expected Name, found "]".'],
  ])('that cannot be read, such as %s, fails with one error from its second request on', (text, message) => {
    const documents = open()
    const errors = [1, 2, 3].map(() => {
      try {
        return documents.read(text, 'a')
      } catch (error) {
        return error
      }
    })
    expect(errors[0]).toMatchObject({ message })
    expect(errors[1]).toMatchObject({ message })
    expect(errors[2]).toBe(errors[1])
  })

  it('of exactly as many tokens as are allowed is read', () => {
    expect(open().read(`{ ${'__typename '.repeat(18)}}`, 'a').document.kind).toBe('Document')
    expect(() => open().read(`{ ${'__typename '.repeat(19)}}`, 'a')).toThrow('A document may have 20 tokens.')
  })

  it.each([
    ['{ a: __typename b: __typename c: __typename nothing }', 'An operation may have 2 aliases.'],
    ['{ __schema { types { name } } }', 'GraphQL introspection has been disabled'],
  ])('such as %s is refused', (text, message) => {
    const { errors } = open().read(text, 'a')
    expect(errors[0]?.message).toContain(message)
  })
})

describe('the memory of documents', () => {
  it('keeps what was asked for again, whatever is sent once', () => {
    const documents = open()
    documents.read('{ tenant { name } }', 'a')
    const known = documents.read('{ tenant { name } }', 'a')
    for (let nr = 0; nr < 100; nr += 1) documents.read(large(nr), 'a')
    expect(documents.read('{ tenant { name } }', 'a')).toBe(known)
  })

  it.each([
    ['wrong', (nr: number) => `{ nothing } #${nr} ${'x'.repeat(15_000)}`],
    ['not to be parsed', (nr: number) => `{ __typename #${nr} ${'x'.repeat(15_000)}`],
  ])('keeps it, too, where each request reads its text twice because it is %s', (_, text) => {
    const documents = openFor()
    const known = [1, 2].map(() => documents.read('{ tenant { name } }', { scope: 't', caller: 'a' }))[1]
    for (let nr = 0; nr < 100; nr += 1) {
      const request = { scope: 't', caller: 'a' }
      const looks = [1, 2].map(() => {
        try {
          return documents.read(text(nr), request).errors
        } catch (error) {
          return error
        }
      })
      // It is parsed and validated once.
      expect(looks[1]).toBe(looks[0])
    }
    expect(documents.read('{ tenant { name } }', { scope: 't', caller: 'a' })).toBe(known)
  })

  it('takes it from the caller who has most of it', () => {
    const documents = open()
    const known = [1, 2].map(() => documents.read('{ tenant { name } }', 'a'))[1]
    for (let nr = 0; nr < 100; nr += 1) for (const _ of [1, 2]) documents.read(large(nr), 'b')
    expect(documents.read('{ tenant { name } }', 'a')).toBe(known)
    expect(documents.read('{ tenant { name } }', 'b')).toBe(known)
  })

  it('takes it from the tenant that has most of it, however many callers that has', () => {
    const documents = open()
    const own = (nr: number): string => `${large(nr)} own`
    const known = [1, 2].map(() => documents.read(own(0), 'a', 'quiet'))[1]
    for (let nr = 0; nr < 100; nr += 1) for (const _ of [1, 2]) documents.read(large(nr), `b${nr}`, 'busy')
    expect(documents.read(own(0), 'a', 'quiet')).toBe(known)
  })

  it('takes it from credentials that may be made up, however many these are', () => {
    const { read } = openFor()
    const own = Array.from({ length: 10 }, (_, nr) => ({ text: `${large(nr)} own`, caller: `a${nr}` }))
    const readOwn = () => own.map(({ text, caller }) => read(text, { scope: 'sole', caller }))
    readOwn()
    const known = readOwn()
    for (let nr = 0; nr < 100; nr += 1) {
      const request = () => ({ scope: `made-up ${nr}`, caller: `made-up ${nr}`, isOfNewcomer: true })
      for (const _ of [1, 2]) read(large(nr), request())
    }
    for (const [nr, document] of readOwn().entries()) expect(document).toBe(known[nr])
  })

  it('forgets what was asked for once, when many others come, and is bounded in either part', () => {
    const documents = open()
    for (const text of ['{ tenant { name } }', large(-1)]) documents.read(text, 'a')
    const again = documents.read(large(-1), 'a')
    for (let nr = 0; nr < 300; nr += 1) documents.read(large(nr), 'a')
    expect(documents.read('{ tenant { name } }', 'a').isNew).toBe(true)
    expect(documents.read(large(-1), 'a')).toBe(again)
    for (let nr = 300; nr < 400; nr += 1) for (const _ of [1, 2]) documents.read(large(nr), 'a')
    expect(documents.read(large(-1), 'a')).not.toBe(again)
  })
})
