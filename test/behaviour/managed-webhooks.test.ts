// `npm run webhooks` over the simulator: what it makes, corrects and leaves, what it spends, and what it never shows.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createSystemClock } from '../../src/clock.ts'
import type { Clock } from '../../src/clock.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { createSimulator, DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'
import type { SimulatorOptions } from '../../src/simulator/simulator.ts'
import { printSummary } from '../../src/webhooks/manage/print-summary.ts'
import { readWords, UsageError } from '../../src/webhooks/manage/read-words.ts'
import { USUAL_EVENTS } from '../../src/webhooks/manage/review.ts'
import { runWebhooksCommand } from '../../src/commands/webhooks-command.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { waitUntil } from '../support/wait-until.ts'

const SECRET = 'canary-of-a-webhook-secret-1'
const NEWER = 'canary-of-a-webhook-secret-2'
const URL_WORDS = ['--url', 'https://gw.example.com']
const OWN = 'https://gw.example.com/webhooks/aurora/'

interface Opened {
  readonly simulator?: SimulatorOptions
  readonly env?: Record<string, string>
  readonly clock?: Clock
}

async function open({ simulator: options = {}, env = {}, clock = createHurriedClock() }: Opened = {}) {
  const simulator = createSimulator({ projectCount: 3, ...options })
  const stateDir = mkdtempSync(join(tmpdir(), 'managed-webhooks-'))
  const { url } = await simulator.listen()
  const notes: string[] = []
  async function run(verb: string, ...words: readonly string[]) {
    const config = readConfig({
      AURORA_BASE_URL: url,
      AURORA_TENANT_ID: DEFAULT_TENANT_ID,
      AURORA_API_TOKEN: DEFAULT_TOKEN,
      STATE_DIR: stateDir,
      // Far more than the runs need that follow each other.
      AURORA_RATE_LIMIT: '10000',
      WEBHOOK_KEYS: SECRET,
      ...env,
    })
    simulator.clearCalls()
    const report = await runWebhooksCommand(
      readWords([verb, ...URL_WORDS, '--calls-per-minute', '1000', ...words]),
      {
        config,
        clock,
        note: (line) => void notes.push(line),
        signal: new AbortController().signal,
      },
    )
    const [tenant] = report.tenants
    const states: Record<string, string[]> = {}
    for (const { event, state } of tenant?.subscriptions ?? []) (states[state] ??= []).push(event)
    const shown = `${printSummary(report)}${JSON.stringify(report)}${notes.join('\n')}`
    for (const secret of [SECRET, NEWER, DEFAULT_TOKEN, 'hooks.example.com', 'canary'])
      expect(shown).not.toContain(secret)
    return { report, tenant, states, calls: simulator.calls.map(({ method }) => method) }
  }
  return {
    simulator,
    simulatorUrl: url,
    run,
    notes,
    own: () => simulator.data.webhooks.filter(({ url_template }) => url_template.startsWith(OWN)),
    stateDir,
    async [Symbol.asyncDispose]() {
      rmSync(stateDir, { recursive: true })
      await simulator.close()
    },
  }
}

/** Does not wait until gateways have seen what the command takes: none runs. */
const createHurriedClock = (): Clock => ({ ...createSystemClock(), sleep: async () => {} })

const calls = (...counts: readonly (readonly [string, number])[]): string[] =>
  counts.flatMap(([method, count]) => Array.from({ length: count }, () => method))

const COUNT = USUAL_EVENTS.length

