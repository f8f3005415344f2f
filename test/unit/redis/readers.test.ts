// Whether the other replicas have given a sign of life lately, as the answers of Redis show it.
import { expect, it } from 'vitest'
import { createReaders, PRESENT_MS } from '../../../src/redis/readers.ts'

const SIGN_MS = 1_795_648_096_000

/** Answers that all have the same last sign of life of the only other replica. */
function open() {
  const readers = createReaders('this')
  return {
    readers,
    note(nowMs: number, serverMs: number): void {
      const fields = ['other', `${SIGN_MS} ${SIGN_MS + 63_000}`]
      readers.note({ sentAtMs: nowMs, receivedAtMs: nowMs, serverMs, generation: 'g', fields })
    },
  }
}

it('a replica is present for a time from its last sign of life on, however often it is asked for', () => {
  const { readers, note } = open()
  note(1000, SIGN_MS)
  note(2000, SIGN_MS + 1000)
  expect(readers.presentUntilMs()).toBe(1000 + PRESENT_MS)
})

it("a replica that ended while this one was suspended with its clock is missing: Redis' clock went on", () => {
  const { readers, note } = open()
  note(1000, SIGN_MS)
  note(1100, SIGN_MS + 30_000)
  expect(readers.presentUntilMs()).toBeLessThan(1100)
})

it("a replica is not present for longer because Redis' clock was set back", () => {
  const { readers, note } = open()
  note(1000, SIGN_MS)
  note(2000, SIGN_MS - 3_600_000)
  expect(readers.presentUntilMs()).toBe(1000 + PRESENT_MS)
})
