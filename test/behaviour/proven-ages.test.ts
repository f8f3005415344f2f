// While webhooks of a kind provably arrive, its replies are fresh for hours; at a doubt, the ordinary ages hold at once.
import { describe, expect, it } from 'vitest'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { lookUntilFresh, openGateway, passUntil, prove } from '../support/proven-gateway.ts'

const newMetrics = () => createMetrics({ operations: [], isWithProcess: false })

describe('a kind of which webhooks provably arrive', () => {
  it('is fresh for hours, at no call but audits, and outside of the gateway no longer than usual', async () => {
    await using gateway = await openGateway(newMetrics())
    await prove(gateway)
    expect(await gateway.look()).toMatchObject({ calls: 0, cache: 6, validatedBy: ['age'] })
    await gateway.pass(60)
    // Nobody has looked: there is nothing to audit.
    expect(gateway.takeReads()).toBe(0)
    expect(await gateway.look()).toMatchObject({ calls: 0, cache: 6, stale: 0, validatedBy: ['webhooks'] })
    const query = `{ project(id: "${gateway.ids[0]}") { name } }`
    const url = `http://gateway.test/graphql?query=${encodeURIComponent(query)}`
    const { headers } = await gateway.handle(
      new Request(url, { headers: { 'graphql-require-preflight': '1' } }),
    )
    expect(headers.get('cache-control')).toContain('max-age=300')
    expect(Number(headers.get('age'))).toBeGreaterThanOrEqual(3600)
  })

  it('is read again once it is older than the setting', async () => {
    await using gateway = await openGateway(newMetrics(), { freshMs: 60 * 60_000 })
    await prove(gateway)
    await gateway.pass(61)
    expect(await gateway.look()).toMatchObject({ calls: 0, stale: 6, validatedBy: ['age'] })
  })

  it('shows what a webhook reports at once, at one call', async () => {
    await using gateway = await openGateway(newMetrics())
    await prove(gateway)
    await gateway.pass(30)
    const [id = ''] = gateway.ids
    await gateway.rename(id, 'changed in the app')
    expect(await gateway.receive(id)).toBe('recorded')
    const look = await gateway.look()
    expect(look.text).toContain('changed in the app')
    expect(look).toMatchObject({ calls: 1, cache: 5, stale: 0 })
  })
})

describe('ordinary ages hold at once', () => {
  it('after a webhook with a wrong secret: remembered answers end, and what is old is read again behind', async () => {
    await using gateway = await openGateway(newMetrics())
    await prove(gateway)
    await gateway.pass(30)
    for (const _time of [1, 2, 3]) expect((await gateway.look()).validatedBy).toEqual(['webhooks'])
    expect(await gateway.receive(gateway.ids[0], 'a-wrong-secret-it-is')).toBe('unknown')
    expect(await gateway.look()).toMatchObject({ calls: 0, stale: 6, validatedBy: ['age'] })
    await lookUntilFresh(gateway)
    expect(gateway.takeReads()).toBe(6)
  })

  it('after an audit that differs: a lost webhook is found out with a spare slot', async () => {
    await using gateway = await openGateway(newMetrics())
    await prove(gateway)
    for (const id of gateway.ids) await gateway.rename(id, 'changed, and no webhook came')
    const looks = await passUntil(gateway, () =>
      gateway.shows('proof_ends_total{kind="project",reason="audit"} 1'),
    )
    // Six replies, of which a tenth is audited in each five minutes; by their ages, all of them would have been read each time.
    expect(gateway.takeReads()).toBeLessThan(6 * Math.max(2, looks))
    expect((await gateway.look()).validatedBy).toEqual(['age'])
  })

  it('when a subscription is switched off', async () => {
    await using gateway = await openGateway(newMetrics())
    await prove(gateway)
    await gateway.switchOff('project_deleted')
    await passUntil(gateway, () => gateway.shows('proof_ends_total{kind="project",reason="subscription"} 1'))
    expect((await gateway.look()).validatedBy).toEqual(['age'])
  })

  it('when no webhook has come for longer than usual', async () => {
    await using gateway = await openGateway(newMetrics())
    await prove(gateway)
    await gateway.clock.advance(16 * 60_000)
    expect(await gateway.look()).toMatchObject({ calls: 0, stale: 6, validatedBy: ['age'] })
  })
})

it('without the address of the gateway nothing is looked at, and nothing is reported', async () => {
  await using gateway = await openGateway(newMetrics(), { freshMs: 0 })
  for (let look = 0; look < 3; look += 1) {
    await gateway.look()
    await gateway.pass(6)
  }
  expect(gateway.takeCalls().filter((line) => line.includes('webhooks'))).toEqual([])
  expect((await gateway.look()).validatedBy).toEqual([undefined])
})