describe('apply', () => {
  it('creates what is missing by one call each, and then nothing', async () => {
    await using opened = await open()
    const { run, own, simulator } = opened
    const before = simulator.data.webhooks.map((each) => ({ ...each }))
    const planned = await run('plan')
    expect(planned.calls).toEqual(['GET'])
    expect(planned.states).toMatchObject({ missing: { length: COUNT } })
    expect(planned.tenant).toMatchObject({ others: before.length, failed: null })
    expect(own()).toEqual([])

    const applied = await run('apply')
    expect(applied.calls).toEqual(calls(['GET', 1], ['POST', COUNT]))
    expect(applied.states).toMatchObject({ created: { length: COUNT } })
    expect(applied.report.isRight).toBe(true)
    expect(
      own()
        .map(({ event }) => event)
        .sort(),
    ).toEqual([...USUAL_EVENTS].sort())
    for (const each of own())
      expect(each).toMatchObject({
        enabled: true,
        header_auth_key: 'x-webhook-key',
        header_auth_value: SECRET,
      })
    expect(own().find(({ event }) => event === 'project_changed')?.url_template).toBe(
      `${OWN}project_changed?project_id=<PROJECT_ID>`,
    )

    expect((await run('apply')).calls).toEqual(['GET'])
    const status = await run('status')
    expect(status.calls).toEqual(['GET'])
    expect(status.states).toMatchObject({ ok: { length: COUNT } })
    expect(status.report.isRight).toBe(true)
    expect(simulator.data.webhooks.filter(({ url_template }) => !url_template.startsWith(OWN))).toEqual(
      before,
    )
  })

  it('corrects what is switched off, and what has another address, header or secret', async () => {
    await using opened = await open()
    const { run, own, simulator } = opened
    await run('apply', '--events', 'project_changed,design_created,asset_created,order_created')
    const change = simulator.data.changes.webhook.change
    const [first, second, third] = own()
    change(first?.id ?? '', { enabled: false })
    change(second?.id ?? '', { url_template: `${OWN}other` })
    change(third?.id ?? '', { header_auth_key: 'X-Other' })
    const events = ['--events', 'project_changed,design_created,asset_created,order_created']

    const status = await run('status', ...events)
    expect(status.report.isRight).toBe(false)
    expect(status.states).toMatchObject({
      disabled: { length: 1 },
      differs: { length: 2 },
      ok: { length: 1 },
    })
    const applied = await run('apply', ...events)
    expect(applied.calls).toEqual(calls(['GET', 1], ['PUT', 3]))
    expect((await run('status', ...events)).report.isRight).toBe(true)
  })

  it('writes the first of two secrets', async () => {
    await using before = await open()
    await before.run('apply', '--events', 'project_changed')
    await using opened = await open({ env: { WEBHOOK_KEYS: `${NEWER},${SECRET}` } })
    const [old] = before.own()
    if (!old) throw new Error('nothing was created')
    opened.simulator.data.changes.webhook.add('', old)
    const applied = await opened.run('apply', '--events', 'project_changed')
    expect(applied.states).toMatchObject({ updated: { length: 1 } })
    expect(opened.own()).toMatchObject([{ header_auth_value: NEWER }])
    // What cannot be compared can be written all the same.
    expect((await opened.run('apply', '--events', 'project_changed', '--renew-secret')).calls).toEqual([
      'GET',
      'PUT',
    ])
  })

  it('does not try a sixth subscription to an event', async () => {
    await using opened = await open()
    const { run, simulator } = opened
    const [other] = simulator.data.webhooks
    if (!other) throw new Error('the seed has none')
    for (let count = 0; count < 5; count += 1)
      simulator.data.changes.webhook.add('', { ...other, id: `o${count}`, event: 'design_deleted' })
    const applied = await run('apply', '--events', 'design_deleted')
    // Ten subscriptions may be a page that Aurora has cut.
    expect(applied.calls).toEqual(['GET', 'GET'])
    expect(applied.states).toMatchObject({ full: { length: 1 } })
    expect(applied.report.isRight).toBe(false)
  })

  it('tries an event of which no attributes are published without ids, where Aurora refuses them', async () => {
    await using opened = await open()
    const { run, own, simulator } = opened
    const isCreation = ({ operationId }: { operationId: string | null }) => operationId === 'createWebhook'
    simulator.faults.set(isCreation, { status: 422, body: 'empty' }, { times: 1 })
    const applied = await run('apply', '--events', 'order_created')
    expect(applied.calls).toEqual(['GET', 'POST', 'POST'])
    expect(own()).toMatchObject([{ url_template: `${OWN}order_created` }])
    expect((await run('status', '--events', 'order_created')).report.isRight).toBe(true)

    simulator.faults.set(isCreation, { status: 422, body: 'empty' }, { times: 1 })
    const refused = await run('apply', '--events', 'project_changed')
    expect(refused.calls).toEqual(['GET', 'POST'])
    expect(refused.states).toMatchObject({ failed: { length: 1 } })
  })

  it('goes on after an event that failed, and sends no creation twice of which the answer is missing', async () => {
    await using opened = await open()
    const { run, own, simulator } = opened
    const isCreation = ({ operationId }: { operationId: string | null }) => operationId === 'createWebhook'
    simulator.faults.set(isCreation, 'reset', { times: 1 })
    const applied = await run('apply', '--events', 'project_changed,design_created')
    expect(applied.calls).toEqual(['GET', 'POST', 'POST'])
    expect(applied.states).toMatchObject({ failed: { length: 1 }, created: { length: 1 } })
    // It was carried out, so the next run finds it.
    expect((await run('apply', '--events', 'project_changed,design_created')).calls).toEqual(['GET'])
    expect(own()).toHaveLength(2)
  })

  it('reads a list of more than a page to its end', async () => {
    await using opened = await open()
    const { run, simulator } = opened
    const [other] = simulator.data.webhooks
    if (!other) throw new Error('the seed has none')
    for (let count = 0; count < 120; count += 1)
      simulator.data.changes.webhook.add('', { ...other, id: `o${count}`, event: `event_${count}` })
    // The simulator ignores pages here, as a list of Aurora may do: one more call recognises that.
    const planned = await run('plan')
    expect(planned.calls).toEqual(['GET', 'GET'])
    expect(planned.tenant?.others).toBe(125)
  })
})

