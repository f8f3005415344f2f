// A watched object that changes while no call is left: its new state is shown soon after a call is free again.
import { expect, it } from 'vitest'
import { readConfig } from '../../src/config/read-config.ts'
import { nth } from '../support/builders.ts'
import { untilGot, watch } from '../support/live.ts'
import { createManualClock, settle } from '../support/manual-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'

const SECRET = 'a-secret-of-the-test'
const MINUTE = 60_000
const LIMIT = 10
const { webhooks } = readConfig({ WEBHOOK_KEYS: SECRET, WEBHOOK_SETTLE_MS: '0' })
/** A window that is over before a change is read again. */
const config = { webhooks, rateLimit: LIMIT, rateWindowMs: 1000, maxWaitMs: 0 }
const NAME = 'query ($id: ID!) @live { project(id: $id) { name } }'

it('a change that found no call left is read again after seconds, however long nothing had changed before', async () => {
  const clock = createManualClock()
  await using gateway = await createTestGateway({ clock, config })
  await using server = await serveOnLoopback(gateway)
  const [{ id } = { id: '' }, ...others] = gateway.simulator.data.projects
  const client = await watch(gateway, NAME, { variables: { id } })
  await untilGot(clock, client, 1)
  client.takeData()
  await clock.advance(4 * MINUTE)
  let left = true
  for (let index = 0; left; index += 1)
    left = !(await gateway.ask(NAME, { id: nth(others, index).id })).errors
  gateway.takeCalls()
  gateway.simulator.data.changes.project.change(id, { name: 'In the app' })
  const changedAtMs = clock.monotonicMs()
  const headers = { 'x-webhook-key': SECRET }
  const rung = await fetch(`${server.url}/webhooks/aurora/project_changed?PROJECT_ID=${id}`, { headers })
  await settle()
  expect([rung.status, gateway.takeCalls(), client.takeData()]).toEqual([204, [], []])
  await clock.advance(5000)
  await untilGot(clock, client, 2)
  expect(client.takeData()).toEqual([{ project: { name: 'In the app' } }])
  expect(gateway.takeCalls()).toEqual(['1 GET /tenants/{}/projects/{}'])
  expect(clock.monotonicMs() - changedAtMs).toBeLessThan(MINUTE / 2)
  client.stream.stop()
})
