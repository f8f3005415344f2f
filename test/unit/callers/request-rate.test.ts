// How many requests are let in, of whom, and where they come from.
import { describe, expect, it } from 'vitest'
import { addressOf, createRequestRate } from '../../../src/callers/request-rate.ts'
import { createManualClock } from '../../support/manual-clock.ts'

describe('a rate', () => {
  it('lets in as many as it says in a minute, tells the true wait, and then begins anew', async () => {
    const clock = createManualClock()
    const rate = createRequestRate({ limit: 2, clock })
    expect([rate.count('a'), rate.count('a')]).toEqual([null, null])
    await clock.advance(20_000)
    expect(rate.count('a')).toBe(40_000)
    expect(rate.count('b')).toBeNull()
    await clock.advance(40_000)
    expect(rate.count('a')).toBeNull()
  })

  it('of 0 lets everybody in', () => {
    const rate = createRequestRate({ limit: 0, clock: createManualClock() })
    for (let turn = 0; turn < 100; turn += 1) expect(rate.count('a')).toBeNull()
  })

  it('remembers a bounded number of names', () => {
    const rate = createRequestRate({ limit: 1, clock: createManualClock() })
    rate.count('first')
    for (let name = 0; name < 20_000; name += 1) rate.count(String(name))
    expect(rate.count('first')).toBeNull()
    expect(rate.count('19999')).not.toBeNull()
  })
})

describe('an address', () => {
  it.each<[string | undefined, string | null, number, string]>([
    ['10.0.0.1', null, 0, '10.0.0.1'],
    ['::ffff:10.0.0.1', null, 0, '10.0.0.1'],
    ['10.0.0.1', '1.2.3.4', 0, '10.0.0.1'],
    ['10.0.0.1', '1.2.3.4', 1, '1.2.3.4'],
    ['10.0.0.1', 'lie, 1.2.3.4', 1, '1.2.3.4'],
    ['10.0.0.1', 'lie, 1.2.3.4, 10.0.0.2', 2, '1.2.3.4'],
    ['10.0.0.1', '', 1, '10.0.0.1'],
    [undefined, null, 0, 'unknown'],
    ['2001:DB8:1:2:3:4:5:6', null, 0, '2001:db8:1:2'],
    ['2001:db8:1:2::9', null, 0, '2001:db8:1:2'],
    ['2001:db8::9', null, 0, '2001:db8:0:0'],
    ['::1', null, 0, '0:0:0:0'],
  ])('of %s, forwarded for %s with %i proxies of ours, is %s', (peer, forwarded, proxies, address) => {
    expect(addressOf(peer, forwarded, proxies)).toBe(address)
  })
})
