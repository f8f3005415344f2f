// Steps of the server: requests that were read begin between the reads of connections that have more to send.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createSteps } from '../../../src/http/steps.ts'
import { createManualClock } from '../../support/manual-clock.ts'

it('a request is read and begins soon, however many connections have more to read', async () => {
  const steps = createSteps({ clock: createManualClock(), maxMs: 10 })
  const seen: string[] = []
  for (let count = 0; count < 300; count += 1) steps.later('readOn', () => seen.push('more'))
  steps.later('read', () => seen.push('read'))
  steps.later('start', () => seen.push('start'))
  while (seen.length < 302) await nextTurn()
  expect(seen.slice(0, 3).toSorted()).toEqual(['more', 'read', 'start'])
})
