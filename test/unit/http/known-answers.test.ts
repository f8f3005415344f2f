// Which requests are known again, and what is kept of their answers.
import { describe, expect, it } from 'vitest'
import { createHeads } from '../../../src/http/heads.ts'
import { createKnownAnswers, keyOf } from '../../../src/http/known-answers.ts'
import type { Caller } from '../../../src/callers/caller.ts'
import { buildScope } from '../../support/builders.ts'
import type { Repeat, Repeated } from '../../../src/http/known-answers.ts'

const REPEATED: Repeated = { status: 200, text: Buffer.of(), rest: Buffer.of(), tag: '""', fields: [] }
const repeat: Repeat = {
  contentType: 'application/json',
  peek: () => 0,
  give: () => REPEATED,
  onKept: () => {},
}

function keptAfter(response: Response, key = 'key') {
  const { keep, give } = createKnownAnswers({ knownMaxBytes: 8 * 1024 * 1024 })
  keep({ key, caller: { holder: 'somebody', scope: buildScope() }, repeat }, response)
  return give(key, {} as never)
}

describe('a known request', () => {
  it.each([
    [16_000, true],
    [16_001, false],
    [1_000_000, false],
  ])('with a key of %i characters is kept: %s', (length, isKept) => {
    expect(keptAfter(new Response(), 'k'.repeat(length)) !== null).toBe(isKept)
  })

  it('has the fields of its first answer, and nothing of a refusal that took its place', () => {
    const headers = { vary: 'Accept', 'content-type': 'application/json' }
    expect(keptAfter(new Response('{}', { headers }))?.known.fields).toEqual([
      'vary',
      'Accept',
      'content-type',
      'application/json',
    ])
    expect(keptAfter(new Response(null, { status: 304, headers: { vary: 'Accept' } }))).not.toBeNull()
    for (const status of [429, 500, 503])
      expect(keptAfter(new Response('{}', { status, headers: { 'retry-after': '1' } }))).toBeNull()
  })
})

it('the key of a body that is too long to be kept has no megabytes', () => {
  const head = createHeads().of('POST', new Headers())
  const caller = { scope: buildScope(), isReadOnly: false } as Caller
  const keyFor = (length: number): string =>
    keyOf({ head, caller, target: '/graphql', body: Buffer.alloc(length, 'x') })
  expect(keyFor(10_000)).toContain('x'.repeat(10_000))
  expect(keyFor(1_000_000).length).toBeLessThan(17_000)
  expect(keptAfter(new Response(), keyFor(16_001))).toBeNull()
  expect(keptAfter(new Response(), keyFor(1_000_000))).toBeNull()
})

it('a tenant with very many callers displaces none of another', () => {
  const { keep, give } = createKnownAnswers({ knownMaxBytes: 100_000 })
  const keepFor = (tenant: string, holder: string, key: string): void =>
    keep({ key, caller: { holder, scope: buildScope('token', tenant) }, repeat }, new Response())
  for (const nr of [1, 2, 3]) keepFor('quiet', 'q', `quiet ${nr}`)
  for (let nr = 1000; nr < 2000; nr += 1) keepFor('busy', `b ${nr}`, `busy ${nr}`)
  expect([1, 2, 3].map((nr) => give(`quiet ${nr}`, {} as never) !== null)).toEqual([true, true, true])
  expect(give('busy 1000', {} as never)).toBeNull()
})
