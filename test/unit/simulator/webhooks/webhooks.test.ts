// Which webhooks an event leads to, and what goes wrong on their way, with a receiver of the test.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { createDataSet } from '../../../../src/simulator/data.ts'
import { TENANT } from '../../../../src/simulator/living-data.ts'
import { DEFAULT_TENANT_ID } from '../../../../src/simulator/simulator.ts'
import { EVENTS } from '../../../../src/simulator/webhooks/events.ts'
import type { SentEvent } from '../../../../src/simulator/webhooks/events.ts'
import { createWebhooks } from '../../../../src/simulator/webhooks/webhooks.ts'
import type { WebhookOptions } from '../../../../src/simulator/webhooks/webhooks.ts'
import { createManualClock } from '../../../support/manual-clock.ts'

const deleted = (projectId: string): SentEvent => ({
  event: 'project_deleted',
  attributes: { PROJECT_ID: projectId },
})

function open(options: WebhookOptions = {}, seed = 1) {
  const clock = createManualClock()
  const data = createDataSet({ seed: 1, projectCount: 3, tenantId: DEFAULT_TENANT_ID })
  const sent: string[] = []
  const send = async ({ url }: { url: URL }): Promise<number> => {
    sent.push(url.pathname.slice(1) + url.search)
    return 204
  }
  const webhooks = createWebhooks({ ...options, data, clock, seed, send })
  const subscribe = (id: string, event: string, enabled = true) =>
    data.changes.webhook.add(TENANT, {
      id,
      event,
      url_template: `http://127.0.0.1/${id}?<PROJECT_ID>`,
      description: null,
      enabled,
      header_auth_key: null,
      header_auth_value: null,
    })
  return { clock, data, webhooks, sent, subscribe }
}

const ADDRESS = { addresses: [{ urlTemplate: 'http://127.0.0.1/?<PROJECT_ID>' }] }

/** 200 events with nothing between them. */
async function sendMany(options: WebhookOptions, seed = 1) {
  const opened = open({ ...ADDRESS, ...options }, seed)
  for (let count = 0; count < 200; count += 1) opened.webhooks.emit([deleted(String(count))])
  await opened.clock.advance(0)
  const numbers = () => opened.sent.map((path) => Number(path.slice(1)))
  return { ...opened, numbers }
}

describe('the events', () => {
  it('are those of the contract with their published attributes, and one more', () => {
    const contract = parse(
      readFileSync(new URL('../../../../schema/aurora.openapi.yaml', import.meta.url), 'utf8'),
    )['x-aurora-webhook-events'] as Record<string, { attributes: string[] }>
    const names = [...Object.keys(contract), 'utility_bill_upload_job_completed']
    expect(Object.keys(EVENTS).sort()).toEqual(names.sort())
    for (const [name, { attributes }] of Object.entries(contract)) {
      const row = EVENTS[name as keyof typeof EVENTS]
      if ('isGuess' in row) expect(attributes).toEqual([])
      else expect(row.attributes).toEqual(attributes)
    }
  })
})

