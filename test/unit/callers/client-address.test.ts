// Where requests come from: what proxies of ours send, in every form, and what senders make up.
import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressOf } from '../../../src/callers/client-address.ts'

describe('an address', () => {
  it.each<[string | undefined, string | null, number, string]>([
    ['10.0.0.1', null, 0, '10.0.0.1'],
    ['::ffff:10.0.0.1', null, 0, '10.0.0.1'],
    ['10.0.0.1', '1.2.3.4', 0, '10.0.0.1'],
    ['10.0.0.1', '1.2.3.4', 1, '1.2.3.4'],
    ['10.0.0.1', 'lie, 1.2.3.4', 1, '1.2.3.4'],
    ['10.0.0.1', 'lie, 1.2.3.4, 10.0.0.2', 2, '1.2.3.4'],
    ['10.0.0.1', '"lie, 1.2.3.4', 1, '1.2.3.4'],
    ['10.0.0.1', '1.2.3.4', 2, '10.0.0.1'],
    ['10.0.0.1', '', 1, '10.0.0.1'],
    [undefined, null, 0, 'unknown'],
    ['2001:DB8:1:2:3:4:5:6', null, 0, '2001:db8:1:2'],
    ['2001:db8:1:2::9', null, 0, '2001:db8:1:2'],
    ['2001:db8::9', null, 0, '2001:db8:0:0'],
    ['::1', null, 0, '0:0:0:0'],
  ])('of %s, forwarded for %s with %i proxies of ours, is %s', (peer, forwarded, proxies, address) => {
    expect(addressOf(peer, forwarded, proxies)).toBe(address)
  })

  it.each([
    ['203.0.113.9:40001', '203.0.113.9'],
    ['203.0.113.9:40002', '203.0.113.9'],
    [' 203.0.113.9 ', '203.0.113.9'],
    ['"203.0.113.9:40001"', '203.0.113.9'],
    ['[203.0.113.9]:1', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['[::ffff:203.0.113.9]:40001', '203.0.113.9'],
    ['::FFFF:cb00:7109', '203.0.113.9'],
    ['0:0:0:0:0:ffff:cb00:7109', '203.0.113.9'],
    ['[2001:db8::1]:443', '2001:db8:0:0'],
    ['"[2001:db8::1]:443"', '2001:db8:0:0'],
    ['[2001:db8::1]', '2001:db8:0:0'],
    ['2001:0DB8:0000:0000::7', '2001:db8:0:0'],
    ['2001:db8:1:2:3:4:5:6:40001', '2001:db8:1:2'],
    ['2001:db8::1:40001', '2001:db8:0:0'],
    ['64:ff9b::203.0.113.9', '64:ff9b:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['[fe80::1%25eth0]:443', 'fe80:0:0:0'],
    ['fe80::1%a:b.c', 'fe80:0:0:0'],
    ['::', '0:0:0:0'],
    ['1:2:3:4:5:6:7::', '1:2:3:4'],
  ])('that a proxy of ours writes as %s is %s', (entry, address) => {
    expect(addressOf('10.0.0.1', `6.6.6.6, ${entry}`, 1)).toBe(address)
  })

  it.each([
    '',
    ' ',
    'unknown',
    '_hidden',
    '203.0.113',
    '203.0.113.09',
    '1.2.3.4:x',
    'for=1.2.3.4',
    '[::1',
    'g::1',
    '""',
  ])(
    'that is none, such as "%s", counts as the connection, and not as what the sender wrote before it',
    (entry) => {
      expect(addressOf('10.0.0.1', `6.6.6.6, ${entry}`, 1)).toBe('10.0.0.1')
      expect(addressOf('::ffff:10.0.0.1', `6.6.6.6,${entry}`, 1)).toBe('10.0.0.1')
    },
  )

  it('is the same whatever the port, and whatever stands before it', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6())
    fc.assert(
      fc.property(address, fc.nat(65_535), fc.string(), (ip, port, before) => {
        const plain = addressOf('10.0.0.1', ip, 1)
        const withPort = isIP(ip) === 6 ? `[${ip}]:${port}` : `${ip}:${port}`
        expect(addressOf('10.0.0.1', `${before},${withPort}`, 1)).toBe(plain)
        expect(addressOf('10.0.0.1', `${before}, "${withPort}"`, 1)).toBe(plain)
      }),
    )
  })

  it('of any text is one of the connection or of an address in it, and never the text itself', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(addressOf('10.0.0.1', text, 1)).toMatch(/^[0-9a-f.:]+$/)
      }),
    )
  })
})
