// What is known of a credential that a caller has brought, from the answers of Aurora to its calls.
import { describe, expect, it } from 'vitest'
import { createBearerAuthentication } from '../../../src/rest/authentication.ts'
import { createScope } from '../../../src/rest/scope.ts'
import { createStandings } from '../../../src/rest/standings.ts'
import { createManualClock } from '../../support/manual-clock.ts'

function setUp() {
  const clock = createManualClock()
  const noted: string[] = []
  const withdrawn: string[] = []
  const standings = createStandings({
    clock,
    onAccepted: (key) => void noted.push(key),
    onWithdrawn: (key) => void withdrawn.push(key),
  })
  return { clock, standings, noted, withdrawn }
}

const scopeOf = (token: string, { isBrought = true, tenantId = 'tenant' } = {}) =>
  createScope({
    tenantId,
    baseUrl: new URL('https://aurora.example'),
    authentication: createBearerAuthentication(token),
    isBrought,
  })

describe('the standing of a credential', () => {
  it('is accepted from the start where the settings have it, whatever Aurora answers', () => {
    const { standings } = setUp()
    const scope = scopeOf('a', { isBrought: false })
    expect(standings.of(scope)).toBe('accepted')
    standings.refuse(scope, 401)
    expect([standings.of(scope), standings.isDoubtful(scope)]).toEqual(['accepted', false])
  })

  it('is unknown until the first success, which is told once', () => {
    const { standings, noted } = setUp()
    const scope = scopeOf('a')
    expect(standings.of(scope)).toBe('unknown')
    standings.accept(scope)
    standings.accept(scope)
    expect([standings.of(scope), standings.isAccepted(scope.key), noted]).toEqual([
      'accepted',
      true,
      [scope.key],
    ])
  })

  it('is that of one tenant: a success for another shows nothing', () => {
    const { standings } = setUp()
    standings.accept(scopeOf('a'))
    const elsewhere = scopeOf('a', { tenantId: 'other' })
    expect([standings.of(elsewhere), standings.hasSucceeded(elsewhere)]).toEqual(['unknown', true])
  })

  it('is refused for half a minute after a 401', async () => {
    const { standings, clock } = setUp()
    const scope = scopeOf('a')
    standings.refuse(scope, 401)
    expect(standings.of(scope)).toBe('refused')
    await clock.advance(29_999)
    expect(standings.of(scope)).toBe('refused')
    await clock.advance(1)
    expect([standings.of(scope), standings.isDoubtful(scope)]).toEqual(['unknown', true])
    await clock.advance(30_000)
    expect(standings.isDoubtful(scope)).toBe(false)
  })

  it.each([403, 404, 405, 409, 422, 429])('stays unknown after a %i, and is doubtful', (status) => {
    const { standings } = setUp()
    const scope = scopeOf('a')
    standings.refuse(scope, status)
    expect([standings.of(scope), standings.isDoubtful(scope)]).toEqual(['unknown', true])
  })

  it.each([302, 407, 408, 425, 499, 500, 503])('is not touched by a %i', (status) => {
    const { standings } = setUp()
    const scope = scopeOf('a')
    standings.refuse(scope, status)
    expect([standings.of(scope), standings.isDoubtful(scope)]).toEqual(['unknown', false])
  })

  it('is lost by five 401s without a success between them: the credential was withdrawn', () => {
    const { standings } = setUp()
    const scope = scopeOf('a')
    standings.accept(scope)
    for (let times = 0; times < 4; times += 1) standings.refuse(scope, 401)
    standings.accept(scope)
    for (let times = 0; times < 4; times += 1) standings.refuse(scope, 401)
    expect(standings.of(scope)).toBe('accepted')
    standings.refuse(scope, 401)
    expect(standings.of(scope)).toBe('refused')
  })

  it('is not recalled once it was withdrawn, until its next success', async () => {
    const { standings, clock, noted, withdrawn } = setUp()
    const scope = scopeOf('a')
    standings.recall(scope)
    for (let times = 0; times < 6; times += 1) standings.refuse(scope, 401)
    await clock.advance(30_000)
    standings.recall(scope)
    expect([standings.of(scope), noted, withdrawn]).toEqual(['unknown', [], [scope.key]])
    standings.accept(scope)
    expect([standings.of(scope), noted]).toEqual(['accepted', [scope.key]])
    standings.recall(scope)
    expect(standings.of(scope)).toBe('accepted')
  })

  it('is not lost by many 401s at once, as one operation that is not allowed brings them to a screen', async () => {
    const { standings, clock } = setUp()
    const scope = scopeOf('a')
    standings.accept(scope)
    for (let screen = 0; screen < 4; screen += 1) {
      const sentAtMs = clock.monotonicMs()
      await clock.advance(100)
      for (let calls = 0; calls < 20; calls += 1) standings.refuse(scope, 401, sentAtMs)
      await clock.advance(100)
    }
    expect(standings.of(scope)).toBe('accepted')
    standings.refuse(scope, 401)
    expect(standings.of(scope)).toBe('refused')
  })

  it('is not lost by made-up credentials, however many', () => {
    const { standings } = setUp()
    standings.accept(scopeOf('true'))
    for (let index = 0; index < 30_000; index += 1) standings.refuse(scopeOf(`made up ${index}`), 401)
    expect(standings.of(scopeOf('true'))).toBe('accepted')
    expect(standings.of(scopeOf('made up 0'))).toBe('unknown')
  })
})
