// The waiting room of one key over a ledger that is scripted.
import { expect, it } from 'vitest'
import type { Ledger, Slot } from '../../../src/budget/ledger.ts'
import type { SlotRequest } from '../../../src/budget/waiting-room.ts'
import { createWaitingRoom } from '../../../src/budget/waiting-room.ts'
import { createWindow } from '../../../src/budget/window.ts'
import type { CallClass } from '../../../src/telemetry/events.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const SLOT: Slot = { answered: () => {}, neverSent: () => {} }

it('gives a read its slot at once, although the pool has refused a background call for longer than the read waits', async () => {
  const clock = createManualClock(1000)
  const asked: CallClass[] = []
  const ledger: Ledger = {
    window: createWindow(90, 60_000),
    async take(callClass) {
      asked.push(callClass)
      return callClass === 'warmUp' ? { retryAtMs: clock.monotonicMs() + 40_000 } : SLOT
    },
    pause: () => {},
    resume: () => {},
    setLimit: () => {},
    isAsNew: () => false,
    end: () => {},
  }
  const room = createWaitingRoom({ ledger, clock })
  const request = (callClass: CallClass, waitMs: number): SlotRequest => ({
    callClass,
    caller: 'a',
    name: callClass,
    wait: { latestMs: clock.monotonicMs() + waitMs, retryAtMs: null },
    signal: new AbortController().signal,
  })
  const background = await room.enter(request('warmUp', 2000))
  const read = await room.enter(request('interactive', 2000))

  expect(background).toEqual({ retryAtMs: 41_000 })
  expect(read).toEqual({ slot: SLOT })
  expect(asked).toEqual(['warmUp', 'interactive'])
})
