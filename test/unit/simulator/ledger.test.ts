// What the simulator says about the calls it got.

import { describe, expect, it } from 'vitest'
import { createLedger } from '../../../src/simulator/ledger.ts'

function ledgerOf(calls: readonly { at: number; key?: string; isCounted?: boolean }[]) {
  const ledger = createLedger()
  for (const { at, key = 'a', isCounted = true } of calls) {
    const call = ledger.open({ method: 'GET', path: '/', query: {}, operationId: null, at })
    call.credential = ledger.numberOf(key)
    call.counted = isCounted
    call.status = isCounted ? 200 : 429
  }
  return ledger
}

describe('the ledger', () => {
  it('finds the worst sliding window, in which two calls a whole window apart do not meet', () => {
    const ledger = ledgerOf([0, 10, 90, 100, 109, 250].map((at) => ({ at })))
    expect(ledger.worstWindow(100)).toBe(4)
    expect(ledger.worstWindow(10)).toBe(2)
    expect(ledger.worstWindow(9)).toBe(1)
  })

  it('finds the worst fixed window', () => {
    const ledger = ledgerOf([80, 90, 99, 100, 101].map((at) => ({ at })))
    expect(ledger.worstFixedWindow(100)).toBe(3)
    expect(ledger.worstWindow(100)).toBe(5)
  })

  it('measures each credential by itself', () => {
    const ledger = ledgerOf([{ at: 0 }, { at: 1, key: 'b' }, { at: 2, key: 'b' }, { at: 3 }, { at: 4 }])
    expect(ledger.worstWindow(100)).toBe(3)
  })

  it('counts a refusal as a refusal and not as a call', () => {
    const ledger = ledgerOf([{ at: 0 }, { at: 1, isCounted: false }])
    expect(ledger.worstWindow(100)).toBe(1)
    expect(ledger.refusals()).toBe(1)
  })

  it('is 0 when nothing was called', () => {
    const ledger = ledgerOf([{ at: 0 }])
    ledger.clear()
    expect([ledger.worstWindow(100), ledger.worstFixedWindow(100), ledger.calls.length]).toEqual([0, 0, 0])
  })
})