describe('an event', () => {
  it('is sent to each enabled subscription to it, and to no other', async () => {
    const { clock, webhooks, sent, subscribe } = open()
    subscribe('a', 'project_deleted')
    subscribe('b', 'project_deleted')
    subscribe('off', 'project_deleted', false)
    subscribe('other', 'design_deleted')
    webhooks.emit([deleted('p1')])
    await clock.advance(0)
    expect(sent.sort()).toEqual(['a?p1', 'b?p1'])
  })

  it('is sent to the addresses of the options, for all events or for those they name', async () => {
    const { clock, webhooks, sent } = open({
      addresses: [
        { urlTemplate: 'http://127.0.0.1/all/<EVENT>' },
        { urlTemplate: 'http://127.0.0.1/named/<EVENT>', events: ['project_created', 'project_deleted'] },
        { urlTemplate: 'http://127.0.0.1/others/<EVENT>', events: ['design_deleted'] },
      ],
    })
    webhooks.emit([deleted('p1')])
    await clock.advance(0)
    expect(sent.sort()).toEqual(['all/project_deleted', 'named/project_deleted'])
  })

  it('goes to no subscription of the seed, since those are on other hosts', async () => {
    const { clock, webhooks, sent } = open()
    webhooks.emit([{ event: 'project_created', attributes: {} }])
    await clock.advance(0)
    expect(sent).toEqual([])
    expect(webhooks.report()).toMatchObject({ refused: 1, pending: 0 })
  })

  it('switches its subscription off when it fails too long, and an update switches it on again', async () => {
    const clock = createManualClock()
    const data = createDataSet({ seed: 1, projectCount: 3, tenantId: DEFAULT_TENANT_ID })
    const failing = createWebhooks({ data, clock, seed: 1, send: async () => 500 })
    const hook = { id: 'a', event: 'project_deleted', url_template: 'http://127.0.0.1/', enabled: true }
    const rest = { description: null, header_auth_key: null, header_auth_value: null }
    data.changes.webhook.add(TENANT, { ...hook, ...rest })
    const isEnabled = () => data.webhooks.find(({ id }) => id === 'a')?.enabled
    for (let count = 0; count < 40; count += 1) failing.emit([deleted('p1')])
    await clock.advance(49 * 3_600_000)
    expect(isEnabled()).toBe(true)
    failing.emit([deleted('p1')])
    await clock.advance(0)
    expect(isEnabled()).toBe(false)
    data.changes.webhook.change('a', { enabled: true })
    failing.emit([deleted('p1')])
    await clock.advance(49 * 3_600_000)
    expect(isEnabled()).toBe(true)
  })
})

describe('faults', () => {
  it('are none by default: all are sent once, in order', async () => {
    const { numbers } = await sendMany({})
    expect(numbers()).toEqual(Array.from({ length: 200 }, (_, index) => index))
  })

  it('lose a share, and nothing is tried again', async () => {
    const { numbers, webhooks, clock } = await sendMany({ faults: { loss: 0.1 } })
    const { lost } = webhooks.report()
    expect(lost).toBeGreaterThan(5)
    expect(lost).toBeLessThan(40)
    await clock.advance(100 * 3_600_000)
    expect(numbers()).toHaveLength(200 - lost)
  })

  it('send a share twice', async () => {
    const { numbers } = await sendMany({ faults: { duplicates: 0.1 } })
    expect(numbers().length).toBeGreaterThan(205)
    expect(new Set(numbers()).size).toBe(200)
  })

  it('send a share after a later one, and all of them in the end', async () => {
    const { numbers, clock } = await sendMany({ faults: { disorder: 0.2 } })
    await clock.advance(60_000)
    const sent = numbers()
    expect([...sent].sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index))
    expect(sent.filter((number, index) => number > (sent[index + 1] ?? Infinity)).length).toBeGreaterThan(10)
  })

  it('send the last one, too, when no later one comes', async () => {
    const { sent, webhooks, clock } = open({ ...ADDRESS, faults: { disorder: 1 } })
    webhooks.emit([deleted('1')])
    await clock.advance(59_999)
    expect(sent).toEqual([])
    expect(webhooks.report().pending).toBe(1)
    await clock.advance(1)
    expect(sent).toEqual(['?1'])
  })

  it('delay each by a time of its own', async () => {
    const { numbers, clock } = await sendMany({ faults: { delayMs: 10_000 } })
    await clock.advance(5000)
    expect(numbers().length).toBeGreaterThan(60)
    expect(numbers().length).toBeLessThan(140)
    await clock.advance(5000)
    expect(numbers()).toHaveLength(200)
  })

  it('are the same for the same seed, and others for another', async () => {
    const faults = { loss: 0.2, duplicates: 0.2, disorder: 0.2, delayMs: 1000 }
    const run = async (seed: number) => {
      const { numbers, clock } = await sendMany({ faults }, seed)
      await clock.advance(61_000)
      return numbers()
    }
    expect(await run(7)).toEqual(await run(7))
    expect(await run(7)).not.toEqual(await run(8))
  })
})
