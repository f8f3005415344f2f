// What is noted of a request that names its document outlives it, with the bytes of its answer.
import { expect, it } from 'vitest'
import { createAutomaticDocuments } from '../../../src/documents/automatic.ts'
import type { GraphQLContext } from '../../../src/graphql/context.ts'
import { createRepeatNotes } from '../../../src/graphql/repeat-notes.ts'
import { createFindDocument } from '../../../src/graphql/steps/find-document.ts'
import { createRequestRecord } from '../../../src/telemetry/request-record.ts'
import { buildScope } from '../../support/builders.ts'
import { countHeldBytes } from '../../support/memory.ts'

it('whether a request still names its document is known without keeping the request in memory', async () => {
  const trusted = { find: (id: string) => (id === 'a' ? '{ a }' : null), has: () => true, count: 1 }
  const { find } = createFindDocument({
    trusted: () => trusted,
    automatic: createAutomaticDocuments(),
    isOnlyTrusted: true,
  })
  const repeat = createRepeatNotes()
  const ask = (): WeakRef<object> => {
    const given = { repeat, parts: { scope: buildScope().key }, record: createRequestRecord('r') }
    const context = given as unknown as GraphQLContext
    const request = new Request('http://gateway.test/graphql', { method: 'POST' })
    expect(find({ documentId: 'a' }, { request, context })).toEqual({ query: '{ a }' })
    return new WeakRef(context)
  }
  const context = ask()
  for (let round = 0; round < 50 && context.deref(); round += 1) {
    await new Promise((end) => setImmediate(end))
    // It collects garbage.
    countHeldBytes()
  }
  expect(context.deref()).toBeUndefined()
  expect(repeat.isNamed()).toBe(true)
})
