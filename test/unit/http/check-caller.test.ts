// Who a caller is to the server: in whose name its requests hold places and memory.
import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { withPassthrough } from '../../../src/callers/passthrough.ts'
import { MAX_WRONG_KEYS } from '../../../src/callers/request-rate.ts'
import { nameCaller } from '../../../src/http/answer.ts'
import { createCallerCheck } from '../../../src/http/check-caller.ts'
import { partyOf } from '../../../src/http/check-newcomer.ts'
import { createStandings } from '../../../src/rest/standings.ts'
import { createRequestRecord } from '../../../src/telemetry/request-record.ts'
import { createTenantsSeen } from '../../../src/turns/tenants-seen.ts'
import { buildScope } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const incoming = { socket: { remoteAddress: '192.0.2.1' } } as IncomingMessage

function open() {
  const clock = createManualClock()
  const standings = createStandings({ clock })
  const authenticate = withPassthrough(new URL('https://aurora.example'), {
    standings,
    isAcceptedElsewhere: async () => false,
  })
  const check = createCallerCheck({ authenticate, callerRateLimit: 0, trustedProxies: 1, clock })
  async function ask(token: string, from: string) {
    const headers = { authorization: `Bearer ${token}`, 'x-aurora-tenant-id': 't', 'x-forwarded-for': from }
    const checked = await check(incoming, new Headers(headers))
    if (!('scope' in checked)) throw new Error(checked.code)
    return checked
  }
  return { ask, standings }
}

describe('credentials that callers bring', () => {
  it('hold places in the name of their address until they are accepted, and then in their own', async () => {
    const { ask, standings } = open()
    const made = [await ask('one', '203.0.113.9'), await ask('two', '203.0.113.9')]
    const [first, second] = made.map(({ holder }) => holder)
    expect(first).toBeDefined()
    expect(second).toBe(first)
    expect((await ask('one', '203.0.113.10')).holder).not.toBe(first)
    for (const { scope } of made) standings.accept(scope)
    const accepted = [await ask('one', '203.0.113.9'), await ask('two', '203.0.113.9')]
    expect(new Set([first, ...accepted.map(({ holder }) => holder)]).size).toBe(3)
  })

  it('are those of newcomers in the record of a request until they are accepted', async () => {
    const { ask, standings } = open()
    const isOfNewcomer = async (): Promise<unknown> => {
      const record = createRequestRecord('r')
      nameCaller(record, await ask('one', '203.0.113.9'))
      return record.isOfNewcomer
    }
    expect(await isOfNewcomer()).toBe(true)
    standings.accept((await ask('one', '203.0.113.9')).scope)
    expect(await isOfNewcomer()).toBe(false)
  })

  it('are no tenants until they are accepted, so that made-up ones take nothing from a sole tenant', async () => {
    const { ask, standings } = open()
    const seen = createTenantsSeen(createManualClock())
    const tokens = ['one', 'two', 'three']
    const note = async (token: string) => seen.note(partyOf(await ask(token, '203.0.113.9')).tenant)
    standings.accept((await ask('one', '203.0.113.9')).scope)
    for (const token of [...tokens, 'one']) await note(token)
    expect(seen.areSeveral()).toBe(false)
    standings.accept((await ask('two', '203.0.113.9')).scope)
    await note('two')
    expect(seen.areSeveral()).toBe(true)
  })
})

it('everybody is one caller without keys, and each address holds places of its own, whether callers are counted or not', async () => {
  for (const callerRateLimit of [0, 100]) {
    const check = createCallerCheck({
      authenticate: () => ({ name: 'anonymous', scope: buildScope(), isReadOnly: false, isEverybody: true }),
      callerRateLimit,
      trustedProxies: 1,
      clock: createManualClock(),
    })
    const holderOf = async (from: string) => {
      const checked = await check(incoming, new Headers({ 'x-forwarded-for': from }))
      return 'scope' in checked ? checked.holder : null
    }
    expect(await holderOf('203.0.113.9')).toBe(await holderOf('203.0.113.9'))
    expect(await holderOf('203.0.113.9')).not.toBe(await holderOf('203.0.113.10'))
  }
})

it('a caller that sends too much and an address that guesses keys are refused for their own reason', () => {
  const clock = createManualClock()
  const caller = { name: 'app', scope: buildScope(), isReadOnly: false }
  const check = createCallerCheck({
    authenticate: (fields) => (fields.get('x-api-key') === 'right' ? caller : null),
    callerRateLimit: 1,
    trustedProxies: 0,
    clock,
  })
  const refusedWith = (key: string): unknown => {
    for (let turn = 0; turn <= 2 * MAX_WRONG_KEYS; turn += 1) {
      const checked = check(incoming, new Headers({ 'x-api-key': key }))
      if ('status' in checked && checked.status === 429) return checked
    }
    return null
  }
  expect(refusedWith('right')).toMatchObject({
    code: 'RATE_LIMITED',
    message: expect.stringMatching(/^This caller sends more/),
  })
  expect(refusedWith('wrong')).toMatchObject({
    code: 'RATE_LIMITED',
    message: expect.stringMatching(/^So many wrong keys/),
  })
})