describe('remove', () => {
  it('deletes ours, and no others', async () => {
    await using opened = await open()
    const { run, own, simulator } = opened
    await run('apply', '--events', 'project_changed,design_created')
    const others = simulator.data.webhooks.length - 2
    const removed = await run('remove')
    expect(removed.calls).toEqual(calls(['GET', 1], ['DELETE', 2]))
    expect(own()).toEqual([])
    expect(simulator.data.webhooks).toHaveLength(others)
    expect((await run('remove')).calls).toEqual(['GET'])
  })

  it('deletes those of the events that are named, and without names also those of events that are not usual', async () => {
    await using opened = await open()
    const { run, own } = opened
    await run('apply', '--events', 'project_changed,design_created,lead_created')
    const removed = await run('remove', '--events', 'project_changed,asset_created')
    expect(removed.calls).toEqual(['GET', 'DELETE'])
    expect(removed.states).toEqual({ deleted: ['project_changed'] })
    expect(
      own()
        .map(({ event }) => event)
        .sort(),
    ).toEqual(['design_created', 'lead_created'])
    expect((await run('remove')).calls).toEqual(['GET', 'DELETE', 'DELETE'])
    expect(own()).toEqual([])
  })
})

describe('two tenants of the gateway that are one at Aurora', () => {
  const EVENTS = ['--events', 'project_changed,design_created']

  function openTwo() {
    const folder = mkdtempSync(join(tmpdir(), 'managed-webhooks-'))
    const path = join(folder, 'tenants.json')
    return {
      async open() {
        const opened = await open({
          simulator: { token: ['sk_of_sales_canary', 'sk_of_ops_canary'] },
          env: {
            AURORA_TENANT_ID: '',
            AURORA_API_TOKEN: '',
            WEBHOOK_KEYS: '',
            CALLER_AUTH: 'keys',
            TENANTS_FILE: path,
            TOKEN_SALES: 'sk_of_sales_canary',
            TOKEN_OPS: 'sk_of_ops_canary',
            SECRET_SALES: `${SECRET}-sales`,
            SECRET_OPS: `${SECRET}-ops`,
          },
        })
        const tenants = ['sales', 'ops'].map((name) => ({
          name,
          tenantId: DEFAULT_TENANT_ID,
          baseUrl: opened.simulatorUrl,
          token: { env: `TOKEN_${name.toUpperCase()}` },
          webhookKeys: [{ env: `SECRET_${name.toUpperCase()}` }],
          keys: [{ name, sha256: name === 'ops' ? '0'.repeat(64) : '1'.repeat(64) }],
        }))
        writeFileSync(path, JSON.stringify({ tenants }))
        return opened
      },
      [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
    }
  }

  const templatesOf = (opened: Awaited<ReturnType<typeof open>>): readonly string[] =>
    opened
      .own()
      .map(({ url_template }) => url_template.slice(OWN.length).replace(/\?.*/, ''))
      .sort()
  const ALL = ['ops/design_created', 'ops/project_changed', 'sales/design_created', 'sales/project_changed']

  it('have subscriptions of their own, which stay when those of the other are managed', async () => {
    using two = openTwo()
    await using opened = await two.open()
    const applied = await opened.run('apply', ...EVENTS)
    expect(applied.calls).toEqual(['GET', 'POST', 'POST', 'GET', 'POST', 'POST'])
    expect(templatesOf(opened)).toEqual(ALL)
    expect(new Set(opened.own().map(({ header_auth_value }) => header_auth_value))).toEqual(
      new Set([`${SECRET}-sales`, `${SECRET}-ops`]),
    )

    expect((await opened.run('apply', ...EVENTS)).calls).toEqual(['GET', 'GET'])
    const status = await opened.run('status', ...EVENTS)
    expect(status.report.isRight).toBe(true)
    expect(status.report.tenants).toMatchObject(
      ['sales', 'ops'].map((tenant) => ({
        tenant,
        others: 5,
        subscriptions: ['ok', 'ok', 'extra', 'extra'].map((state) => ({ state })),
      })),
    )

    const removed = await opened.run('remove', '--tenant', 'sales')
    expect(removed.calls).toEqual(['GET', 'DELETE', 'DELETE'])
    expect(templatesOf(opened)).toEqual(ALL.slice(0, 2))
  })

  it('take over once what was made before they had names', async () => {
    using two = openTwo()
    await using opened = await two.open()
    const [other] = opened.simulator.data.webhooks
    if (!other) throw new Error('the seed has none')
    const url_template = `${OWN}project_changed?project_id=<PROJECT_ID>`
    opened.simulator.data.changes.webhook.add('', {
      ...other,
      id: 'w1',
      event: 'project_changed',
      url_template,
    })
    const applied = await opened.run('apply', '--events', 'project_changed')
    expect(applied.calls).toEqual(['GET', 'PUT', 'GET', 'POST'])
    expect(templatesOf(opened)).toEqual(['ops/project_changed', 'sales/project_changed'])
    expect((await opened.run('apply', '--events', 'project_changed')).calls).toEqual(['GET', 'GET'])
  })
})

describe('the budget', () => {
  it('is divided with a gateway that runs, so that no window holds more than the limit', async () => {
    const clock = createManualClock()
    // Moving the clock must not end a call that is under way.
    const env = { AURORA_TIMEOUT_MS: '120000', AURORA_RATE_LIMIT: '20' }
    await using opened = await open({ clock, env, simulator: { projectCount: 80 } })
    const { simulator, stateDir, notes } = opened
    await using gateway = await createTestGateway({
      clock,
      baseUrl: opened.simulatorUrl,
      config: { stateDir, rateLimit: 20 },
    })
    const ids = simulator.data.projects.map(({ id }) => id)
    const ask = async (count: number) => {
      for (const id of ids.splice(0, count)) await gateway.ask(`{ project(id: "${id}") { name } }`)
      return simulator.calls.length
    }
    expect(await ask(12)).toBe(12)
    const events = USUAL_EVENTS.slice(0, 12)
    const applying = opened.run('apply', '--calls-per-minute', '10', '--events', events.join())
    await waitUntil(() => readdirSync(stateDir).some((name) => name.startsWith('share-')))
    await clock.advance(2600)
    // Of its own limit the gateway has 10 now, and 12 are spent: neither it nor the command may go on.
    expect(await ask(20)).toBe(0)
    await clock.advance(61_000)
    // The list, nine subscriptions, and the tenth that waits for its slot.
    await waitUntil(() => notes.length === 10)
    expect(simulator.calls).toHaveLength(10)
    expect(await ask(20)).toBe(20)
    await clock.advance(61_000)
    await waitUntil(() => notes.length === 12)
    expect((await applying).states).toMatchObject({ created: { length: 12 } })
    // For another window its share stays taken.
    await clock.advance(1000)
    expect(await ask(20)).toBe(20 + 3 + 10)
  })

  it('is half of the limit at most, and ten calls a minute where nothing can be divided', async () => {
    const events = ['--events', USUAL_EVENTS.slice(0, 12).join()]
    for (const [stateDir, most] of [
      [null, 12],
      ['off', 10],
    ] as const) {
      const clock = createManualClock()
      const env = { AURORA_TIMEOUT_MS: '120000', AURORA_RATE_LIMIT: '24' }
      await using opened = await open({
        clock: { ...clock, sleep: async () => {} },
        env: stateDir === null ? env : { ...env, STATE_DIR: stateDir },
      })
      const applying = opened.run('apply', '--calls-per-minute', '90', ...events)
      await waitUntil(() => opened.simulator.calls.length === most)
      await clock.advance(30_000)
      expect(opened.simulator.calls).toHaveLength(most)
      await clock.advance(40_000)
      await applying
      expect(opened.notes.some((note) => note.includes('AURORA_RATE_LIMIT'))).toBe(stateDir === 'off')
    }
  })

  it('is refused to a run that would take more than half of it with the runs before', async () => {
    await using opened = await open({ env: { AURORA_RATE_LIMIT: '24' } })
    const pace = ['--calls-per-minute', '12']
    await opened.run('status', ...pace)
    await expect(opened.run('status', ...pace)).rejects.toThrow(UsageError)
    expect(opened.simulator.calls).toEqual([])
    await opened.run('status', '--calls-per-minute', '11')
  })

  it('is 10 calls a minute without Redis, and a call waits for its slot', async () => {
    const clock = createManualClock()
    // Moving the clock must not end a call that is under way.
    await using opened = await open({ clock, env: { AURORA_TIMEOUT_MS: '120000', STATE_DIR: 'off' } })
    const applying = opened.run(
      'apply',
      '--calls-per-minute',
      '10',
      '--events',
      USUAL_EVENTS.slice(0, 15).join(),
    )
    // The list, nine subscriptions, and the tenth that waits for its slot.
    await waitUntil(() => opened.notes.length === 11)
    await clock.advance(30_000)
    expect(opened.simulator.calls).toHaveLength(10)
    await clock.advance(40_000)
    await waitUntil(() => opened.notes.length === 16)
    expect((await applying).states).toMatchObject({ created: { length: 15 } })
  })
})

describe('what cannot be done', () => {
  it('is said where Aurora refuses the key', async () => {
    await using opened = await open({ env: { AURORA_API_TOKEN: 'another-token-of-aurora' } })
    const status = await opened.run('status')
    expect(status.report.isRight).toBe(false)
    expect(status.tenant?.failed).toContain('UNAUTHORIZED')
    expect(status.calls).toEqual(['GET'])
  })

  it('is said where the gateway receives no webhooks', async () => {
    await using opened = await open({ env: { WEBHOOK_KEYS: '' } })
    const applied = await opened.run('apply')
    expect(applied.calls).toEqual([])
    expect(applied.tenant?.failed).toContain('no secret')
    expect(applied.report.isRight).toBe(false)
  })

  it('is refused without a credential, and for an unknown tenant', async () => {
    await using none = await open({
      env: { AURORA_TENANT_ID: '', AURORA_API_TOKEN: '', AURORA_BASE_URL: '' },
    })
    await expect(none.run('plan')).rejects.toThrow(UsageError)
    await using opened = await open()
    await expect(opened.run('plan', '--tenant', 'unknown')).rejects.toThrow(UsageError)
    expect(opened.simulator.calls).toEqual([])
  })
})
