// Histories share their memory: a tenant that holds much of it does not make clients of others read their lists again.
import { expect, it } from 'vitest'
import { createHistories } from '../../../src/changes/histories.ts'
import type { History } from '../../../src/changes/history.ts'
import { tenantOf } from '../../../src/rest/scope.ts'
import { buildScope } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const KB = 1024
const scopeOf = (tenant: string, token = 't') => buildScope(`token-${token}-of-${tenant}`, tenant).key
const ofSize = (bytes: number) => ({ bytes: () => bytes }) as History

const open = () => createHistories({ cacheMaxBytes: 1600 * KB, clock: createManualClock() })

it('a history that is larger than all memory stays, and so do small ones of other tenants', () => {
  const histories = open()
  const quiet = ofSize(10 * KB)
  histories.keep(scopeOf('quiet'), quiet)
  for (let round = 0; round < 5; round += 1)
    for (const tenant of ['large', 'huge']) {
      const history = ofSize(5000 * KB)
      histories.keep(scopeOf(tenant), history)
      expect(histories.known(scopeOf(tenant))).toBe(history)
      expect(histories.known(scopeOf('quiet'))).toBe(quiet)
    }
  expect(histories.known(scopeOf('large'))).toBeNull()
})

it('a tenant with very many credentials loses its own histories first', () => {
  const histories = open()
  histories.keep(scopeOf('quiet'), ofSize(10 * KB))
  for (let token = 0; token < 50; token += 1) histories.keep(scopeOf('hot', String(token)), ofSize(10 * KB))
  expect(histories.known(scopeOf('quiet'))).not.toBeNull()
  expect(histories.of(tenantOf(scopeOf('hot')))).toHaveLength(9)
})

it('those of a tenant are those of all its credentials that are kept, each once, and none of others', () => {
  const histories = open()
  const [one, other, foreign] = [ofSize(20 * KB), ofSize(20 * KB), ofSize(30 * KB)]
  for (const history of [ofSize(10 * KB), one]) histories.keep(scopeOf('sun', '1'), history)
  histories.keep(scopeOf('sun', '2'), other)
  histories.keep(scopeOf('moon'), foreign)
  expect(histories.of(tenantOf(scopeOf('sun')))).toEqual([one, other])
  expect(histories.of(tenantOf(scopeOf('moon')))).toEqual([foreign])
  expect(histories.of(tenantOf(scopeOf('none')))).toEqual([])
  histories.keep(scopeOf('moon'), ofSize(75 * KB))
  expect(histories.of(tenantOf(scopeOf('sun')))).toEqual([other])
})
