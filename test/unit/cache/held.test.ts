// Copies of an entry that is outdated, or of which only single objects were touched: a flood of events makes thousands.
import { expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { heldFor, toAside, toOutdated } from '../../../src/cache/held.ts'
import type { HeldAnswer } from '../../../src/cache/held.ts'
import { buildCall, buildReply } from '../../support/builders.ts'
import { haveSameLayout } from '../../support/same-layout.ts'

function hold(): HeldAnswer {
  const call = buildCall({ endpoint: READS.listProjects, path: {}, query: {} })
  const answer = buildReply([{ id: 'p-1' }])
  const held = heldFor(call.key, call.terms.scope.key, call, { answer, doubts: 0, settledAtMs: -Infinity })
  if (!held) throw new Error('a list is cached')
  return held
}

it.each([
  ['outdated', toOutdated],
  ['aside', toAside],
])('those that are %s have one layout, so that V8 makes no hidden class for each of them', (_what, copy) => {
  expect(haveSameLayout(() => copy(hold()))).toBe(true)
})
