// What is kept of an answer that is given again.
import { expect, it } from 'vitest'
import { createKnownAnswers } from '../../../src/http/known-answers.ts'
import type { Repeat, Repeating } from '../../../src/http/known-answers.ts'

const repeat: Repeat = {
  contentType: 'application/json',
  give: () => ({ status: 200, text: Buffer.from('{'), rest: Buffer.from('}'), tag: '"t"', fields: [] }),
}
const keptAfter = (response: Response) => {
  const known = createKnownAnswers({ knownMaxBytes: 1e6 })
  known.keep('key', repeat, response)
  return known.give('key', {} as Repeating)
}

it('has the fields of the first answer, and nothing of a refusal that took its place', () => {
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
