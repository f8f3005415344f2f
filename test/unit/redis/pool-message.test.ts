// The message of a replica to the pool: one is made for each contact.
import { expect, it } from 'vitest'
import { buildMessage } from '../../../src/redis/pool-message.ts'
import { createView } from '../../../src/redis/replica-view.ts'
import { haveSameLayout } from '../../support/same-layout.ts'

const RULE = { limit: 20, windowMs: 10_000, flightMs: 1000, share: 5, maxReplicas: 4, heldMs: 11_000 }
const WAITING = { mutation: 0, interactive: 0, revalidation: 0, warmUp: 0 }

it('has one layout, so that V8 makes no hidden class for each of them', () => {
  const build = (seq: number) =>
    buildMessage(createView(RULE, 0), RULE, {
      sender: { replica: 'a', seq, token: 't', waiting: WAITING, isGoodbye: false },
      wanted: null,
      nowMs: 1000,
    })
  expect(haveSameLayout(() => build(1))).toBe(true)
})
